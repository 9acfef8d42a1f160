package approvals_test

import (
	"testing"
	"time"

	"offboard/internal/approvals"
)

var fourth = approvals.Person{ID: "U4", Email: "fourth@example.com"}

// held is a request that a second person has approved, and that a cap holds.
func held(t *testing.T) *approvals.Request {
	t.Helper()
	r := requested(t, 1)
	r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	return wished(t, r, approvals.Hold{Reason: "20 removals an hour is the cap for all", Free: morning.Add(time.Hour)}, morning)
}

// Whoever has had a part in a request cannot let it over a cap, by whatever id they come.
func TestWhoReleases(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		by    approvals.Person
		right bool
		want  approvals.Code
	}{
		"a fourth person":                     {fourth, true, ""},
		"a fourth person without the right":   {fourth, false, approvals.NotApprover},
		"nobody":                              {approvals.Person{Email: fourth.Email}, true, approvals.NotApprover},
		"who asked":                           {asker, true, approvals.OwnRequest},
		"who asked, by another id":            {approvals.Person{ID: "W7", Also: []string{asker.ID}}, true, approvals.OwnRequest},
		"who approved":                        {second, true, approvals.OwnApproval},
		"who approved, by another id":         {approvals.Person{ID: "W7", Also: []string{second.ID}}, true, approvals.OwnApproval},
		"who approved, by the e-mail address": {approvals.Person{ID: "U7", Email: "Second@Example.com"}, true, approvals.OwnApproval},
		"the person to be removed":            {leaver, true, approvals.OwnAccount},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := held(t)
			events, err := approvals.Decide(r, approvals.Release{By: tc.by, Right: tc.right}, morning)
			if code(err) != tc.want || (err == nil) != (len(events) == 1) {
				t.Fatalf("%v, %q, want %q", events, code(err), tc.want)
			}
			if err != nil {
				return
			}
			if r.Fold(events...); r.State != approvals.StateApproved || !r.Released || !r.Window.Equal(morning.Add(time.Hour)) {
				t.Errorf("%s, released %t, until %s", r.State, r.Released, r.Window)
			}
		})
	}
}

// While it is held nothing begins, and it can only be released, taken back, denied, or run out.
func TestHeld(t *testing.T) {
	t.Parallel()
	r := held(t)
	if _, err := approvals.Decide(r, beginning(r, patsAcc), morning); code(err) != approvals.NotNow {
		t.Errorf("begun while held: %v", err)
	}
	if _, err := approvals.Decide(r, approvals.Approve{By: third, Approver: true, Digest: r.Digest}, morning); code(err) != approvals.AlreadyDecided {
		t.Errorf("approved while held: %v", err)
	}
	later := morning.Add(24 * time.Hour)
	if owed := approvals.Next(r)[0]; owed.Do != approvals.DoExpire || !owed.At.Equal(later) {
		t.Errorf("%s is owed at %s", owed.Do, owed.At)
	}
	if _, err := approvals.Decide(r, approvals.Release{By: fourth, Right: true}, later); code(err) != approvals.OutOfTime {
		t.Errorf("released too late: %v", err)
	}
	for want, w := range map[approvals.State]approvals.Wish{
		approvals.StateWithdrawn: approvals.Withdraw{By: asker}, approvals.StateDenied: approvals.Deny{By: third, Right: true},
		approvals.StateExpired: approvals.Expire{},
	} {
		if got := wished(t, held(t), w, later.Add(-time.Second)); want != approvals.StateExpired && got.State != want {
			t.Errorf("%T: %s", w, got.State)
		}
		if got := wished(t, held(t), w, later); got.State != want {
			t.Errorf("%T: %s", w, got.State)
		}
	}
}

// What was released is held by no cap until its approvals are void; and it is only released once it is held.
func TestAReleaseHoldsForItsApprovals(t *testing.T) {
	t.Parallel()
	r := requested(t, 1)
	if _, err := approvals.Decide(r, approvals.Release{By: fourth, Right: true}, morning); code(err) != approvals.NotHeld {
		t.Errorf("released before it was held: %v", err)
	}
	r = wished(t, held(t), approvals.Release{By: fourth, Right: true}, morning)
	if _, err := approvals.Decide(r, approvals.Hold{Reason: "x"}, morning); code(err) != approvals.NotNow {
		t.Errorf("held again: %v", err)
	}
	changed := patsAcc
	changed.Email = "changed@example.com"
	r = wished(t, r, beginning(r, changed), morning)
	if r.State != approvals.StatePending || r.Released {
		t.Fatalf("%s, released: %t", r.State, r.Released)
	}
	r = wished(t, r, approvals.Approve{By: third, Approver: true, Digest: r.Digest}, morning)
	if r = wished(t, r, approvals.Hold{Reason: "x"}, morning); r.State != approvals.StateHeld {
		t.Errorf("%s, although nobody has released what is approved now", r.State)
	}
}

// A plan of two steps of which the first is over when the second is held ends by its steps, never as if nothing had been done.
func TestHeldBetweenTwoSteps(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T) *approvals.Request {
		t.Helper()
		a := asking()
		other := a.Plan.Steps[0]
		other.Account.ID = "1002"
		a.Plan.Steps = append(a.Plan.Steps, other)
		r := wished(t, &approvals.Request{ID: "r", Number: 42}, a, morning)
		r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
		r.Fold(approvals.Event{Kind: approvals.Ended, At: morning, Outcome: approvals.Done})
		return wished(t, r, approvals.Hold{Step: 1, Reason: "x"}, morning)
	}
	later := morning.Add(24 * time.Hour)
	for name, w := range map[string]approvals.Wish{
		"expired": approvals.Expire{}, "withdrawn": approvals.Withdraw{By: asker}, "denied": approvals.Deny{By: third, Right: true},
	} {
		if r := wished(t, start(t), w, later); r.State != approvals.StatePartly || r.Steps[1].Outcome != approvals.NotDone {
			t.Errorf("%s: %s, step 2 %q", name, r.State, r.Steps[1].Outcome)
		}
	}
	if r := wished(t, start(t), approvals.Release{By: fourth, Right: true}, morning); r.State != approvals.StateExecuting {
		t.Errorf("released: %s", r.State)
	}
}
