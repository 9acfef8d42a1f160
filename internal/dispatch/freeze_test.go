package dispatch_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/providers"
)

// freeze stops everything, as Bob.
func (s *stage) freeze() *approvals.Request {
	s.t.Helper()
	f, err := s.book.Freeze(s.t.Context(), approvals.Freeze{By: approvals.Person{ID: "U2"}, Right: true})
	if err != nil {
		s.t.Error(err)
	}
	return f
}

// thaw lets two people end the freeze.
func (s *stage) thaw(f *approvals.Request) {
	s.t.Helper()
	first := approvals.Person{ID: "U2"}
	for _, w := range []approvals.Thaw{
		{By: first, Right: true},
		{By: approvals.Person{ID: "U3"}, Right: true, First: approvals.Standing{ID: first.ID, Person: first}},
	} {
		if _, err := s.book.Update(s.t.Context(), f.ID, book.Wish(w)); err != nil {
			s.t.Error(err)
		}
	}
}

// While everything is stopped an approved request waits and says so, and neither Slack nor the provider is asked anything for it. Then it goes on.
func TestAFreezeStopsTheBegin(t *testing.T) {
	t.Parallel()
	for name, writes := range map[string]bool{"a call": true, "a rehearsal": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, &idp{})
				defer s.close()
				asked := 0
				s.people = func(who []approvals.Person) ([]approvals.Standing, error) {
					asked++
					return people(nil).Standing(t.Context(), who, nil)
				}
				f := s.freeze()
				s.approve(s.ask(writes))
				s.run("a", writes)
				s.run("b", writes)
				r := s.until("it waits", func(r *approvals.Request) bool { return r.Waits() != "" })
				if r.Waits() != "stopped by the freeze OFF-1" {
					t.Errorf("it waits because %q", r.Waits())
				}
				<-time.After(20 * time.Minute)
				r = s.until("it still waits", func(r *approvals.Request) bool { return r.Waits() != "" })
				if r.State != approvals.StateApproved || s.idp.called() != 0 || s.idp.reads != 0 || asked != 0 {
					t.Fatalf("%s after %d calls, %d reads and %d questions", r.State, s.idp.called(), s.idp.reads, asked)
				}
				if r.Card.Upto == 0 || r.Card.Upto == r.Version() {
					t.Errorf("the card shows %d of %d: why it waits, and not each time that it does", r.Card.Upto, r.Version())
				}
				s.thaw(f)
				over := time.Now()
				r = s.until("it is over", func(r *approvals.Request) bool { return r.State.Ended() })
				if took := r.Steps[0].EndedAt.Sub(over); took > 61*time.Second {
					t.Errorf("it went on after %s", took)
				}
				if want := map[bool]int{true: 1, false: 0}[writes]; s.idp.called() != want {
					t.Errorf("%d calls, want %d", s.idp.called(), want)
				}
			})
		})
	}
}

// Everything is stopped while the account is read, right before the door: the door does not open.
func TestAFreezeAtTheDoor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &idp{}
		s := newStage(t, p)
		defer s.close()
		p.read = func(n int) (providers.Account, error) {
			if n == 1 {
				s.freeze()
			}
			return pat, nil
		}
		s.approve(s.ask(true))
		s.run("a", true)
		s.until("it waits", func(r *approvals.Request) bool { return r.Waits() == "stopped by the freeze OFF-2" })
		<-time.After(10 * time.Minute)
		if s.idp.called() != 0 || p.reads != 1 {
			t.Errorf("%d calls after %d reads", s.idp.called(), p.reads)
		}
	})
}

// The window runs on. Whoever asked is told why nothing came of it.
func TestAFreezeLongerThanTheWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, &idp{})
		defer s.close()
		s.freeze()
		s.approve(s.ask(true))
		s.run("a", true)
		r := s.until("expired", inState(approvals.StateExpired))
		last := r.Events[0]
		for _, e := range r.Events {
			if e.Kind == approvals.Expired {
				last = e
			}
		}
		if !strings.HasSuffix(last.Reason, ": stopped by the freeze OFF-1") || s.idp.called() != 0 {
			t.Errorf("expired because %q after %d calls", last.Reason, s.idp.called())
		}
	})
}

// What had begun before is not stopped: it is looked after to its end.
func TestAFreezeStopsNothingThatHasBegun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &idp{}
		s := newStage(t, p)
		defer s.close()
		p.do = func(int, *idp) (providers.Answer, error) {
			s.freeze()
			p.remove()
			return fail(providers.UnknownOutcome, 0)
		}
		s.approve(s.ask(true))
		s.run("a", true)
		s.until("read back", inState(approvals.StateDone))
		if f, err := s.book.Frozen(t.Context()); f == nil || err != nil {
			t.Errorf("frozen by %v (%v)", f, err)
		}
	})
}
