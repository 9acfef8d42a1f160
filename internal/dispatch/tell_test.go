package dispatch_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"offboard/internal/approvals"
	"offboard/internal/dispatch"
)

func TestTellingSurvives(t *testing.T) {
	t.Parallel()
	once := func(what string, k dispatch.TellKind) func(string, int) error {
		return func(do string, n int) error {
			if do == what && n == 1 {
				return &dispatch.TellError{Kind: k}
			}
			return nil
		}
	}
	for name, f := range map[string]func(string, int) error{
		"card accepted, answer lost":   once("card", dispatch.TellMaybe),
		"card throttled":               once("card", dispatch.TellLater),
		"thread accepted, answer lost": once("thread", dispatch.TellMaybe),
		"thread throttled":             once("thread", dispatch.TellLater),
		"audit accepted, answer lost":  once("audit", dispatch.TellMaybe),
		"audit refused once":           once("audit", dispatch.TellBroken),
		"update throttled":             once("update", dispatch.TellLater),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, &idp{})
				defer s.close()
				s.slack.fail = f
				r := s.ask(true)
				s.run("a", true)
				s.until("shown", func(r *approvals.Request) bool { return r.Card.Place.Known() })
				s.approve(r)
				s.until("done", inState(approvals.StateDone))
				s.checkTold(s.quiet())
			})
		})
	}
}

func TestDeletedCardGoesOnInTheThread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, &idp{})
		defer s.close()
		s.slack.fail = func(do string, _ int) error {
			if do == "update" {
				return &dispatch.TellError{Kind: dispatch.TellGone}
			}
			return nil
		}
		r := s.ask(true)
		s.run("a", true)
		s.quiet()
		s.approve(r)
		s.until("done", inState(approvals.StateDone))
		s.quiet()
		if got := kinds(s.slack.thread); !slices.Contains(got, approvals.Alarmed) || !slices.Contains(got, approvals.Ended) {
			t.Errorf("thread: %v", got)
		}
	})
}

func TestDeadThreadGoesToTheAuditChannel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, &idp{})
		defer s.close()
		s.slack.fail = func(do string, _ int) error {
			if do == "thread" {
				return &dispatch.TellError{Kind: dispatch.TellClosed}
			}
			return nil
		}
		r := s.ask(true)
		s.run("a", true)
		s.until("shown", func(r *approvals.Request) bool { return r.Card.Place.Known() })
		s.approve(r)
		s.until("done", inState(approvals.StateDone))
		s.quiet()
		if got := kinds(s.slack.inAud); !slices.Contains(got, approvals.Alarmed) || !slices.Contains(got, approvals.Ended) {
			t.Errorf("in the audit channel: %v", got)
		}
	})
}
