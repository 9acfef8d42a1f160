package dispatch_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/providers"
)

// While Slack takes its time, an unknown outcome is read back when it is due.
func TestASlowSlackDoesNotPutOffALook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &idp{do: func(int, *idp) (providers.Answer, error) { return fail(providers.UnknownOutcome, 500) }}
		var looks []time.Time
		p.look = func() (providers.Sight, error) {
			looks = append(looks, time.Now())
			return providers.Sight{Verdict: providers.NotReached, Text: "read back: ACTIVE"}, nil
		}
		s := newStage(t, p)
		defer s.close()
		s.slack.pause = time.Minute
		r := s.ask(true)
		s.run("a", true)
		s.until("shown", func(r *approvals.Request) bool { return r.Card.Place.Known() })
		s.approve(r)
		s.until("ended", inState(approvals.StateNotDone))
		if len(looks) < 3 {
			t.Fatalf("%d looks", len(looks))
		}
		for i, want := range []time.Duration{10 * time.Second, 30 * time.Second} {
			if got := looks[i+1].Sub(looks[0]); got < want || got > want+5*time.Second {
				t.Errorf("look %d came %s after the first, want %s", i+2, got, want)
			}
		}
		s.checkTold(s.quiet())
	})
}

// While many requests wait for their turn in Slack, all are called.
func TestASlowSlackDoesNotPutOffCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const many = 40
		p := &idp{do: func(int, *idp) (providers.Answer, error) {
			return providers.Answer{Status: 200, Text: "IDP answered 200"}, nil
		}}
		p.look = func() (providers.Sight, error) {
			return providers.Sight{Verdict: providers.Reached, Text: "read back: DELETED"}, nil
		}
		s := newStage(t, p)
		defer s.close()
		s.slack.pause = time.Minute
		var all []*approvals.Request
		for i := range many {
			a := pat
			a.ID = strconv.Itoa(2000 + i)
			all = append(all, s.askFor(a, true))
		}
		s.run("a", true)
		for _, r := range all {
			s.id = r.ID
			s.until("shown", func(r *approvals.Request) bool { return r.Card.Place.Known() })
		}
		for _, r := range all {
			s.approve(r)
		}
		<-time.After(20 * time.Second)
		if got := p.called(); got != many {
			t.Errorf("%d calls within 20 s, want %d", got, many)
		}
	})
}
