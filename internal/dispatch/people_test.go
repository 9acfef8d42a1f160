package dispatch_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
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

// Releaser is asked about in the same way as those who approved.
func (f people) Releaser(ctx context.Context, by approvals.Person) (approvals.Standing, error) {
	out, err := f.Standing(ctx, []approvals.Person{by}, nil)
	if err != nil || len(out) == 0 {
		return approvals.Standing{}, err
	}
	return out[0], nil
}

// Who released it over the cap has left before it begins, here during a time in which Slack cannot say: it is held again, until somebody else
// releases it.
func TestAReleaseIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	capped(t, stay(), oneAnHour, func(s *stage) {
		away, left := false, false
		s.people = func(who []approvals.Person) ([]approvals.Standing, error) {
			if away {
				return nil, errors.New("slack is away")
			}
			out, err := people(nil).Standing(s.t.Context(), who, nil)
			for i := range out {
				if left && out[i].ID == releaser.ID {
					out[i].Why = "their Slack account is deactivated"
				}
			}
			return out, err
		}
		release := func(by approvals.Person) {
			if _, err := s.book.Update(s.t.Context(), s.id, book.Wish(approvals.Release{By: by, Right: true})); err != nil {
				s.t.Fatal(err)
			}
		}
		s.crowd(1, true)
		s.run("a", true)
		s.until("done", inState(approvals.StateDone))
		s.crowd(1, true)
		s.until("held", inState(approvals.StateHeld))
		away = true
		release(releaser)
		s.until("waiting", func(r *approvals.Request) bool { return has(r, approvals.Waiting) })
		away, left = false, true
		s.until("held again", inState(approvals.StateHeld))
		s.until("told", func(*approvals.Request) bool { return s.slack.said(approvals.Lapsed) })
		if s.idp.called() != 1 {
			s.t.Fatalf("%d calls", s.idp.called())
		}
		release(approvals.Person{ID: "U4"})
		s.until("done", inState(approvals.StateDone))
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
