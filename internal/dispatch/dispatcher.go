package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
	"offboard/internal/lease"
	"offboard/internal/providers"
)

// Book is what the dispatcher needs of the book of requests.
type Book interface {
	Get(ctx context.Context, id string) (*approvals.Request, error)
	Update(ctx context.Context, id string, d book.Decision, deliveries ...string) (*approvals.Request, error)
	Begin(ctx context.Context, id string, d book.Decision, g book.Gate) (*approvals.Request, error)
	Holder(ctx context.Context, key string) (string, error)
	Frozen(ctx context.Context) (*approvals.Request, error)
	Wait(ctx context.Context, id string, ok func(*approvals.Request) bool) (*approvals.Request, error)
	Claim(ctx context.Context, lease time.Duration, most int) ([]journal.Claimed, error)
	Renew(ctx context.Context, c journal.Claimed, lease time.Duration) error
	Done(ctx context.Context, c journal.Claimed) error
	Changed() <-chan struct{}
}

// People says what Slack knows now of people who approved.
type People interface {
	// Standing is asked right before a call. An error means that somebody, or a user group, could not be asked about: then nobody knows.
	Standing(ctx context.Context, approvers []approvals.Person, quotas []approvals.Quota) ([]approvals.Standing, error)
	// Releaser is asked in the same way about who released what a cap held.
	Releaser(ctx context.Context, by approvals.Person) (approvals.Standing, error)
}

// Guards says whom never, and who would be left. It is asked right before a call; an error means that nobody knows.
type Guards interface {
	Guard(ctx context.Context, q approvals.Whom) (approvals.Guard, approvals.Whose, error)
	Heirs(ctx context.Context, target, by approvals.Person, p approvals.Policy) (*approvals.Heirs, error)
}

// Meter counts what happens. Labels are enums.
type Meter interface {
	Ended(provider string, action providers.Action, o approvals.Outcome)
	TellFailed(to Channel, k TellKind)
}

// Settings are fixed at construction.
type Settings struct {
	Replica  string // names this process in begun events
	Writes   bool
	Guards   Guards // nil: nothing is protected
	Caps     approvals.Caps
	Policies []approvals.Policy
	Lease    time.Duration // of a claim; 0: 2 s. Renewed while work goes on; a lost replica's work is taken up after it
	Poll     time.Duration // how often to look for due requests; 0: 250 ms
	Workers  int           // requests worked on at once, most of them waiting for their turn in Slack; 0: 256
	Hands    int           // requests at once for which something is done at a provider; 0: 16
}

// Dispatcher carries out what is owed.
type Dispatcher struct {
	book      Book
	people    People
	providers map[string]providers.Provider
	teller    Teller
	meter     Meter
	set       Settings
	hands     chan struct{}
	now       func() time.Time
	log       *slog.Logger

	mu      sync.Mutex
	trouble map[Channel]string
	strange map[string]bool // requests that hold what this version does not understand
}

// New returns a dispatcher. Nothing happens before Run.
func New(b Book, who People, ps []providers.Provider, t Teller, m Meter, set Settings, now func() time.Time, log *slog.Logger) *Dispatcher {
	if set.Lease == 0 {
		set.Lease = 2 * time.Second
	}
	if set.Poll == 0 {
		set.Poll = 250 * time.Millisecond
	}
	if set.Workers == 0 {
		set.Workers = 256
	}
	if set.Hands == 0 {
		set.Hands = 16
	}
	d := &Dispatcher{
		book: b, people: who, providers: map[string]providers.Provider{}, teller: t, meter: m, set: set, now: now, log: log,
		hands: make(chan struct{}, set.Hands), trouble: map[Channel]string{}, strange: map[string]bool{},
	}
	for _, p := range ps {
		d.providers[p.Describe().Name] = p
	}
	return d
}

// Run works until ctx ends. It then claims nothing more, lets calls under way come to their end, and returns.
func (d *Dispatcher) Run(ctx context.Context) {
	free := make(chan struct{}, d.set.Workers)
	tick := time.NewTicker(d.set.Poll)
	defer tick.Stop()
	var workers sync.WaitGroup
	defer workers.Wait()
	for ctx.Err() == nil {
		d.claim(ctx, free, &workers)
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-d.book.Changed():
		}
	}
}

func (d *Dispatcher) claim(ctx context.Context, free chan struct{}, workers *sync.WaitGroup) {
	room := cap(free) - len(free)
	if room == 0 {
		return
	}
	asked := lease.Now(d.now)
	due, err := d.book.Claim(ctx, d.set.Lease, room)
	if err != nil {
		if ctx.Err() == nil {
			d.log.Error("claim due requests", "error", err)
		}
		return
	}
	for _, c := range due {
		free <- struct{}{}
		workers.Go(func() {
			defer func() { <-free }()
			d.work(ctx, c, lease.New(asked, d.set.Lease, d.now))
		})
	}
}

// work does all that is due for one request. When something goes wrong the claim is left to run out, which is the pause before
// the next try.
func (d *Dispatcher) work(ctx context.Context, c journal.Claimed, l *lease.Lease) {
	log := d.log.With("request", c.ID)
	held, release := context.WithCancel(lease.With(ctx, l))
	var keep sync.WaitGroup
	defer keep.Wait()
	defer release()
	keep.Go(func() { d.keep(held, release, c, l) })

	well := d.lanes(held, c.ID, log) && held.Err() == nil
	if d.foreign(c.ID) {
		release()
		keep.Wait()
		d.leave(ctx, c, log)
		return
	}
	if well {
		if err := d.book.Done(ctx, c); err != nil {
			log.Error("give claim up", "error", err)
		}
	}
}

// leave lets a claim run out at once, so that a replica of the newer version finds the request free. It is not given up, because that would
// have this replica look for work again at once, and find the same.
func (d *Dispatcher) leave(ctx context.Context, c journal.Claimed, log *slog.Logger) {
	if err := d.book.Renew(ctx, c, 0); err != nil && ctx.Err() == nil && !errors.Is(err, journal.ErrClaimLost) {
		log.Error("give claim up", "error", err)
	}
}

// foreign reports whether the request was found to hold what this version does not understand.
func (d *Dispatcher) foreign(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.strange[id]
}

// found notes such a request, and logs it once.
func (d *Dispatcher) found(r *approvals.Request, log *slog.Logger) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.strange[r.ID] {
		d.strange[r.ID] = true
		log.Warn("request holds events of a newer version; left alone", "number", r.Number)
	}
}

// keep renews the claim until ctx ends; when it is lost, or was not renewed in time, lost is called. A renewal that cannot be made is tried
// again as long as the claim lasts: a store or a machine that hesitates costs nothing. Once it is over it is not asked for any more, also
// where nobody else has it yet: what was read under it is old.
func (d *Dispatcher) keep(ctx context.Context, lost func(), c journal.Claimed, l *lease.Lease) {
	tick := time.NewTicker(d.set.Lease / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := d.renew(ctx, c, l)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, journal.ErrClaimLost), l.Left() <= 0:
			d.log.Warn("claim lost", "request", c.ID, "error", err)
			lost()
			return
		}
	}
}

// renew gives the store no longer than half a lease, so that there is time for another try, and no longer than the claim lasts.
func (d *Dispatcher) renew(ctx context.Context, c journal.Claimed, l *lease.Lease) error {
	left := l.Left()
	if left <= 0 {
		return lease.ErrOver
	}
	ctx, cancel := context.WithTimeout(ctx, min(d.set.Lease/2, left))
	defer cancel()
	asked := lease.Now(d.now)
	err := d.book.Renew(ctx, c, d.set.Lease)
	if err == nil {
		l.Renewed(asked)
	}
	return err
}

// lanes runs deeds and telling side by side, and reports whether both went well. While Slack takes its time over what there is to tell,
// deeds that fall due are done.
func (d *Dispatcher) lanes(ctx context.Context, id string, log *slog.Logger) bool {
	deeds, stop := context.WithCancel(ctx)
	defer stop()
	told := make(chan bool, 1)
	go func() {
		told <- unpanicked(log, "telling", func() bool { return d.tellWhile(ctx, deeds, id, log) })
	}()
	for {
		done := unpanicked(log, "deeds", func() bool { return d.doDeeds(ctx, id, log) })
		stop()
		if !done {
			<-told
			return false
		}
		if well, over := d.whileTold(ctx, id, told); over {
			return well
		}
	}
}

// deedsAgain is how often it is looked whether a deed has fallen due while telling goes on.
const deedsAgain = time.Second

// whileTold waits until telling is over, or until a deed is due.
func (d *Dispatcher) whileTold(ctx context.Context, id string, told <-chan bool) (well, over bool) {
	tick := time.NewTicker(deedsAgain)
	defer tick.Stop()
	for {
		select {
		case well := <-told:
			return well, true
		case <-tick.C:
		}
		if r, err := d.book.Get(ctx, id); err == nil && !r.Foreign {
			if _, due := d.due(r, false); due {
				return false, false
			}
		}
	}
}

// unpanicked runs a lane to its end. A panic costs this request a pause, and nothing else: the other lane is still waited for.
func unpanicked(log *slog.Logger, lane string, run func() bool) (well bool) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(log, lane, p)
		}
	}()
	return run()
}

// doDeeds does what is due, one after the other. A deed that leaves no event would be due again at once: that is a fault, and waits.
func (d *Dispatcher) doDeeds(ctx context.Context, id string, log *slog.Logger) bool {
	select {
	case d.hands <- struct{}{}:
		defer func() { <-d.hands }()
	case <-ctx.Done():
		return false
	}
	for version := -1; ctx.Err() == nil; {
		r, err := d.book.Get(ctx, id)
		if err != nil || r.Version() == version {
			log.Error("no progress", "error", err)
			return false
		}
		version = r.Version()
		if r.Foreign {
			d.found(r, log)
			return false
		}
		o, ok := d.due(r, false)
		if !ok {
			return true
		}
		if err := d.deed(ctx, r, o); err != nil {
			log.Error("deed", "do", o.Do, "step", o.Step, "error", err)
			return false
		}
	}
	return false
}

// due returns the first thing owed of a lane whose time has come.
func (d *Dispatcher) due(r *approvals.Request, telling bool) (approvals.Owed, bool) {
	now := d.now()
	for _, o := range approvals.Next(r) {
		if o.Telling() == telling && !o.At.After(now) {
			return o, true
		}
	}
	return approvals.Owed{}, false
}

// Trouble lists what cannot be told to people at the moment, in plain words; empty: all is well.
func (d *Dispatcher) Trouble() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	for to, why := range d.trouble {
		out = append(out, fmt.Sprintf("%s: %s", to, why))
	}
	return out
}

func (d *Dispatcher) setTrouble(to Channel, why string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if why == "" {
		delete(d.trouble, to)
		return
	}
	d.trouble[to] = why
}
