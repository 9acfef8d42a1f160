package approvals_test

import (
	"testing"
	"time"

	"offboard/internal/approvals"
)

// Who released must still be in their right when it is about to begin, and nobody who has had a part in it. Else it is held as before, until
// somebody else releases it: never does it begin by itself because there is room again.
func TestAReleaseLapses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		now  approvals.Standing
		want string
	}{
		"has lost the right":              {approvals.Standing{Why: "they are a guest now"}, "they are a guest now"},
		"nobody":                          {approvals.Standing{}, "nobody is known by that name any more"},
		"is the person to be removed":     {approvals.Standing{Person: approvals.Person{ID: "U4", Email: "pat@example.com"}}, "the account turns out to be their own"},
		"is who asked, by another id":     {approvals.Standing{Person: approvals.Person{ID: "U4", Also: []string{asker.ID}}}, "they turn out to be the person who asked"},
		"is who approved, by the address": {approvals.Standing{Person: approvals.Person{ID: "U4", Email: second.Email}}, "they turn out to be another approver as well"},
		"is as before":                    {approvals.Standing{Person: fourth}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := wished(t, held(t), approvals.Release{By: fourth, Right: true}, morning)
			b := beginning(r, patsAcc)
			b.Releaser = tc.now
			b.Releaser.ID = fourth.ID
			r = wished(t, r, b, morning)
			if tc.want == "" {
				if r.State != approvals.StateExecuting {
					t.Errorf("%s, although nothing has changed", r.State)
				}
				return
			}
			last := r.Events[len(r.Events)-1]
			if last.Kind != approvals.Lapsed || last.By.ID != fourth.ID || last.Reason != tc.want {
				t.Fatalf("%s of %s: %q", last.Kind, last.By.ID, last.Reason)
			}
			if r.State != approvals.StateHeld || r.Released || len(r.Approvals) != 1 || !r.Expires.Equal(morning.Add(24*time.Hour)) {
				t.Errorf("%s, released %t, %d approvals, until %s", r.State, r.Released, len(r.Approvals), r.Expires)
			}
			r = wished(t, r, approvals.Release{By: third, Right: true}, morning)
			if r = wished(t, r, beginning(r, patsAcc), morning); r.State != approvals.StateExecuting {
				t.Errorf("%s after another has released it", r.State)
			}
		})
	}
}

// Nothing begins on a release of which nobody has been asked.
func TestWhoReleasedMustBeAskedAbout(t *testing.T) {
	t.Parallel()
	r := wished(t, held(t), approvals.Release{By: fourth, Right: true}, morning)
	for name, who := range map[string]approvals.Standing{"nobody": {}, "somebody else": {ID: third.ID, Person: third}} {
		b := beginning(r, patsAcc)
		b.Releaser = who
		if _, err := approvals.Decide(r, b, morning); code(err) != approvals.NotNow {
			t.Errorf("%s: %v", name, err)
		}
	}
}
