package dispatch_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/providers"
)

// cooling is a request that is approved and cools off for a quarter of an hour.
func (s *stage) cooling() {
	s.t.Helper()
	r, err := s.book.Create(s.t.Context(), approvals.Ask{
		By: approvals.Person{ID: "U1"}, Requester: true,
		Plan:   approvals.Plan{Writes: true, Steps: []approvals.Step{{Account: pat, Action: providers.Delete, Vendor: "IDP"}}},
		Policy: approvals.Policy{Approvals: 1, Expires: 24 * time.Hour, Window: time.Hour, CoolOff: 15 * time.Minute},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.id = r.ID
	s.approve(r)
}

// Over the whole cool-off nothing is asked of the provider. Then the call is made at once.
func TestNothingBeginsInTheCoolOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, &idp{})
		defer s.close()
		s.run("a", true)
		s.run("b", true)
		approved := time.Now()
		s.cooling()
		<-time.After(15*time.Minute - time.Second)
		synctest.Wait()
		if r := s.get(); r.State != approvals.StateApproved || s.idp.called() != 0 {
			t.Fatalf("%s after %d calls", r.State, s.idp.called())
		}
		r := s.until("done", inState(approvals.StateDone))
		if late := r.Steps[0].EndedAt.Sub(approved); late < 15*time.Minute || late > 15*time.Minute+10*time.Second || s.idp.called() != 1 {
			t.Errorf("done %s after the approval, with %d calls", late, s.idp.called())
		}
	})
}

// Somebody stops it in the very moment in which the account is read for the call: what is on record first counts.
func TestStoppedAtTheDoor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &idp{}
		s := newStage(t, p)
		defer s.close()
		p.read = func(int) (providers.Account, error) {
			w := approvals.Stop{By: approvals.Person{ID: "U3"}, Right: true}
			if _, err := s.book.Update(t.Context(), s.id, book.Wish(w)); err != nil {
				t.Error(err)
			}
			return pat, nil
		}
		s.cooling()
		s.run("a", true)
		s.until("stopped", inState(approvals.StateStopped))
		s.quiet()
		if p.called() != 0 {
			t.Errorf("%d calls", p.called())
		}
		s.until("told", func(*approvals.Request) bool { return s.slack.said(approvals.Stopped) })
	})
}

// Once the call is on record it is too late, and the person is told so.
func TestStoppedBehindTheDoor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var late error
		p := &idp{}
		s := newStage(t, p)
		defer s.close()
		p.do = func(_ int, p *idp) (providers.Answer, error) {
			_, late = s.book.Update(t.Context(), s.id, book.Wish(approvals.Stop{By: approvals.Person{ID: "U3"}, Right: true}))
			p.remove()
			return providers.Answer{Status: 200, Text: "IDP answered 200"}, nil
		}
		s.cooling()
		s.run("a", true)
		s.until("done", inState(approvals.StateDone))
		if f, ok := errors.AsType[*approvals.Refusal](late); !ok || f.Code != approvals.TooLate {
			t.Errorf("err = %v", late)
		}
	})
}
