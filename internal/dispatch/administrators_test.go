package dispatch_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/providers"
)

// owners are the two owners of a tenant, who are to be removed at once.
type owners struct {
	*stage
	one, other *approvals.Request
}

func playOwners(t *testing.T, p *idp, scene func(o owners)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, p)
		defer s.close()
		second := pat
		second.ID = "1002"
		o := owners{stage: s, one: s.ask(true), other: s.askFor(second, true)}
		s.approve(o.one)
		s.approve(o.other)
		s.run("a", true)
		s.run("b", true)
		scene(o)
	})
}

// both returns the requests once ok holds for both.
func (o owners) both(what string, ok func(*approvals.Request) bool) (all []*approvals.Request) {
	o.t.Helper()
	for _, r := range []*approvals.Request{o.one, o.other} {
		o.id = r.ID
		all = append(all, o.until(what, ok))
	}
	return all
}

func over(r *approvals.Request) bool { return r.State.Ended() }

// tenant counts its owners, and lets the first two who ask wait for each other, so that both requests have counted before either begins.
type tenant struct {
	mu    sync.Mutex
	left  int
	asked int
	both  chan struct{}
}

func (n *tenant) peers() (providers.Peers, error) {
	n.mu.Lock()
	if n.asked++; n.asked == 1 {
		n.both = make(chan struct{})
	}
	asked, peers := n.asked, providers.Peers{Role: "OWNER", Others: n.left - 1}
	n.mu.Unlock()
	switch asked {
	case 1:
		<-n.both
	case 2:
		close(n.both)
	}
	return peers, nil
}

func (n *tenant) leave(int, *idp) (providers.Answer, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.left--
	return providers.Answer{Status: 200, Text: "IDP answered 200"}, nil
}

func gone() (providers.Sight, error) {
	return providers.Sight{Verdict: providers.Reached, Text: "read back: DELETED"}, nil
}

// Two owners are removed in the same moment, and each has counted the other: one goes.
func TestTwoAdministratorsAtOnce(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ owners, leave int }{"the last two": {2, 1}, "two of three": {3, 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := &tenant{left: tc.owners}
			p := &idp{peers: n.peers, do: n.leave, look: gone}
			playOwners(t, p, func(o owners) {
				done := 0
				for _, r := range o.both("over", over) {
					switch {
					case r.State == approvals.StateDone:
						done++
					case !strings.Contains(r.Steps[0].Proof, "by now nobody else administers there; nothing was"):
						t.Errorf("%s: %s", r.State, r.Steps[0].Proof)
					}
				}
				if done != tc.leave || p.called() != tc.leave {
					t.Errorf("%d are gone after %d calls", done, p.called())
				}
			})
		})
	}
}

// While it is unknown whether the first is gone, the second waits and says for whom.
func TestAnAdministratorWaitsForAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	n := &tenant{left: 2}
	p := &idp{peers: n.peers, do: func(int, *idp) (providers.Answer, error) { return fail(providers.UnknownOutcome, 0) }}
	p.look = func() (providers.Sight, error) { return providers.Sight{}, context.DeadlineExceeded }
	playOwners(t, p, func(o owners) {
		waits := ""
		for _, r := range o.both("unknown, or waiting", func(r *approvals.Request) bool { return r.State == approvals.StateUnknown || r.Waits() != "" }) {
			waits += r.Waits()
		}
		if !strings.HasPrefix(waits, "another administrator there is being removed, and one goes at a time: OFF-") {
			t.Errorf("it waits: %q", waits)
		}
		<-time.After(10 * time.Minute)
		p.mu.Lock()
		n.mu.Lock()
		n.left, p.look = 1, gone
		n.mu.Unlock()
		p.mu.Unlock()
		o.both("over", over)
		if p.called() != 1 {
			t.Errorf("%d calls", p.called())
		}
	})
}

// Where it cannot be counted under the key, nothing leaves; once it can, the call does.
func TestTheLastCountDoesNotAnswer(t *testing.T) {
	t.Parallel()
	asked := 0
	p := &idp{peers: func() (providers.Peers, error) {
		if asked++; asked == 2 {
			return providers.Peers{}, context.DeadlineExceeded
		}
		return providers.Peers{Role: "OWNER", Others: 1}, nil
	}}
	play(t, p, func(s *stage) {
		r := s.until("put off", func(r *approvals.Request) bool { return r.Steps[0].Attempt == 1 && !r.Steps[0].Running })
		if s.idp.called() != 0 || !slices.ContainsFunc(r.Events, func(e approvals.Event) bool {
			return e.Kind == approvals.Deferred && e.Proof == "IDP could not be asked who else administers there; nothing was sent"
		}) {
			t.Errorf("%d calls; %v", s.idp.called(), kinds(r.Events))
		}
		if s.until("over", over).State != approvals.StateDone || s.idp.called() != 1 {
			t.Errorf("%s after %d calls", s.get().State, s.idp.called())
		}
	})
}

// A new request for the same account does not wait for the one that it takes over from.
func TestTheTurnIsTakenOver(t *testing.T) {
	t.Parallel()
	p := &idp{peers: func() (providers.Peers, error) { return providers.Peers{Role: "OWNER", Others: 1}, nil }}
	p.do = func(n int, p *idp) (providers.Answer, error) {
		if n == 1 {
			return fail(providers.UnknownOutcome, 0)
		}
		p.remove()
		return providers.Answer{Status: 200, Text: "IDP answered 200"}, nil
	}
	play(t, p, func(s *stage) {
		first := s.until("not done, as far as can be seen", inState(approvals.StateNotDone))
		if !first.Open() {
			t.Error("the first is settled already")
			return
		}
		next, err := s.book.Create(s.t.Context(), approvals.Ask{
			By: first.Requester, Requester: true, Plan: first.Plan, Policy: first.Policy, Linked: first,
		})
		if err != nil {
			t.Fatal(err)
		}
		s.approve(next)
		s.id = next.ID
		r := s.until("over", over)
		if r.State != approvals.StateDone || s.idp.called() != 2 || slices.Contains(kinds(r.Events), approvals.Waiting) {
			t.Errorf("%s after %d calls: %v", r.State, s.idp.called(), kinds(r.Events))
		}
	})
}

// Whoever settles, or is asked about again, gives the turn to the next.
func TestTheTurnIsGivenOn(t *testing.T) {
	t.Parallel()
	key := approvals.AdministratorsKey("")
	for name, events := range map[string][]approvals.Event{
		"done":              {{Kind: approvals.Ended, Attempt: 1, Outcome: approvals.Done}},
		"not done":          {{Kind: approvals.Ended, Attempt: 1, Outcome: approvals.NotDone}},
		"put off, then new": {{Kind: approvals.Deferred, Attempt: 1}, {Kind: approvals.Drifted, Plan: &approvals.Plan{Writes: true, Steps: []approvals.Step{{Account: pat, Action: providers.Delete}}}}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, &idp{})
			defer s.close()
			r := s.ask(true)
			s.approve(r)
			write := func(events ...approvals.Event) {
				t.Helper()
				_, err := s.book.Begin(t.Context(), r.ID, func(_ *approvals.Request, now time.Time) ([]approvals.Event, error) {
					for i := range events {
						events[i].At, events[i].Until = now, now.Add(time.Minute)
					}
					return events, nil
				}, book.Gate{Take: []string{key}})
				if err != nil {
					t.Fatal(err)
				}
			}
			write(approvals.Event{Kind: approvals.Begun, Attempt: 1, Deadline: s.now().Add(time.Minute)})
			if holder, err := s.book.Holder(t.Context(), key); holder != r.ID {
				t.Errorf("%s: %q has the turn (%v)", name, holder, err)
			}
			write(events...)
			if holder, err := s.book.Holder(t.Context(), key); err == nil {
				t.Errorf("%s: %q still has the turn", name, holder)
			}
		})
	}
}
