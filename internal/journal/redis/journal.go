package redis

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"offboard/internal/journal"
)

// format is what the store says of itself.
const format = "offboard journal 1"

// Journal is a journal on Redis.
type Journal struct {
	options Options
	client  redis.UniversalClient
	keys    keys
	store   store
	clock   clock
	wire    wire
	signIn  *credentials
	log     *slog.Logger
	state   atomic.Pointer[state]

	mu     sync.RWMutex // read-held by each operation, so that Close can wait for them
	closed bool
	stop   context.CancelFunc
	ended  chan struct{} // closed when the inspector has ended
}

var _ journal.Journal = (*Journal)(nil)

var silence = sync.OnceFunc(func() { redis.SetLogger(quiet{}) })

// Open connects to the server, finds the journal there or makes one, and inspects the server every second until Close. Errors name
// the server and what to do, and never a password. What is there is no journal of ours: journal.ErrForeign, and it is left as it was.
// With Options.Strict a server that cannot keep the promise is an error too.
func Open(ctx context.Context, o Options) (*Journal, error) {
	silence()
	if err := o.check(); err != nil {
		return nil, err
	}
	j := &Journal{options: o, keys: keys{tag: o.Prefix}, signIn: newCredentials(o), log: o.Logger, ended: make(chan struct{})}
	client, err := newClient(o, &j.wire, j.signIn)
	if err != nil {
		return nil, fmt.Errorf("journal: redis at %s: %w", o.where(), err)
	}
	j.client = client
	if j.log == nil {
		j.log = slog.New(slog.DiscardHandler)
	}
	if err := j.begin(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("journal: redis at %s: %w", o.where(), err), client.Close())
	}
	var inspecting context.Context
	inspecting, j.stop = context.WithCancel(context.WithoutCancel(ctx))
	go j.inspectOften(inspecting)
	return j, nil
}

// begin looks at the server, and only when it is fit finds or makes the store.
func (j *Journal) begin(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	if _, err := j.fitting(ctx); err != nil {
		return err
	}
	if err := j.find(ctx); err != nil {
		return explain(err)
	}
	return explain(j.inspect(ctx))
}

// fitting returns the settings of a server that may be used.
func (j *Journal) fitting(ctx context.Context) (Settings, error) {
	n, err := read(j.signIn, func() (*redis.Client, error) { return node(ctx, j) })
	if err != nil {
		return Settings{}, explain(err)
	}
	s, err := read(j.signIn, func() (Settings, error) { return look(ctx, n) })
	if err != nil {
		return Settings{}, explain(err)
	}
	s.accept = j.options.Accept
	s.wanted = (j.options.Kind == Sentinel || s.Replicas > 0) && !j.options.accepts(NoReplicas)
	if err := s.fit(j.options); err != nil {
		return Settings{}, fmt.Errorf("%w: %w", ErrUnfit, err)
	}
	return s, nil
}

// openTime bounds Open: a failover may be under way.
const openTime = 20 * time.Second

func (j *Journal) find(ctx context.Context) error {
	install := rand.Text()
	if j.options.Existing {
		install = ""
	}
	answer, err := foundScript.Run(ctx, j.client, j.keys.all(), format, install).Slice()
	if err != nil {
		return fmt.Errorf("find the store: %w", err)
	}
	switch kind := text(answer, 0); kind {
	case format:
	case "none":
		return journal.ErrNotFound
	case "":
		return fmt.Errorf("%w: another program uses the key %q", journal.ErrForeign, text(answer, 1))
	default:
		return fmt.Errorf("%w: it has the format %q, this program knows %q", journal.ErrForeign, kind, format)
	}
	j.store.install = text(answer, 1)
	j.store.saw(mark{number(answer, 2), text(answer, 3)})
	return nil
}

// enter begins an operation, and returns what ends it.
func (j *Journal) enter(ctx context.Context) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	j.mu.RLock()
	if j.closed {
		j.mu.RUnlock()
		return nil, journal.ErrClosed
	}
	return j.mu.RUnlock, nil
}

// Close waits for what is under way, and refuses everything else with journal.ErrClosed.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil
	}
	j.closed = true
	j.stop()
	<-j.ended
	if err := j.client.Close(); err != nil {
		return fmt.Errorf("journal: close: %w", err)
	}
	return nil
}
