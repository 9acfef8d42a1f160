package approvals_test

import (
	"testing"
	"time"

	"offboard/internal/approvals"
)

// Approvals of a second and a third person are on record. Right before the call Slack says something else of the third.
func TestAnApprovalLapses(t *testing.T) {
	t.Parallel()
	fourth := approvals.Person{ID: "U4", Email: "fourth@example.com"}
	for name, tc := range map[string]struct {
		third approvals.Standing
		want  string
	}{
		"has lost the right":                {approvals.Standing{Why: "they are not one of the approvers any more"}, "they are not one of the approvers any more"},
		"nobody":                            {approvals.Standing{}, "nobody is known by that name any more"},
		"is the person to be removed":       {approvals.Standing{Person: approvals.Person{ID: "U3", Email: "pat@example.com"}}, "the account turns out to be their own"},
		"is who asked, by another id":       {approvals.Standing{Person: approvals.Person{ID: "U3", Also: []string{"U1"}}}, "they turn out to be the person who asked"},
		"is the other approver, by address": {approvals.Standing{Person: approvals.Person{ID: "U3", Email: second.Email}}, "they turn out to be another approver as well"},
		"is as before":                      {approvals.Standing{Person: third}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := requested(t, 2)
			for _, by := range []approvals.Person{second, third} {
				r = wished(t, r, approvals.Approve{By: by, Approver: true, Digest: r.Digest}, morning)
			}
			b := beginning(r, patsAcc)
			b.Standing[1] = tc.third
			b.Standing[1].ID = third.ID
			r = wished(t, r, b, morning)
			if tc.want == "" {
				if r.State != approvals.StateExecuting {
					t.Errorf("%s, although nothing has changed", r.State)
				}
				return
			}
			last := r.Events[len(r.Events)-1]
			if last.Kind != approvals.Lapsed || last.By.ID != third.ID || last.Reason != tc.want {
				t.Fatalf("%s of %s: %q", last.Kind, last.By.ID, last.Reason)
			}
			if r.State != approvals.StatePending || r.Needs() != 1 || !r.Expires.Equal(morning.Add(24*time.Hour)) {
				t.Errorf("%s, %d needed until %s", r.State, r.Needs(), r.Expires)
			}
			r = wished(t, r, approvals.Approve{By: fourth, Approver: true, Digest: r.Digest}, morning)
			if r = wished(t, r, beginning(r, patsAcc), morning); r.State != approvals.StateExecuting {
				t.Errorf("%s with another approver in the place of the third", r.State)
			}
		})
	}
}

// With more approvals than are needed one may lapse, and the rest suffices: by the next wish, which asks about them anew.
func TestALapsedApprovalTooManyStopsNothing(t *testing.T) {
	t.Parallel()
	r := requested(t, 1)
	r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	r = r.Fold(approvals.Event{Kind: approvals.Approved, At: morning, By: third, Digest: r.Digest})
	b := beginning(r, patsAcc)
	b.Standing[0] = approvals.Standing{ID: second.ID, Why: "they are a guest now"}
	if r = wished(t, r, b, morning); r.State != approvals.StateApproved || len(r.Approvals) != 1 {
		t.Fatalf("%s with %d approvals", r.State, len(r.Approvals))
	}
	if r = wished(t, r, beginning(r, patsAcc), morning); r.State != approvals.StateExecuting {
		t.Error(r.State)
	}
}

func TestNothingIsCalledWhenTheAccountBecameTheAskers(t *testing.T) {
	t.Parallel()
	r := requested(t, 1)
	r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	now := patsAcc
	now.Email = "ASKER@example.com"
	r = wished(t, r, beginning(r, now), morning)
	if p := r.Steps[0]; r.State != approvals.StateNotDone || p.Attempt != 0 ||
		p.Proof != "by now the account is that of the person who asked; nothing was called" {
		t.Errorf("%s: %+v", r.State, p)
	}
}
