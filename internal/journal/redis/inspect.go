package redis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrUnfit says that the server was reached, and must not be used as it is.
var ErrUnfit = errors.New("this Redis is not fit for the journal")

// Examine looks at the server, writes nothing, and returns its risks. The error wraps ErrUnfit where the server must not be used as it is.
func Examine(ctx context.Context, o Options) (risks []string, err error) {
	silence()
	if err := o.check(); err != nil {
		return nil, err
	}
	j := &Journal{options: o, keys: keys{tag: o.Prefix}, signIn: newCredentials(o)}
	client, err := newClient(o, &j.wire, j.signIn)
	if err != nil {
		return nil, fmt.Errorf("journal: redis at %s: %w", o.where(), err)
	}
	j.client = client
	defer func() { err = errors.Join(err, client.Close()) }()
	s, err := j.fitting(ctx)
	if err != nil {
		return nil, fmt.Errorf("journal: redis at %s: %w", o.where(), err)
	}
	return s.Risks(), nil
}

// inspectEvery is how often the server is looked at.
const inspectEvery = time.Second

// state is what the last inspection found.
type state struct {
	settings Settings // the last that were read
	err      error    // why they could not be read now
}

// Settings are those that the last inspection read.
func (j *Journal) Settings() Settings {
	if s := j.state.Load(); s != nil {
		return s.settings
	}
	return Settings{}
}

// Trouble lists, for people, why nothing can be recorded now; empty: it can.
func (j *Journal) Trouble() []string {
	if err := j.store.fault(); err != nil {
		return []string{"Redis has lost what was recorded: restore it or accept the loss, then start the bot again"}
	}
	s := j.state.Load()
	switch {
	case s == nil:
		return nil
	case s.err != nil:
		return []string{"Redis cannot be asked"}
	case s.settings.Replica:
		return []string{"Redis is a read-only replica now: look for its master"}
	case s.settings.Full:
		return []string{"the memory of Redis is full"}
	}
	if why := s.settings.missing(j.options.Strict); why != "" {
		return []string{"Redis cannot confirm that a write is safe: " + why}
	}
	return nil
}

// inspectOften ends with ctx.
func (j *Journal) inspectOften(ctx context.Context) {
	defer close(j.ended)
	logged := ""
	tick := time.NewTicker(inspectEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			logged = j.inspectAgain(ctx, logged)
		}
	}
}

// inspectAgain looks, logs what was not logged yet, and returns what it has found wrong. A loss may have been found by a write before.
func (j *Journal) inspectAgain(ctx context.Context, logged string) (trouble string) {
	if err := j.inspect(ctx); err != nil && ctx.Err() == nil {
		s := state{settings: j.Settings(), err: err}
		j.state.Store(&s)
	}
	if all := j.Trouble(); len(all) > 0 {
		trouble = all[0]
	}
	switch trouble {
	case logged:
	case "":
		j.log.Info("the journal can record again")
	default:
		j.log.Error("the journal cannot record", "why", trouble, "error", errors.Join(j.store.fault(), j.state.Load().err))
	}
	return trouble
}

// inspect reads the server's clock, settings and store.
func (j *Journal) inspect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	n, err := read(j.signIn, func() (*redis.Client, error) { return node(ctx, j) })
	if err != nil {
		return err
	}
	var sent time.Time
	server, err := read(j.signIn, func() (time.Time, error) {
		sent = time.Now()
		return n.Time(ctx).Result()
	})
	if err != nil {
		return fmt.Errorf("ask for the time: %w", err)
	}
	j.clock.measured(sent, time.Now(), server)
	s, err := look(ctx, n)
	if err != nil {
		return err
	}
	s.accept = j.options.Accept
	if s.wanted, err = holds(ctx, j, n, s.Replicas > 0); err != nil {
		return err
	}
	j.state.Store(&state{settings: s})
	return nil
}

// holds compares the store with what was seen, and says whether a write must be on a replica: behind Sentinel, and as soon as
// any process has seen one, since then a failover may come.
func holds(ctx context.Context, j *Journal, n *redis.Client, replicas bool) (wanted bool, err error) {
	seen := j.store.mark()
	keys := []string{j.keys.of("meta"), j.keys.of("ops")}
	m, err := inspectScript.Run(ctx, n, keys, j.store.install, seen.writes, seen.op, flag(replicas)).Slice()
	if err != nil {
		return false, fmt.Errorf("look at the store: %w", err)
	}
	if install, writes := text(m, 0), number(m, 1); install != j.store.install || writes < seen.writes || number(m, 3) == 0 {
		_ = j.store.lose(install, writes, seen) // kept there
	} else {
		j.store.saw(mark{writes, text(m, 2)})
	}
	wanted = j.options.Kind == Sentinel || text(m, 4) == "1"
	return wanted && !j.options.accepts(NoReplicas), nil
}
