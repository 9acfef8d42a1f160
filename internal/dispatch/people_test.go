package dispatch_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
)

// Those who approved are asked about right before the call: who may not approve any more does not count.
func TestApproversAreLookedAtAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, &idp{})
		defer s.close()
		s.people = func([]approvals.Person) ([]approvals.Standing, error) {
			return []approvals.Standing{{ID: "U2", Why: "they are a guest now"}}, nil
		}
		s.approve(s.ask(true))
		s.run("a", true)
		r := s.until("lapsed", func(r *approvals.Request) bool { return has(r, approvals.Lapsed) })
		if r.State != approvals.StatePending || s.idp.called() != 0 {
			t.Errorf("%s after %d calls", r.State, s.idp.called())
		}
		s.until("told", func(*approvals.Request) bool { return s.slack.said(approvals.Lapsed) })
	})
}

// While Slack cannot say whether they still may, nothing is called; once it can, the call goes out.
func TestWithoutSlackNothingIsCalled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, &idp{})
		defer s.close()
		back := time.Now().Add(3 * time.Minute)
		s.people = func(who []approvals.Person) ([]approvals.Standing, error) {
			if time.Now().Before(back) {
				return nil, errors.New("slack is away")
			}
			return people(nil).Standing(t.Context(), who, nil)
		}
		s.approve(s.ask(true))
		s.run("a", true)
		r := s.until("done", inState(approvals.StateDone))
		if s.idp.called() != 1 || !has(r, approvals.Waiting) || r.Steps[0].EndedAt.Before(back) {
			t.Errorf("%d calls, ended at %s, before %s", s.idp.called(), r.Steps[0].EndedAt, back)
		}
	})
}

func has(r *approvals.Request, k approvals.Kind) bool {
	for _, e := range r.Events {
		if e.Kind == k {
			return true
		}
	}
	return false
}
