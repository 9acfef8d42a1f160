package dispatch_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/providers"
)

var (
	oneAnHour = approvals.Caps{Pair: approvals.Allowance{PerHour: 1}}
	releaser  = approvals.Person{ID: "U3"}
)

// crowd asks for so many removals, one account each, and approves them all.
func (s *stage) crowd(n int, writes bool) []string {
	s.t.Helper()
	var ids []string
	for i := range n {
		a := pat
		a.ID = fmt.Sprint(2000 + i)
		r := s.askFor(a, writes)
		s.approve(r)
		ids = append(ids, r.ID)
	}
	return ids
}

// capped is a scene in virtual time with a cap.
func capped(t *testing.T, p *idp, caps approvals.Caps, scene func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, p)
		defer s.close()
		s.caps = caps
		scene(s)
	})
}

func (s *stage) inState(ids []string, want approvals.State) int {
	s.t.Helper()
	n := 0
	for _, id := range ids {
		r, err := s.book.Get(s.t.Context(), id)
		if err != nil {
			s.t.Fatal(err)
		}
		if r.State == want {
			n++
		}
	}
	return n
}

// stay is a provider whose accounts are all active until they are removed, each by itself.
func stay() *idp {
	return &idp{do: func(int, *idp) (providers.Answer, error) {
		return providers.Answer{Status: 200, Text: "IDP answered 200"}, nil
	}, look: func() (providers.Sight, error) {
		return providers.Sight{Verdict: providers.Reached, Text: "read back: gone"}, nil
	}}
}

// Two replicas work on six approved removals at once: as many begin as the cap lets, and the others are held until somebody releases them.
func TestOverTheCapIsHeld(t *testing.T) {
	t.Parallel()
	p := stay()
	capped(t, p, approvals.Caps{Approver: approvals.Allowance{PerDay: 2}}, func(s *stage) {
		ids := s.crowd(6, true)
		s.run("a", true)
		s.run("b", true)
		s.until("all are over or held", func(*approvals.Request) bool {
			return s.inState(ids, approvals.StateDone)+s.inState(ids, approvals.StateHeld) == len(ids)
		})
		if done := s.inState(ids, approvals.StateDone); done != 2 || p.called() != 2 {
			t.Errorf("%d done after %d calls", done, p.called())
		}
		var held *approvals.Request
		for _, id := range ids {
			if r, _ := s.book.Get(s.t.Context(), id); r.State == approvals.StateHeld {
				held = r
			}
		}
		if e := held.Last(approvals.Held); e.Reason != "2 removals a day is the cap for one approver" || time.Until(e.Until) < 23*time.Hour {
			t.Errorf("held by %q until %s", e.Reason, e.Until)
		}
		s.id = held.ID
		if _, err := s.book.Update(s.t.Context(), held.ID, book.Wish(approvals.Release{By: releaser, Right: true})); err != nil {
			s.t.Fatal(err)
		}
		s.until("done", inState(approvals.StateDone))
		s.until("told", func(*approvals.Request) bool { return s.slack.said(approvals.Held) && s.slack.said(approvals.Released) })
		s.until("the others expired", func(*approvals.Request) bool { return s.inState(ids, approvals.StateExpired) == 3 })
		if p.called() != 3 {
			t.Errorf("%d calls", p.called())
		}
	})
}

// What is sent again counts once; what was released counts too, so that the next one is held.
func TestWhatCounts(t *testing.T) {
	t.Parallel()
	p := stay()
	ok := p.do
	p.do = func(n int, p *idp) (providers.Answer, error) {
		if n < 3 {
			return fail(providers.RateLimited, 429)
		}
		return ok(n, p)
	}
	capped(t, p, approvals.Caps{Pair: approvals.Allowance{PerHour: 2}}, func(s *stage) {
		s.run("a", true)
		s.crowd(1, true)
		s.until("done at the third try", inState(approvals.StateDone))
		if p.called() != 3 {
			t.Errorf("%d calls", p.called())
		}
		next := func(id string) {
			a := pat
			a.ID = id
			s.approve(s.askFor(a, true))
		}
		next("b")
		s.until("the second of two", inState(approvals.StateDone))
		<-time.After(10 * time.Minute)
		next("c")
		s.until("the third", inState(approvals.StateHeld))
		if _, err := s.book.Update(s.t.Context(), s.id, book.Wish(approvals.Release{By: releaser, Right: true})); err != nil {
			s.t.Fatal(err)
		}
		released := s.until("released", inState(approvals.StateDone)).Steps[0].EndedAt
		<-time.After(time.Until(released.Add(59 * time.Minute)))
		next("d") // the first two are over an hour old by now, the released one is not
		s.until("one beside the released", inState(approvals.StateDone))
		next("e")
		s.until("the released one counts", inState(approvals.StateHeld))
	})
}

// A rehearsal is held like what is real, and takes no room from it.
func TestRehearsalsAreHeldByThemselves(t *testing.T) {
	t.Parallel()
	capped(t, stay(), oneAnHour, func(s *stage) {
		s.run("a", false)
		ids := s.crowd(2, false)
		s.until("one rehearsed, one held", func(*approvals.Request) bool {
			return s.inState(ids, approvals.StateNotDone) == 1 && s.inState(ids, approvals.StateHeld) == 1
		})
	})
	capped(t, stay(), oneAnHour, func(s *stage) {
		s.run("a", false)
		s.crowd(1, false)
		s.until("rehearsed", inState(approvals.StateNotDone))
		s.stop[len(s.stop)-1]()
		s.stop = s.stop[:len(s.stop)-1]
		s.run("b", true)
		a := pat
		a.ID = "real"
		s.approve(s.askFor(a, true))
		s.until("done", inState(approvals.StateDone))
	})
}

// One person with two ids is one, whichever of them Slack names: asking, approving, or both.
func TestACapKnowsAPersonByEveryID(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]approvals.Person{
		"the other id":                    {ID: "W1", Also: []string{"U1"}},
		"another id with the same e-mail": {ID: "U8", Email: "One@Example.com"},
		"the same id, and another e-mail": {ID: "U1", Email: "renamed@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			capped(t, stay(), approvals.Caps{Requester: approvals.Allowance{PerHour: 1}}, func(s *stage) {
				s.run("a", true)
				for i, asker := range []approvals.Person{{ID: "U1", Email: "one@example.com"}, by} {
					a := pat
					a.ID = fmt.Sprint(3000 + i)
					s.approve(s.askBy(asker, a, true))
					s.until("over", inState(approvals.StateDone, approvals.StateHeld))
				}
				if s.get().State != approvals.StateHeld {
					t.Error("one person is two")
				}
			})
		})
	}
}
