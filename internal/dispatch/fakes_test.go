package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/dispatch"
	"offboard/internal/journal/embedded"
	"offboard/internal/providers"
)

var pat = providers.Account{
	Provider: "idp", Tenant: "t1", ID: "1001", Being: providers.Human, Name: "Pat", Email: "pat@example.com", State: providers.StateActive,
	StateWord: "ACTIVE",
}

// idp is a provider with one account. What it answers to the write is scripted; reads tell the truth.
type idp struct {
	mu      sync.Mutex
	account providers.Account
	calls   int
	// do is asked for the n-th write, from 1 on; nil: it is done and answered 200.
	do func(n int, p *idp) (providers.Answer, error)
	// read, when set, replaces the read before the call.
	read func(n int) (providers.Account, error)
	// look, when set, replaces looks.
	look func() (providers.Sight, error)
	// self, when set, replaces who the bot is.
	self  func() (providers.Account, error)
	reads int
	peers func() (providers.Peers, error) // who else administers; nil: the account administers nothing
	host  string
	sleep func(time.Duration) // the stage's
	left  time.Duration       // until the deadline of the last write, when it arrived
}

func (p *idp) Describe() providers.Description {
	p.mu.Lock()
	defer p.mu.Unlock()
	return providers.Description{
		Host: p.host, Name: "idp", Vendor: "IDP", Default: providers.Delete, Settle: time.Second, Timeout: 20 * time.Second,
		Actions: []providers.ActionInfo{{Action: providers.Delete, Warning: "Permanent."}},
	}
}

func (p *idp) Self(context.Context) (providers.Account, error) {
	if p.self != nil {
		return p.self()
	}
	return providers.Account{ID: "bot"}, nil
}

func (p *idp) Find(context.Context, providers.Query) ([]providers.Account, error) { return nil, nil }

func (p *idp) Read(_ context.Context, id string) (providers.Account, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reads++; p.read != nil {
		return p.read(p.reads)
	}
	a := p.account
	a.ID = id
	return a, nil
}

func (p *idp) Peers(context.Context, providers.Account, ...string) (providers.Peers, error) {
	if p.peers == nil {
		return providers.Peers{}, nil
	}
	return p.peers()
}

func (p *idp) Do(ctx context.Context, _ providers.Order) (providers.Answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if end, ok := ctx.Deadline(); ok {
		p.left = time.Until(end)
	}
	p.calls++
	if p.do == nil {
		p.remove()
		return providers.Answer{Status: 200, Text: "IDP answered 200"}, nil
	}
	return p.do(p.calls, p)
}

func (p *idp) Look(context.Context, providers.Order) (providers.Sight, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.look != nil {
		return p.look()
	}
	v := providers.NotReached
	if p.account.State == providers.StateDeleted {
		v = providers.Reached
	}
	return providers.Sight{Verdict: v, Text: "read back: " + p.account.StateWord}, nil
}

func (p *idp) remove() { p.account.State, p.account.StateWord = providers.StateDeleted, "DELETED" }

func (p *idp) called() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls
}

func fail(k providers.Kind, status int) (providers.Answer, error) {
	return providers.Answer{}, &providers.Error{Kind: k, Vendor: "IDP", Op: "delete", Status: status, Say: fmt.Sprintf("IDP answered %d", status)}
}

// slack is a workspace as the dispatcher sees it.
type slack struct {
	mu     sync.Mutex
	posts  map[string]int // mark → how often it was posted
	thread []approvals.Event
	audit  []approvals.Event
	inAud  []approvals.Event // thread sentences that went to the audit channel
	cards  int
	shown  int // Version that the card shows
	fail   func(do string, n int) error
	tries  map[string]int
	pause  time.Duration // how long each post takes
}

func newSlack() *slack { return &slack{posts: map[string]int{}, tries: map[string]int{}} }

func (s *slack) try(do string) error {
	s.tries[do]++
	if s.fail == nil {
		return nil
	}
	return s.fail(do, s.tries[do])
}

// post posts unless told to fail; a failure of kind maybe posts all the same.
func (s *slack) post(do, mark string, then func()) (approvals.Place, error) {
	if s.pause > 0 {
		<-time.After(s.pause)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.try(do)
	if te, ok := errors.AsType[*dispatch.TellError](err); err != nil && (!ok || te.Kind != dispatch.TellMaybe) {
		return approvals.Place{}, err
	}
	s.posts[mark]++
	then()
	return approvals.Place{Channel: "C", TS: strconv.Itoa(len(s.posts))}, err
}

func (s *slack) PostCard(_ context.Context, r *approvals.Request, mark string) (approvals.Place, error) {
	return s.post("card", mark, func() { s.cards++; s.shown = r.Version() })
}

func (s *slack) UpdateCard(_ context.Context, r *approvals.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.try("update"); err != nil {
		return err
	}
	s.shown = r.Version()
	return nil
}

func (s *slack) PostThread(_ context.Context, r *approvals.Request, e approvals.Event, mark string) (approvals.Place, error) {
	if r.Thread.Gone || !r.Card.Place.Known() {
		return s.post("audit", mark, func() { s.inAud = append(s.inAud, e) })
	}
	return s.post("thread", mark, func() { s.thread = append(s.thread, e) })
}

// said reports whether the thread was told an event of this kind.
func (s *slack) said(k approvals.Kind) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.thread, func(e approvals.Event) bool { return e.Kind == k })
}

func (s *slack) PostAudit(_ context.Context, _ *approvals.Request, events []approvals.Event, mark string) (approvals.Place, error) {
	return s.post("audit", mark, func() { s.audit = append(s.audit, events...) })
}

func (s *slack) Find(
	_ context.Context, _ *approvals.Request, _ dispatch.Channel, mark string, _ time.Time,
) (approvals.Place, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return approvals.Place{Channel: "C", TS: "found"}, s.posts[mark] > 0, s.try("find")
}

type meter struct{}

func (meter) Ended(string, providers.Action, approvals.Outcome) {}
func (meter) TellFailed(dispatch.Channel, dispatch.TellKind)    {}

// disk is a book whose disk may be full.
type disk struct {
	*book.Book
	full func() bool
}

func (d disk) Update(ctx context.Context, id string, f book.Decision, deliveries ...string) (*approvals.Request, error) {
	if d.full != nil && d.full() {
		return nil, syscall.ENOSPC
	}
	return d.Book.Update(ctx, id, f, deliveries...)
}

func (d disk) Begin(ctx context.Context, id string, f book.Decision, g book.Gate) (*approvals.Request, error) {
	if d.full != nil && d.full() {
		return nil, syscall.ENOSPC
	}
	return d.Book.Begin(ctx, id, f, g)
}

// stage is a book with one request, a provider and a workspace, in virtual time.
type stage struct {
	t      *testing.T
	book   *book.Book
	full   func() bool // whether the disk is full; nil: never
	idp    *idp
	slack  *slack
	people people
	guards dispatch.Guards
	caps   approvals.Caps
	id     string
	stop   []func()
	slept  atomic.Int64 // what the wall clock has gone on while the process stood still
}

// now is the wall clock.
func (s *stage) now() time.Time { return time.Now().Add(time.Duration(s.slept.Load())) }

// sleep stops the process, as it were: the wall clock goes on and no timer fires.
func (s *stage) sleep(d time.Duration) { s.slept.Add(int64(d)) }

func newStage(t *testing.T, p *idp) *stage {
	t.Helper()
	j, err := embedded.Open(filepath.Join(t.TempDir(), "offboard.db"))
	if err != nil {
		t.Fatal(err)
	}
	p.account = pat
	s := &stage{t: t, idp: p, slack: newSlack()}
	s.book, p.sleep = book.New(j, s.now), s.sleep
	s.stop = append(s.stop, func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ask records a request that needs one approval.
func (s *stage) ask(writes bool) *approvals.Request {
	s.t.Helper()
	return s.askFor(pat, writes)
}

func (s *stage) askFor(a providers.Account, writes bool) *approvals.Request {
	s.t.Helper()
	return s.askBy(approvals.Person{ID: "U1"}, a, writes)
}

func (s *stage) askBy(by approvals.Person, a providers.Account, writes bool) *approvals.Request {
	s.t.Helper()
	r, err := s.book.Create(s.t.Context(), approvals.Ask{
		By: by, Requester: true,
		Plan:   approvals.Plan{Writes: writes, Steps: []approvals.Step{{Account: a, Action: providers.Delete, Vendor: "IDP"}}},
		Policy: approvals.Policy{Approvals: 1, Expires: 24 * time.Hour, Window: time.Hour},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.id = r.ID
	return r
}

func (s *stage) approve(r *approvals.Request) {
	s.t.Helper()
	w := approvals.Approve{By: approvals.Person{ID: "U2"}, Approver: true, Digest: r.Digest}
	if _, err := s.book.Update(s.t.Context(), r.ID, book.Wish(w)); err != nil {
		s.t.Fatal(err)
	}
}

// people is what Slack says of those who approved; nil: all of them still may.
type people func(approvers []approvals.Person) ([]approvals.Standing, error)

func (f people) Standing(_ context.Context, approvers []approvals.Person, _ []approvals.Quota) ([]approvals.Standing, error) {
	if f != nil {
		return f(approvers)
	}
	out := make([]approvals.Standing, 0, len(approvers))
	for _, p := range approvers {
		out = append(out, approvals.Standing{ID: p.ID, Person: p})
	}
	return out, nil
}

// run starts a replica.
func (s *stage) run(replica string, writes bool) {
	ctx, cancel := context.WithCancel(s.t.Context())
	d := dispatch.New(disk{s.book, s.full}, s.people, []providers.Provider{s.idp}, s.slack, meter{},
		dispatch.Settings{Replica: replica, Writes: writes, Poll: 2 * time.Second, Guards: s.guards, Caps: s.caps}, s.now, slog.New(slog.DiscardHandler))
	ended := make(chan struct{})
	go func() { d.Run(ctx); close(ended) }()
	s.stop = append(s.stop, func() { cancel(); <-ended })
}

// close stops everything, the newest first.
func (s *stage) close() {
	for i := len(s.stop) - 1; i >= 0; i-- {
		s.stop[i]()
	}
}

func (s *stage) get() *approvals.Request {
	s.t.Helper()
	r, err := s.book.Get(s.t.Context(), s.id)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// until lets virtual time pass until ok holds, a day and an hour at most.
func (s *stage) until(what string, ok func(*approvals.Request) bool) *approvals.Request {
	s.t.Helper()
	pause, limit := 100*time.Millisecond, time.Now().Add(25*time.Hour)
	for time.Now().Before(limit) {
		if r := s.get(); ok(r) {
			return r
		}
		<-time.After(pause)
		pause = min(pause*11/10, time.Minute)
	}
	s.t.Fatalf("never %s: %s", what, s.get().State)
	return nil
}

func inState(states ...approvals.State) func(*approvals.Request) bool {
	return func(r *approvals.Request) bool {
		for _, s := range states {
			if r.State == s {
				return true
			}
		}
		return false
	}
}

// quiet lets everything owed by now be done.
func (s *stage) quiet() *approvals.Request {
	s.t.Helper()
	return s.until("quiet", func(r *approvals.Request) bool {
		for _, o := range approvals.Next(r) {
			if !o.At.After(time.Now().Add(time.Minute)) {
				return false
			}
		}
		return true
	})
}

func kinds(events []approvals.Event) []approvals.Kind {
	out := make([]approvals.Kind, 0, len(events))
	for _, e := range events {
		out = append(out, e.Kind)
	}
	return out
}

// play runs a scene in virtual time: one replica, and one request that is approved once its card is there.
func play(t *testing.T, p *idp, scene func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, p)
		defer s.close()
		r := s.ask(true)
		s.run("a", true)
		s.until("shown", func(r *approvals.Request) bool { return r.Card.Place.Known() })
		s.approve(r)
		scene(s)
	})
}
