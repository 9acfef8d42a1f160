package approvals_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
)

// approvedBy is a request under a policy with the approvals that it asks for, by U2 and U3.
func approvedUnder(t *testing.T, p approvals.Policy, fills ...[]string) *approvals.Request {
	t.Helper()
	a := asking()
	a.Policy = approvals.Strictest([]approvals.Policy{p}, a.Plan)
	r := wished(t, &approvals.Request{ID: "r", Number: 42}, a, morning)
	for i, by := range []approvals.Person{second, third}[:a.Policy.Approvals] {
		w := approvals.Approve{By: by, Approver: true, Digest: r.Digest, Typed: patsAcc.Email}
		if i < len(fills) {
			w.Fills = fills[i]
		}
		r = wished(t, r, w, morning)
	}
	if r.State != approvals.StateApproved {
		t.Fatalf("%s, missing %+v", r.State, r.Shortfall())
	}
	return r
}

// A policy that has come to ask for more since holds at the begin: what was approved under the one before is not enough. One that asks for less
// changes nothing.
func TestPoliciesAreAppliedAtBegin(t *testing.T) {
	t.Parallel()
	one := approvals.Policy{Name: "policy 1", Approvals: 1}
	two := approvals.Policy{Name: "policy 1", Approvals: 2}
	typed := approvals.Policy{Name: "policy 1", Approvals: 1, Confirm: approvals.ConfirmTyped}
	hr := approvals.Policy{Name: "policy 1", Approvals: 2, OutOf: []approvals.Quota{ofHR}}
	hrTwice := approvals.Policy{Name: "policy 1", Approvals: 2, OutOf: []approvals.Quota{{Name: "HR", Groups: ofHR.Groups, Needs: 2}}}
	cool := approvals.Policy{Name: "policy 1", Approvals: 1, CoolOff: 15 * time.Minute}
	brief := approvals.Policy{Name: "policy 1", Approvals: 1, Window: time.Minute}
	admins := approvals.Policy{Name: "policy 2", Admin: new(true), Approvals: 2}
	for name, tc := range map[string]struct {
		asked  approvals.Policy
		now    []approvals.Policy
		fills  []string // of U2 when it begins
		begins bool
		reason string
		needs  approvals.Shortfall
		state  approvals.State
	}{
		"the same":                   {asked: one, now: []approvals.Policy{one}, begins: true},
		"none any more":              {asked: two, begins: true},
		"fewer approvals":            {asked: two, now: []approvals.Policy{one}, begins: true},
		"more approvals":             {asked: one, now: []approvals.Policy{two}, reason: "2 approvals instead of 1", needs: approvals.Shortfall{People: 1}, state: approvals.StatePending},
		"another policy besides":     {asked: one, now: []approvals.Policy{one, admins}, reason: "2 approvals instead of 1", needs: approvals.Shortfall{People: 1}, state: approvals.StatePending},
		"no typing any more":         {asked: typed, now: []approvals.Policy{one}, begins: true},
		"typing":                     {asked: one, now: []approvals.Policy{typed}, reason: "each typed", needs: approvals.Shortfall{People: 1}, state: approvals.StatePending},
		"typed, and more":            {asked: typed, now: []approvals.Policy{two}, reason: "2 approvals instead of 1", needs: approvals.Shortfall{People: 1}, state: approvals.StatePending},
		"a quota":                    {asked: two, now: []approvals.Policy{hr}, reason: "1 of HR", needs: approvals.Shortfall{People: 1, Of: [][]string{{"HR"}}}, state: approvals.StatePending},
		"a quota that is met":        {asked: two, now: []approvals.Policy{hr}, fills: []string{"HR"}, reason: "1 of HR", state: approvals.StateApproved},
		"a quota less":               {asked: hr, now: []approvals.Policy{two}, fills: []string{"HR"}, begins: true},
		"a larger quota":             {asked: hr, now: []approvals.Policy{hrTwice}, fills: []string{"HR"}, reason: "2 of HR", needs: approvals.Shortfall{People: 1, Of: [][]string{{"HR"}}}, state: approvals.StatePending},
		"a smaller quota":            {asked: hr, now: []approvals.Policy{hr}, fills: []string{"HR"}, begins: true},
		"a cool-off":                 {asked: one, now: []approvals.Policy{cool}, reason: "a cool-off of 15m", state: approvals.StateApproved},
		"no cool-off any more":       {asked: approvals.Policy{Name: "policy 1", CoolOff: time.Nanosecond}, now: []approvals.Policy{one}, begins: true},
		"a shorter window":           {asked: one, now: []approvals.Policy{brief}, reason: "begun within 1m", state: approvals.StateApproved},
		"more in one, less in other": {asked: typed, now: []approvals.Policy{cool}, reason: "a cool-off of 15m", state: approvals.StateApproved},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := approvedUnder(t, tc.asked, []string{"HR"}[:len(tc.asked.OutOf)])
			at := morning.Add(time.Second)
			b := beginning(r, patsAcc)
			b.Policies, b.Standing[0].Fills = tc.now, tc.fills
			before := r.Policy
			r = wished(t, r, b, at)
			last := r.Events[len(r.Events)-1]
			if tc.begins {
				if last.Kind != approvals.Begun || cmp.Diff(before, r.Policy) != "" {
					t.Errorf("%s under %+v", last.Kind, r.Policy)
				}
				return
			}
			if last.Kind != approvals.Tightened || last.Reason != tc.reason || r.Steps[0].Attempt != 0 {
				t.Fatalf("%s, because of %q, want %q", last.Kind, last.Reason, tc.reason)
			}
			if d := cmp.Diff(tc.needs, r.Shortfall()); d != "" || r.State != tc.state {
				t.Errorf("%s; missing, -want +got:\n%s", r.State, d)
			}
		})
	}
}

// Under the stricter policy it goes on: with the approval that was missing, or after the time that was missing, it begins.
func TestWhatWasTightenedGoesOn(t *testing.T) {
	t.Parallel()
	two := []approvals.Policy{{Name: "policy 1", Approvals: 2, OutOf: []approvals.Quota{ofHR}, CoolOff: time.Minute}}
	r := approvedUnder(t, approvals.Policy{Name: "policy 1", Approvals: 1})
	begin := func(at time.Time) error {
		b := beginning(r, patsAcc)
		b.Policies, b.Asked, b.People, b.Deadline = two, at, at, at.Add(time.Minute)
		for i := range b.Standing {
			b.Standing[i].Fills = []string{"HR"}[:i] // of the second approver
		}
		events, err := approvals.Decide(r, b, at)
		r = r.Fold(events...)
		return err
	}
	if err := begin(morning); err != nil || r.State != approvals.StatePending || !r.Expires.Equal(morning.Add(24*time.Hour)) {
		t.Fatalf("%s until %s, %v", r.State, r.Expires, err)
	}
	later := morning.Add(time.Hour)
	r = wished(t, r, approvals.Approve{By: third, Approver: true, Digest: r.Digest, Fills: []string{"HR"}}, later)
	if err := begin(later); code(err) != approvals.NotNow || r.State != approvals.StateApproved {
		t.Fatalf("%s within the cool-off, %v", r.State, err)
	}
	if err := begin(later.Add(time.Minute)); err != nil || r.State != approvals.StateExecuting {
		t.Errorf("%s after it, %v", r.State, err)
	}
}

// A cool-off that comes in between is counted from the last approval, and a window that came to be too short ends it.
func TestTimesThatWereTightened(t *testing.T) {
	t.Parallel()
	r := approvedUnder(t, approvals.Policy{Name: "policy 1", Approvals: 1})
	b := beginning(r, patsAcc)
	b.Policies = []approvals.Policy{{Name: "policy 1", CoolOff: 15 * time.Minute, Window: 30 * time.Minute}}
	r = wished(t, r, b, morning.Add(10*time.Second))
	if !r.Until.Equal(morning.Add(15*time.Minute)) || !r.Window.Equal(morning.Add(45*time.Minute)) {
		t.Errorf("from %s to %s", r.Until, r.Window)
	}
	r = approvedUnder(t, approvals.Policy{Name: "policy 1", Approvals: 1})
	b = beginning(r, patsAcc)
	b.Policies, b.Asked, b.People = []approvals.Policy{{Name: "policy 1", Window: time.Minute}}, morning.Add(2*time.Minute), morning.Add(2*time.Minute)
	r = wished(t, r, b, morning.Add(2*time.Minute))
	if r = wished(t, r, approvals.Expire{}, morning.Add(2*time.Minute)); r.State != approvals.StateExpired {
		t.Errorf("%s after its window", r.State)
	}
}

// When the account has changed too, people are asked once: for the plan as it is, under the policies as they are.
func TestDriftAndTighterPoliciesAreAskedForAtOnce(t *testing.T) {
	t.Parallel()
	r := approvedUnder(t, approvals.Policy{Name: "policy 1", Approvals: 1})
	now := patsAcc
	now.Roles, now.RolesKnown = []string{"IAM_OWNER"}, true
	b := beginning(r, now)
	b.Policies = []approvals.Policy{{Name: "policy 1", Approvals: 1}, {Name: "policy 2", Admin: new(true), Approvals: 2}}
	r = wished(t, r, b, morning)
	want := []string{"policy 2, because the account has admin roles: 2 approvals"}
	if r.State != approvals.StatePending || r.Needs() != 2 || cmp.Diff(want, r.Policy.Why) != "" || len(r.Drift) == 0 {
		t.Errorf("%s, %d needed, because of %q", r.State, r.Needs(), r.Policy.Why)
	}
}
