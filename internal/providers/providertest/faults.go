package providertest

import (
	"testing"
	"time"

	"offboard/internal/providers"
	"offboard/internal/sandbox/fault"
)

// doFault is one fault while a write is under way, and the one error that is right for it. Whether it was done is for the server's
// record to say, and for a look to find out.
type doFault struct {
	name     string
	fault    fault.Fault
	kind     providers.Kind // empty: success
	patience time.Duration
	wait     time.Duration
}

func doFaults() []doFault {
	unknown := providers.UnknownOutcome
	return []doFault{
		{name: "slow", fault: fault.Fault{Mode: fault.Slow, Delay: 50 * time.Millisecond}},
		{name: "timeout after doing it", fault: fault.Fault{Mode: fault.TimeoutAfter}, kind: unknown, patience: impatient},
		{name: "timeout before doing it", fault: fault.Fault{Mode: fault.TimeoutBefore}, kind: unknown, patience: impatient},
		{name: "slower than the timeout", fault: fault.Fault{Mode: fault.Slow, Delay: time.Minute}, kind: unknown, patience: impatient},
		{name: "500", fault: fault.Fault{Mode: fault.Status500}, kind: unknown},
		{name: "500 after doing it", fault: fault.Fault{Mode: fault.Status500After}, kind: unknown},
		{name: "429", fault: fault.Fault{Mode: fault.Throttle}, kind: providers.RateLimited},
		{name: "429 with a wait", fault: fault.Fault{Mode: fault.Throttle, RetryAfter: 7}, kind: providers.RateLimited, wait: 7 * time.Second},
		{name: "a page", fault: fault.Fault{Mode: fault.HTML}, kind: unknown},
		{name: "a page after doing it", fault: fault.Fault{Mode: fault.HTMLAfter}, kind: unknown},
		{name: "cut after doing it", fault: fault.Fault{Mode: fault.CutAfter}, kind: unknown},
		{name: "too large an answer", fault: fault.Fault{Mode: fault.Oversize}, kind: unknown},
		{name: "a redirect", fault: fault.Fault{Mode: fault.Redirect}, kind: unknown},
	}
}

func (f doFault) run(t *testing.T, s *stand) {
	id, o := s.anna(t)
	if f.patience != 0 {
		s.p = s.connect(t, s.url, f.patience)
	}
	if f.fault.Mode == fault.Redirect {
		f.fault.Location = s.elsewhere(t)
	}
	s.Faults.Set("write", f.fault)
	answer, err := s.do(t.Context(), o)
	f.judge(t, err)
	s.wantWrites(t, 1)

	done := s.Done(id, o.Action)
	if did := f.fault.Mode.Does() && f.fault.Delay < time.Minute; done != did {
		t.Fatalf("the server's record says done %v, want %v", done, did)
	}
	o.Answered = answer.Status
	if e, ok := asError(err); ok {
		o.Answered = e.Status
	}
	want := providers.NotReached
	if done {
		want = providers.Reached
	}
	s.look(t, o, want)
	s.wantWrites(t, 1)
}

func (f doFault) judge(t *testing.T, err error) {
	t.Helper()
	if f.kind == "" {
		if err != nil {
			t.Errorf("error = %v, want success", err)
		}
		return
	}
	e, ok := asError(err)
	if !ok || e.Kind != f.kind || e.NotSent || e.Wait != f.wait || e.Say == "" || e.Vendor == "" || e.Op == "" {
		t.Errorf("error = %+v, want %s", err, f.kind)
	}
}
