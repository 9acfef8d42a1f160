package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/dispatch"
	"offboard/internal/journal"
	"offboard/internal/journal/embedded"
	"offboard/internal/providers"
)

// A storm is everything at once, by chance: replicas whose clocks differ and jump, whose store loses writes or their answers or goes away
// for good in the middle of a call, and a provider that is slow, panics, and does late or without a word what it was asked for. What must hold
// afterwards is the promise: at most one call for each approval, and an outcome that agrees with the provider's own record. (A lease that
// led to a second call instead of a read-back was seen to fail several of these.)
const storms = 16

func TestStorms(t *testing.T) {
	t.Parallel()
	for seed := range uint64(storms) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { newStorm(t, seed).rage() })
		})
	}
}

type storm struct {
	t     *testing.T
	j     *embedded.Journal
	slack *slack
	id    string
	stop  []func()

	mu      sync.Mutex
	rand    *rand.Rand
	account providers.Account
	sent    int // calls that may have taken effect
	calm    time.Time
}

func newStorm(t *testing.T, seed uint64) *storm {
	j, err := embedded.Open(filepath.Join(t.TempDir(), "offboard.db"))
	if err != nil {
		t.Fatal(err)
	}
	s := &storm{
		t: t, j: j, slack: newSlack(), rand: rand.New(rand.NewPCG(seed, 1)), account: pat, calm: time.Now().Add(10 * time.Minute),
	}
	s.stop = append(s.stop, func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// chance is true once in n times, until it is calm.
func (s *storm) chance(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Before(s.calm) && s.rand.IntN(n) == 0
}

func (s *storm) upTo(d time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Duration(s.rand.Int64N(int64(d)))
}

// replica runs one with a store and a clock of its own.
func (s *storm) replica(name string) {
	r := &replica{s: s, skew: s.upTo(4*time.Second) - 2*time.Second}
	if s.chance(3) {
		r.dies = time.Now().Add(s.upTo(2 * time.Minute))
	}
	r.Book = book.New(s.j, r.now)
	set := dispatch.Settings{Replica: name, Writes: true, Poll: 4 * time.Second}
	d := dispatch.New(r, people(nil), []providers.Provider{wild{s, r}}, s.slack, meter{}, set, r.now, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { d.Run(ctx); close(ended) }()
	s.stop = append(s.stop, func() { cancel(); <-ended })
}

type replica struct {
	*book.Book
	s    *storm
	mu   sync.Mutex
	skew time.Duration
	dies time.Time // from then on the store is out of reach
}

func (r *replica) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().Add(r.skew)
}

// jump moves the wall clock.
func (r *replica) jump(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.skew += d
}

var errStore = errors.New("the store did not answer")

func (r *replica) dead() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.dies.IsZero() && !time.Now().Before(r.dies)
}

func (r *replica) die() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dies = time.Now()
}

func (r *replica) Update(ctx context.Context, id string, d book.Decision, deliveries ...string) (*approvals.Request, error) {
	return r.write(func() (*approvals.Request, error) { return r.Book.Update(ctx, id, d, deliveries...) })
}

func (r *replica) Begin(ctx context.Context, id string, d book.Decision, g book.Gate) (*approvals.Request, error) {
	return r.write(func() (*approvals.Request, error) { return r.Book.Begin(ctx, id, d, g) })
}

// write lets a write fail before, take its time, or be carried out without an answer.
func (r *replica) write(carryOut func() (*approvals.Request, error)) (*approvals.Request, error) {
	if r.dead() || r.s.chance(12) {
		return nil, errStore
	}
	if r.s.chance(12) {
		<-time.After(r.s.upTo(20 * time.Second))
	}
	after, err := carryOut()
	if err == nil && r.s.chance(12) {
		return nil, errStore
	}
	return after, err
}

func (r *replica) Get(ctx context.Context, id string) (*approvals.Request, error) {
	if r.dead() {
		return nil, errStore
	}
	return r.Book.Get(ctx, id)
}

func (r *replica) Claim(ctx context.Context, lease time.Duration, most int) ([]journal.Claimed, error) {
	if r.dead() || r.s.chance(20) {
		return nil, errStore
	}
	return r.Book.Claim(ctx, lease, most)
}

func (r *replica) Renew(ctx context.Context, c journal.Claimed, lease time.Duration) error {
	if r.dead() || r.s.chance(20) {
		return errStore
	}
	return r.Book.Renew(ctx, c, lease)
}

// wild is the provider as one replica meets it.
type wild struct {
	s *storm
	r *replica
}

func (w wild) Describe() providers.Description { return (&idp{}).Describe() }

func (w wild) Self(context.Context) (providers.Account, error) {
	return providers.Account{ID: "bot"}, w.weather()
}

func (w wild) Find(context.Context, providers.Query) ([]providers.Account, error) { return nil, nil }

// weather is what can happen to any question.
func (w wild) weather() error {
	switch {
	case w.s.chance(8):
		<-time.After(w.s.upTo(15 * time.Second))
	case w.s.chance(12):
		w.r.jump(w.s.upTo(3*time.Minute) - 90*time.Second)
	case w.s.chance(15):
		return &providers.Error{Kind: providers.Temporary, Vendor: "IDP"}
	case w.s.chance(20):
		panic("weather")
	}
	return nil
}

func (w wild) Read(context.Context, string) (providers.Account, error) {
	w.s.mu.Lock()
	a := w.s.account
	w.s.mu.Unlock()
	return a, w.weather()
}

func (w wild) Look(ctx context.Context, _ providers.Order) (providers.Sight, error) {
	a, err := w.Read(ctx, "")
	v := providers.NotReached
	if a.State == providers.StateDeleted {
		v = providers.Reached
	}
	return providers.Sight{Verdict: v, Text: "read back: " + a.StateWord}, err
}

func (w wild) Do(ctx context.Context, _ providers.Order) (providers.Answer, error) {
	deadline, _ := ctx.Deadline()
	switch {
	case ctx.Err() != nil, !w.r.now().Before(deadline):
		return providers.Answer{}, &providers.Error{Kind: providers.Temporary, Vendor: "IDP", NotSent: true}
	case w.s.chance(5):
		return fail(providers.RateLimited, 429)
	}
	return w.effect()
}

// effect is a call that has left.
func (w wild) effect() (providers.Answer, error) {
	s := w.s
	s.mu.Lock()
	s.sent++
	s.mu.Unlock()
	if s.chance(2) {
		w.r.die()
	}
	switch {
	case s.chance(3):
		return fail(providers.UnknownOutcome, 0) // it got lost
	case s.chance(4):
		late := s.upTo(50 * time.Minute)
		time.AfterFunc(late, s.remove)
		return fail(providers.UnknownOutcome, 0)
	case s.chance(5):
		s.remove()
		return fail(providers.UnknownOutcome, 500)
	case s.chance(6):
		return fail(providers.Denied, 403)
	case s.chance(8):
		s.remove()
		panic("after doing it")
	}
	<-time.After(s.upTo(3 * time.Second))
	s.remove()
	return providers.Answer{Status: 200, Text: "IDP answered 200"}, nil
}

func (s *storm) remove() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account.State, s.account.StateWord = providers.StateDeleted, "DELETED"
}

func (s *storm) rage() {
	defer func() {
		for i := len(s.stop) - 1; i >= 0; i-- {
			s.stop[i]()
		}
	}()
	calm := book.New(s.j, time.Now)
	r, err := calm.Create(s.t.Context(), approvals.Ask{
		By: approvals.Person{ID: "U1"}, Requester: true,
		Plan:   approvals.Plan{Writes: true, Steps: []approvals.Step{{Account: pat, Action: providers.Delete, Vendor: "IDP"}}},
		Policy: approvals.Policy{Approvals: 1, Expires: 24 * time.Hour, Window: time.Hour},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.id = r.ID
	for _, name := range []string{"a", "b", "c"} {
		s.replica(name)
	}
	w := approvals.Approve{By: approvals.Person{ID: "U2"}, Approver: true, Digest: r.Digest}
	if _, err := calm.Update(s.t.Context(), r.ID, book.Wish(w)); err != nil {
		s.t.Fatal(err)
	}
	<-time.After(12 * time.Minute)
	s.replica("fresh") // after the storm there is one that is well
	<-time.After(26 * time.Hour)
	if r, err = calm.Get(s.t.Context(), r.ID); err != nil {
		s.t.Fatal(err)
	}
	s.judge(r)
}

func (s *storm) judge(r *approvals.Request) {
	p := r.Steps[0]
	gone := s.account.State == providers.StateDeleted
	if s.sent > 1 {
		s.t.Errorf("%d calls for one approval", s.sent)
	}
	said := p.Outcome == approvals.Done || p.Outcome == approvals.Already
	if !r.Final() || p.Outcome != "" && said != gone || gone && !said {
		s.t.Errorf("%s, %s (%s), and the account is %s", r.State, p.Outcome, p.Proof, s.account.StateWord)
	}
	told := map[int]bool{}
	for _, e := range s.slack.audit {
		told[e.Seq] = true
	}
	for _, e := range r.Events {
		if !e.Kind.Receipt() && !told[e.Seq] {
			s.t.Errorf("the audit channel was not told of event %d: %s", e.Seq, e.Kind)
		}
	}
	if s.t.Failed() {
		for _, e := range r.Events {
			s.t.Log(e.Seq, e.At.Format(time.TimeOnly), e.Kind, e.Key, e.Attempt, e.Replica, e.Outcome, e.Verdict, e.Proof)
		}
	}
}
