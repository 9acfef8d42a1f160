package approvals_test

import (
	"testing"
	"time"

	"offboard/internal/approvals"
)

// cooling is a request whose policy lets a quarter of an hour pass after the last approval.
func cooling(t *testing.T) *approvals.Request {
	t.Helper()
	a := asking()
	a.Policy.CoolOff = 15 * time.Minute
	r := wished(t, &approvals.Request{ID: "r", Number: 42}, a, morning)
	return wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
}

func beginningAt(r *approvals.Request, at time.Time) approvals.Begin {
	b := beginning(r, patsAcc)
	b.Asked, b.People = at, at
	return b
}

// After the last approval nothing begins for the policy's time, to the second; then there is the whole window.
func TestCoolOff(t *testing.T) {
	t.Parallel()
	r := cooling(t)
	over := morning.Add(15 * time.Minute)
	if !r.Until.Equal(over) || !r.Window.Equal(over.Add(time.Hour)) {
		t.Errorf("from %s to %s", r.Until, r.Window)
	}
	for _, early := range []time.Duration{15 * time.Minute, time.Minute, time.Nanosecond} {
		at := over.Add(-early)
		if _, err := approvals.Decide(r, beginningAt(r, at), at); code(err) != approvals.NotNow {
			t.Errorf("begun %s too early: %v", early, err)
		}
	}
	if r = wished(t, r, beginningAt(r, over), over); r.State != approvals.StateExecuting {
		t.Errorf("%s when it is over", r.State)
	}
}

// Whoever has the right may stop it, who asked and who approved too, but not the person to be removed.
func TestWhoStops(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		by    approvals.Person
		right bool
		want  approvals.Code
	}{
		"who asked":                {asker, true, ""},
		"who approved":             {second, true, ""},
		"somebody else":            {fourth, true, ""},
		"without the right":        {fourth, false, approvals.NotApprover},
		"nobody":                   {approvals.Person{}, true, approvals.NotApprover},
		"the person to be removed": {leaver, true, approvals.OwnAccount},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for what, r := range map[string]*approvals.Request{"cooling off": cooling(t), "held": held(t)} {
				events, err := approvals.Decide(r, approvals.Stop{By: tc.by, Right: tc.right}, morning)
				if code(err) != tc.want {
					t.Errorf("%s: %q, want %q", what, code(err), tc.want)
				}
				if err == nil && r.Fold(events...).State != approvals.StateStopped {
					t.Errorf("%s: %s", what, r.State)
				}
			}
		})
	}
}

// Before the approval there is nothing to stop, and after the begin nothing can be stopped any more.
func TestWhenItCanBeStopped(t *testing.T) {
	t.Parallel()
	stop := approvals.Stop{By: fourth, Right: true}
	begun := cooling(t)
	over := morning.Add(15 * time.Minute)
	begun = wished(t, begun, beginningAt(begun, over), over)
	for want, r := range map[approvals.Code]*approvals.Request{
		approvals.TooEarly: requested(t, 1), approvals.TooLate: begun,
		approvals.AlreadyDecided: wished(t, cooling(t), approvals.Withdraw{By: asker}, morning),
	} {
		if _, err := approvals.Decide(r, stop, over); code(err) != want {
			t.Errorf("%s: %q, want %q", r.State, code(err), want)
		}
	}
	r := wished(t, cooling(t), stop, morning)
	if _, err := approvals.Decide(r, beginningAt(r, over), over); code(err) != approvals.NotNow {
		t.Errorf("begun although it was stopped: %v", err)
	}
	if len(approvals.Next(r)) > 0 && approvals.Next(r)[0].Do == approvals.DoBegin || !r.Final() {
		t.Errorf("something is left to do: %+v", approvals.Next(r))
	}
}
