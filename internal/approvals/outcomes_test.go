package approvals_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
	"offboard/internal/providers"
)

// begun is a request whose call is under way.
func begun(t *testing.T, action providers.Action) *approvals.Request {
	t.Helper()
	a := asking()
	a.Plan.Steps[0].Action = action
	r := wished(t, &approvals.Request{ID: "r", Number: 1}, a, morning)
	r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	return wished(t, r, beginning(r, patsAcc), morning)
}

func TestWhatAnAnswerAndALookAddUpTo(t *testing.T) {
	t.Parallel()
	ok := approvals.Call{Answer: &providers.Answer{Status: 200, Text: "ZITADEL answered 200"}}
	bad := func(k providers.Kind) approvals.Call {
		return approvals.Call{Err: &providers.Error{Kind: k, Status: 400, Say: "ZITADEL answered 400"}}
	}
	saw := func(v providers.Verdict) *providers.Sight { return &providers.Sight{Verdict: v, Text: "read back"} }
	for name, tc := range map[string]struct {
		call  approvals.Call
		sight *providers.Sight
		want  approvals.Outcome
	}{
		"success, seen":                {ok, saw(providers.Reached), approvals.Done},
		"success, nothing to see":      {ok, nil, approvals.Done},
		"success, no longer visible":   {ok, saw(providers.Invisible), approvals.Done},
		"success, still there":         {ok, saw(providers.NotReached), approvals.Unknown},
		"refused, still there":         {bad(providers.Refused), saw(providers.NotReached), approvals.NotDone},
		"refused, gone":                {bad(providers.Refused), saw(providers.Reached), approvals.Already},
		"refused, deleted by another":  {bad(providers.NotFound), saw(providers.Elsewhere), approvals.Elsewhere},
		"refused, nothing to see":      {bad(providers.Refused), nil, approvals.Unknown},
		"denied, no longer visible":    {bad(providers.Denied), saw(providers.Invisible), approvals.Unknown},
		"denied, still there":          {bad(providers.Denied), saw(providers.NotReached), approvals.NotDone},
		"unclear, whatever was seen":   {bad(providers.UnknownOutcome), saw(providers.Reached), approvals.Unknown},
		"no answer and no error":       {approvals.Call{}, nil, approvals.Unknown},
		"misconfigured, still there":   {bad(providers.Misconfigured), saw(providers.NotReached), approvals.NotDone},
		"not found, nothing to see":    {bad(providers.NotFound), nil, approvals.Unknown},
		"a temporary fault on a write": {bad(providers.Temporary), saw(providers.NotReached), approvals.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := wished(t, begun(t, providers.Delete), approvals.Finish{Attempt: 1, Call: tc.call, Sight: tc.sight}, morning)
			if got := r.Steps[0].Outcome; got != tc.want {
				t.Errorf("%s (%s), want %s", got, r.Steps[0].Proof, tc.want)
			}
		})
	}
}

func TestMissingRightBeforeTheCall(t *testing.T) {
	t.Parallel()
	for v, want := range map[providers.Verdict]approvals.Outcome{
		providers.Reached: approvals.Already, providers.Elsewhere: approvals.Elsewhere, providers.Invisible: approvals.Unknown,
	} {
		r := requested(t, 1)
		r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
		r = wished(t, r, approvals.Missing{Sight: providers.Sight{Verdict: v, Text: "read"}}, morning)
		if p := r.Steps[0]; p.Outcome != want || p.Sent || p.Attempt != 0 {
			t.Errorf("%s: %+v, want %s", v, p, want)
		}
	}
}

func TestDeactivatingWhatSomebodyDeleted(t *testing.T) {
	t.Parallel()
	a := asking()
	a.Plan.Steps[0].Action = providers.Deactivate
	r := wished(t, &approvals.Request{ID: "r"}, a, morning)
	r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	gone := patsAcc
	gone.State = providers.StateDeleted
	r = wished(t, r, beginning(r, gone), morning)
	if p := r.Steps[0]; p.Outcome != approvals.Elsewhere || p.Attempt != 0 {
		t.Errorf("%+v", p)
	}
}

// The longest cool-off holds, and none asks for none.
func TestTheLongestCoolOffHolds(t *testing.T) {
	t.Parallel()
	plan := asking().Plan
	both := []approvals.Policy{{CoolOff: 5 * time.Minute}, {CoolOff: 15 * time.Minute}, {Approvals: 1}, {Providers: []string{"other"}, CoolOff: time.Hour}}
	if got := approvals.Strictest(both, plan).CoolOff; got != 15*time.Minute {
		t.Errorf("got %s", got)
	}
	if got := approvals.Strictest(both[2:], plan).CoolOff; got != 0 {
		t.Errorf("got %s without any", got)
	}
}

func TestStrictest(t *testing.T) {
	t.Parallel()
	plan := asking().Plan
	got := approvals.Strictest([]approvals.Policy{
		{Name: "policy 1", Actions: []providers.Action{providers.Delete}, Approvals: 2, Expires: 8 * time.Hour, Confirm: approvals.ConfirmTyped},
		{Name: "policy 2", Providers: []string{"torii"}, Approvals: 9},
		{Name: "policy 3", Approvals: 1, Expires: 24 * time.Hour, Window: 30 * time.Minute, Confirm: approvals.ConfirmDialog},
	}, plan)
	want := approvals.Policy{
		Name: "policy 1, policy 3", Approvals: 2, Expires: 8 * time.Hour, Window: 30 * time.Minute, Confirm: approvals.ConfirmTyped,
		Why: []string{"policy 1, because the action is delete: 2 approvals, each typed, decided within 8h"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	want = approvals.Policy{Approvals: 1, Expires: 24 * time.Hour, Window: time.Hour, Confirm: approvals.ConfirmDialog}
	if d := cmp.Diff(want, approvals.Strictest(nil, plan)); d != "" {
		t.Errorf("without policies (-want +got):\n%s", d)
	}
}

func TestLastSeenAndChangeAreNoDrift(t *testing.T) {
	t.Parallel()
	now := patsAcc
	now.LastSeen, now.Change = morning, "17"
	if d := approvals.Diff(patsAcc, now); len(d) != 0 {
		t.Errorf("%v", d)
	}
	now.Logins = []string{"pat@corp", "pat2"}
	if d := approvals.Diff(patsAcc, now); len(d) != 1 || d[0].What != "logins" {
		t.Errorf("%v", d)
	}
}

// unseen is a request whose call was not answered and whose account was still there at three looks.
func unseen(t *testing.T) (*approvals.Request, time.Time) {
	t.Helper()
	r := wished(t, begun(t, providers.Delete), approvals.Lose{}, morning.Add(2*time.Minute))
	at := approvals.Wake(r)
	for r.Steps[0].Outcome == approvals.Unknown {
		at = lookOwed(t, r)
		r = wished(t, r, approvals.See{Sight: &providers.Sight{Verdict: providers.NotReached, Text: "ACTIVE"}}, at)
	}
	return r, at
}

func lookOwed(t *testing.T, r *approvals.Request) time.Time {
	t.Helper()
	for _, o := range approvals.Next(r) {
		if o.Do == approvals.DoLook {
			return o.At
		}
	}
	t.Fatalf("no look is owed: %+v", r.Steps)
	return time.Time{}
}

func TestTheLastLookMustSeeTheAccountToSayNotDone(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		see  approvals.See
		want approvals.Outcome
	}{
		"still there":       {approvals.See{Sight: &providers.Sight{Verdict: providers.NotReached}}, approvals.NotDone},
		"no longer visible": {approvals.See{Sight: &providers.Sight{Verdict: providers.Invisible}}, approvals.Unseen},
		"nothing seen":      {approvals.See{Why: "the provider could not be read"}, approvals.Unseen},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := unseen(t)
			r = wished(t, r, tc.see, lookOwed(t, r))
			r = wished(t, r, tc.see, lookOwed(t, r))
			if p := r.Steps[0]; p.Outcome != tc.want || p.Human != (tc.want == approvals.Unseen) || r.Open() != p.Human {
				t.Errorf("%s, for a human %t, account reserved %t", p.Outcome, p.Human, r.Open())
			}
		})
	}
}

func TestAnotherHostVoidsApprovals(t *testing.T) {
	t.Parallel()
	r := requested(t, 1)
	shown := r.Digest
	r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: shown}, morning)
	r = wished(t, r, approvals.Moved{Host: "other.example.com"}, morning)
	if r.State != approvals.StatePending || len(r.Approvals) != 0 || r.Plan.Steps[0].Host != "other.example.com" {
		t.Errorf("%s with %d approvals at %s", r.State, len(r.Approvals), r.Plan.Steps[0].Host)
	}
	if _, err := approvals.Decide(r, approvals.Approve{By: second, Approver: true, Digest: shown}, morning); code(err) != approvals.PlanChanged {
		t.Errorf("a click on the old card: %v", err)
	}
}

func TestAnotherTenantKeepsTheReservation(t *testing.T) {
	t.Parallel()
	r := requested(t, 1)
	before := r.Keys()
	r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	moved := patsAcc
	moved.Tenant = "org2"
	r = wished(t, r, beginning(r, moved), morning)
	if d := cmp.Diff(before, r.Keys()); len(r.Drift) == 0 || d != "" {
		t.Errorf("drift %v, keys (-before +after):\n%s", r.Drift, d)
	}
}

func TestOneAccountUnderTwoNamesHasOneReservation(t *testing.T) {
	t.Parallel()
	one := approvals.Step{Account: patsAcc, Host: "id.example.com"}
	two := one
	two.Account.Provider = "zitadel-v1"
	elsewhere := one
	elsewhere.Host = "id.example.org"
	if one.Key() != two.Key() || one.Key() == elsewhere.Key() {
		t.Errorf("%s, %s, %s", one.Key(), two.Key(), elsewhere.Key())
	}
}

// An attempt that was answered 429 has done nothing and will do nothing: what is seen later is not its doing, and cannot change any more.
func TestWhatIsSeenWhereNothingWasSent(t *testing.T) {
	t.Parallel()
	for v, want := range map[providers.Verdict]approvals.Outcome{
		providers.Reached: approvals.Already, providers.NotReached: approvals.NotDone, providers.Invisible: approvals.Unknown,
	} {
		r := begun(t, providers.Delete)
		limited := approvals.Call{Err: &providers.Error{Kind: providers.RateLimited, Status: 429}}
		later := morning.Add(30 * time.Second)
		r = wished(t, r, approvals.Finish{Attempt: 1, Call: limited, Retry: later}, morning)
		r = wished(t, r, approvals.Missing{Sight: providers.Sight{Verdict: providers.Invisible}}, later)
		r = wished(t, r, approvals.See{Sight: &providers.Sight{Verdict: v}}, later)
		if got := r.Steps[0].Outcome; got != want {
			t.Errorf("%s: %s (%s), want %s", v, got, r.Steps[0].Proof, want)
		}
	}
}

// Whoever reads that nothing came of it reads why, and "sent" only of what left.
func TestTheEndSaysWhyNothingBegan(t *testing.T) {
	t.Parallel()
	r := requested(t, 1)
	r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	r = wished(t, r, approvals.Postpone{Until: morning.Add(time.Minute), Proof: "ZITADEL did not answer in time"}, morning)
	r = wished(t, r, approvals.Expire{}, morning.Add(time.Hour))
	if got, want := r.Events[len(r.Events)-1].Reason, "it could not begin in its window: ZITADEL did not answer in time"; got != want {
		t.Errorf("%q, want %q", got, want)
	}

	r = begun(t, providers.Delete)
	for n := 1; n <= 1+approvals.Resends; n++ {
		nobody := approvals.Call{Err: &providers.Error{Kind: providers.Temporary, NotSent: true, Say: "ZITADEL could not be reached"}}
		r = wished(t, r, approvals.Finish{Attempt: n, Call: nobody, Retry: morning}, morning)
		if n <= approvals.Resends {
			r = wished(t, r, beginning(r, patsAcc), morning)
		}
	}
	if got, want := r.Steps[0].Proof, "ZITADEL could not be reached; tried 4 times, none took effect"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What may have been carried out although it is not on record ends as unknown, wherever it stood, and is read back and never begun.
func TestDoubt(t *testing.T) {
	t.Parallel()
	approved := func(t *testing.T) *approvals.Request {
		r := requested(t, 1)
		return wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	}
	for name, r := range map[string]*approvals.Request{
		"pending": requested(t, 1), "approved": approved(t), "executing": begun(t, providers.Delete),
		"to be sent again": wished(t, begun(t, providers.Delete), approvals.Finish{
			Attempt: 1, Call: approvals.Call{Err: &providers.Error{Kind: providers.RateLimited}}, Retry: morning.Add(time.Minute),
		}, morning),
	} {
		r = wished(t, r, approvals.Doubt{Reason: "rolled back"}, morning)
		if r.State != approvals.StateUnknown || !r.Steps[0].Sent || !r.Open() {
			t.Errorf("%s: %s, %+v", name, r.State, r.Steps[0])
		}
		owed := approvals.Next(r)
		if len(owed) == 0 || owed[0].Do != approvals.DoLook {
			t.Errorf("%s: owed is %+v, not a look first", name, owed)
		}
		if events, err := approvals.Decide(r, approvals.Doubt{Reason: "rolled back"}, morning); err != nil || len(events) > 0 {
			t.Errorf("%s: doubted twice: %+v, %v", name, events, err)
		}
	}
	denied := wished(t, requested(t, 1), approvals.Deny{By: second, Right: true}, morning)
	if after := wished(t, denied, approvals.Doubt{Reason: "rolled back"}, morning); after.State != approvals.StateDenied {
		t.Errorf("what had ended is %s", after.State)
	}
}
