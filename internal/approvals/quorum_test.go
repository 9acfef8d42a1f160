package approvals_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"offboard/internal/approvals"
	"offboard/internal/providers"
)

var (
	ofIT = approvals.Quota{Name: "IT", Groups: []string{"S1IT"}, Needs: 1}
	ofHR = approvals.Quota{Name: "HR", Groups: []string{"S2HR"}, Needs: 1}
)

// asked is a request that needs n approvals, out of these quotas.
func askedOutOf(t *testing.T, n int, quotas ...approvals.Quota) *approvals.Request {
	t.Helper()
	a := asking()
	a.Policy.Approvals, a.Policy.OutOf = n, quotas
	return wished(t, &approvals.Request{ID: "r", Number: 42}, a, morning)
}

// given folds the approvals of U2, U3, …, each of these circles.
func given(t *testing.T, r *approvals.Request, fills ...string) *approvals.Request {
	t.Helper()
	for i, f := range fills {
		by := approvals.Person{ID: fmt.Sprintf("U%d", i+2), Email: fmt.Sprintf("p%d@example.com", i+2)}
		r = wished(t, r, approvals.Approve{By: by, Approver: true, Digest: r.Digest, Fills: strings.Fields(f)}, morning)
	}
	return r
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	two := func(q approvals.Quota) approvals.Quota { q.Needs = 2; return q }
	for name, tc := range map[string]struct {
		n      int
		quotas []approvals.Quota
		fills  []string
		want   approvals.Shortfall
	}{
		"nobody yet":                   {2, []approvals.Quota{ofIT, ofHR}, nil, approvals.Shortfall{People: 2, Of: [][]string{{"IT"}, {"HR"}}}},
		"one of IT":                    {2, []approvals.Quota{ofIT, ofHR}, []string{"IT"}, approvals.Shortfall{People: 1, Of: [][]string{{"HR"}}}},
		"one of each":                  {2, []approvals.Quota{ofIT, ofHR}, []string{"IT", "HR"}, approvals.Shortfall{}},
		"one who is of both fills one": {2, []approvals.Quota{ofIT, ofHR}, []string{"IT HR"}, approvals.Shortfall{People: 1, Of: [][]string{{"IT", "HR"}}}},
		"two of IT":                    {2, []approvals.Quota{ofIT, ofHR}, []string{"IT", "IT"}, approvals.Shortfall{People: 1, Of: [][]string{{"HR"}}}},
		"who is of both makes room":    {2, []approvals.Quota{ofIT, ofHR}, []string{"IT HR", "IT"}, approvals.Shortfall{}},
		"somebody of neither counts":   {3, []approvals.Quota{ofIT, ofHR}, []string{""}, approvals.Shortfall{People: 2, Of: [][]string{{"IT"}, {"HR"}}}},
		"more than the quotas":         {3, []approvals.Quota{ofIT, ofHR}, []string{"IT", "HR"}, approvals.Shortfall{People: 1}},
		"two of HR":                    {1, []approvals.Quota{two(ofHR)}, []string{"HR"}, approvals.Shortfall{People: 1, Of: [][]string{{"HR"}}}},
		"fewer approvals than places":  {1, []approvals.Quota{ofIT, ofHR}, []string{"IT"}, approvals.Shortfall{People: 1, Of: [][]string{{"HR"}}}},
		"a quota that nobody asks for": {1, []approvals.Quota{ofIT}, []string{"HR"}, approvals.Shortfall{People: 1, Of: [][]string{{"IT"}}}},
		"no quota":                     {2, nil, []string{"IT"}, approvals.Shortfall{People: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := given(t, askedOutOf(t, tc.n, tc.quotas...), tc.fills...)
			got := r.Shortfall()
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			if enough := r.State == approvals.StateApproved; enough != tc.want.Enough() {
				t.Errorf("%s with %+v missing", r.State, got)
			}
		})
	}
}

// What nobody of ours has stored costs neither memory nor time.
func TestAQuotaThatIsNoneOfOurs(t *testing.T) {
	t.Parallel()
	r := given(t, askedOutOf(t, 1, approvals.Quota{Name: "IT", Needs: 1 << 40}, approvals.Quota{Name: "HR", Needs: -1}), "IT", "HR")
	if got := r.Shortfall(); got.People != 99 || got.Enough() {
		t.Errorf("%d are missing", got.People)
	}
}

// filled tries every way to put people on places: slow, and plainly right.
func filled(places []string, fills [][]string) bool {
	if len(places) == 0 {
		return true
	}
	for i, f := range fills {
		if slices.Contains(f, places[0]) && filled(places[1:], slices.Delete(slices.Clone(fills), i, i+1)) {
			return true
		}
	}
	return false
}

// What is said to be missing is what is missing: it is nothing exactly when distinct people fill every place, and whoever comes from
// where it says does fill it.
func TestQuotasAreFilledByDistinctPeople(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		names := []string{"A", "B", "C"}
		var quotas []approvals.Quota
		var places []string
		for _, n := range names[:rapid.IntRange(0, 3).Draw(rt, "quotas")] {
			q := approvals.Quota{Name: n, Needs: rapid.IntRange(1, 2).Draw(rt, "needs")}
			quotas = append(quotas, q)
			places = append(places, slices.Repeat([]string{n}, q.Needs)...)
		}
		n := rapid.IntRange(1, 4).Draw(rt, "approvals")
		var fills [][]string
		r := askedOutOf(t, n, quotas...)
		enough := func() bool { return len(fills) >= n && filled(places, fills) }
		come := func(of []string) {
			fills = append(fills, of)
			by := approvals.Person{ID: fmt.Sprintf("U%d", len(fills)+1)}
			r = r.Fold(approvals.Event{Kind: approvals.Approved, At: morning, By: by, Digest: r.Digest, Fills: of})
		}
		for range rapid.IntRange(0, 5).Draw(rt, "people") {
			come(slices.Compact(slices.Sorted(slices.Values(rapid.SliceOfN(rapid.SampledFrom(names), 0, 3).Draw(rt, "fills")))))
			if got := r.Shortfall().Enough(); got != enough() {
				rt.Fatalf("%v approve %d out of %v: enough %t, really %t", fills, n, places, got, enough())
			}
		}
		lack := r.Shortfall()
		for i := range lack.People {
			if enough() {
				rt.Fatalf("%v are enough of %d out of %v, and %+v are said to be missing", fills, n, places, lack)
			}
			of := []string{}
			if i < len(lack.Of) {
				of = []string{rapid.SampledFrom(lack.Of[i]).Draw(rt, "any of")}
			}
			come(of)
		}
		if !enough() {
			rt.Fatalf("%v are not enough of %d out of %v, although %+v have come", fills, n, places, lack)
		}
	})
}

// Before the call it counts who is of which circle then, not at the click.
func TestAPlaceThatWasLost(t *testing.T) {
	t.Parallel()
	approve := func(r *approvals.Request) *approvals.Request { return given(t, r, "IT", "HR") }
	for name, tc := range map[string]struct {
		fills [2]string
		want  approvals.Kind // of the last event
		gone  string
	}{
		"both as they were":             {[2]string{"IT", "HR"}, approvals.Begun, ""},
		"HR has lost their place":       {[2]string{"IT", ""}, approvals.Lapsed, "U3"},
		"IT has lost their place":       {[2]string{"", "HR"}, approvals.Lapsed, "U2"},
		"they have changed places":      {[2]string{"HR", "IT"}, approvals.Begun, ""},
		"both are of the same now":      {[2]string{"IT", "IT"}, approvals.Lapsed, "U3"},
		"one has come to be of both":    {[2]string{"IT HR", "IT"}, approvals.Begun, ""},
		"one has come to be of another": {[2]string{"IT", "IT HR"}, approvals.Begun, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := approve(askedOutOf(t, 2, ofIT, ofHR))
			b := beginning(r, patsAcc)
			for i := range b.Standing {
				b.Standing[i].Fills = strings.Fields(tc.fills[i])
			}
			r = wished(t, r, b, morning)
			last := r.Events[len(r.Events)-1]
			if last.Kind != tc.want || tc.gone != "" && last.By.ID != tc.gone {
				t.Fatalf("%s of %s: %q", last.Kind, last.By.ID, last.Reason)
			}
			if tc.want == approvals.Lapsed && (r.State != approvals.StatePending || r.Shortfall().People != 1) {
				t.Errorf("%s, missing %+v", r.State, r.Shortfall())
			}
		})
	}
}

func TestWhatAPolicyMatches(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	admin := func(s *approvals.Step) { s.Account.Roles, s.Account.RolesKnown = []string{"IAM_OWNER"}, true }
	plain := func(s *approvals.Step) { s.Account.RolesKnown = true }
	unread := func(*approvals.Step) {}
	for name, tc := range map[string]struct {
		p     approvals.Policy
		with  func(s *approvals.Step)
		match bool
	}{
		"everything":                         {approvals.Policy{}, unread, true},
		"the action":                         {approvals.Policy{Actions: []providers.Action{providers.Delete}}, unread, true},
		"another action":                     {approvals.Policy{Actions: []providers.Action{providers.Deactivate}}, unread, false},
		"another provider":                   {approvals.Policy{Providers: []string{"torii"}}, unread, false},
		"what cannot be undone":              {approvals.Policy{Reversible: &no}, unread, true},
		"what can be undone":                 {approvals.Policy{Reversible: &yes}, unread, false},
		"what can be undone, and it can":     {approvals.Policy{Reversible: &yes}, func(s *approvals.Step) { s.Reversible = true }, true},
		"an administrator":                   {approvals.Policy{Admin: &yes}, admin, true},
		"an administrator, and it is none":   {approvals.Policy{Admin: &yes}, plain, false},
		"an administrator, and nobody knows": {approvals.Policy{Admin: &yes}, unread, true},
		"no administrator":                   {approvals.Policy{Admin: &no}, plain, true},
		"no administrator, and it is one":    {approvals.Policy{Admin: &no}, admin, false},
		"no administrator, and nobody knows": {approvals.Policy{Admin: &no}, unread, true},
		"roles that were read in part":       {approvals.Policy{Admin: &no}, func(s *approvals.Step) { s.Account.Roles = []string{"IAM_OWNER"} }, true},
		"somebody in the group":              {approvals.Policy{Groups: []string{"S0", "S9"}}, unread, true},
		"somebody in another group":          {approvals.Policy{Groups: []string{"S0"}}, unread, false},
		"one condition of two":               {approvals.Policy{Reversible: &no, Groups: []string{"S0"}}, unread, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := asking().Plan
			plan.Steps = slices.Clone(plan.Steps)
			plan.TargetGroups = []string{"S9"}
			tc.with(&plan.Steps[0])
			tc.p.Name, tc.p.Approvals = "policy 1", 3
			got := approvals.Strictest([]approvals.Policy{tc.p}, plan)
			if (got.Approvals == 3) != tc.match || (got.Name == "policy 1") != tc.match {
				t.Errorf("%q asks for %d approvals", got.Name, got.Approvals)
			}
		})
	}
}

// A request says which policy holds, and why: not those that match and are met by the others anyway.
func TestWhyAPolicyHolds(t *testing.T) {
	t.Parallel()
	no, yes := false, true
	policies := []approvals.Policy{
		{Name: "policy 1", Approvals: 1, Expires: 24 * time.Hour},
		{Name: "policy 2", Reversible: &no, Actions: []providers.Action{providers.Delete}, Approvals: 2, OutOf: []approvals.Quota{ofIT, ofHR}},
		{Name: "policy 3", Admin: &yes, Confirm: approvals.ConfirmTyped, CoolOff: 15 * time.Minute},
		{Name: "policy 4", Groups: []string{"S9"}, OutOf: []approvals.Quota{{Name: "HR", Groups: ofHR.Groups, Needs: 2}}},
		{Name: "policy 5", Groups: []string{"S0"}, Approvals: 9},
		{Name: "protected", Approvals: 3, Why: []string{"the account has the role IAM_OWNER"}},
	}
	plan := asking().Plan
	plan.TargetGroups = []string{"S9"}
	got := approvals.Strictest(policies, plan)
	want := approvals.Policy{
		Name: "policy 1, policy 2, policy 3, policy 4, protected", Approvals: 3, OutOf: []approvals.Quota{ofIT, {Name: "HR", Groups: ofHR.Groups, Needs: 2}},
		Expires: 24 * time.Hour, Window: time.Hour, Confirm: approvals.ConfirmTyped, CoolOff: 15 * time.Minute,
		Why: []string{
			"policy 2, because the action is delete and it cannot be undone: 2 approvals, 1 of IT, 1 of HR",
			"policy 3, because it cannot be told whether the account has admin roles: each typed, a cool-off of 15m",
			"policy 4, because the person is in the user group S9: 2 of HR",
			"protected, because the account has the role IAM_OWNER: 3 approvals",
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}
