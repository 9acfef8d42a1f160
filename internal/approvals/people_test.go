package approvals_test

import (
	"errors"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/providers"
)

var (
	morning = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	asker   = approvals.Person{ID: "U1", Email: "asker@example.com"}
	second  = approvals.Person{ID: "U2", Email: "second@example.com"}
	third   = approvals.Person{ID: "U3", Email: "third@example.com"}
	leaver  = approvals.Person{ID: "U9", Email: "Pat@example.com"}
	patsAcc = providers.Account{
		Provider: "zitadel", Tenant: "org1", ID: "1001", Name: "Pat", Email: "pat@example.com", Logins: []string{"pat@corp"},
		State: providers.StateActive, StateWord: "USER_STATE_ACTIVE",
	}
)

func asking() approvals.Ask {
	return approvals.Ask{
		By: asker, Requester: true,
		Plan:   approvals.Plan{Writes: true, Steps: []approvals.Step{{Account: patsAcc, Action: providers.Delete, Vendor: "ZITADEL"}}},
		Policy: approvals.Policy{Approvals: 1, Expires: 24 * time.Hour, Window: time.Hour},
	}
}

// requested is a request that needs n approvals.
func requested(t *testing.T, n int) *approvals.Request {
	t.Helper()
	a := asking()
	a.Policy.Approvals = n
	return wished(t, &approvals.Request{ID: "r", Number: 42}, a, morning)
}

// wished folds what the core makes of a wish that must not be refused.
func wished(t *testing.T, r *approvals.Request, w approvals.Wish, at time.Time) *approvals.Request {
	t.Helper()
	events, err := approvals.Decide(r, w, at)
	if err != nil {
		t.Fatalf("%T: %v (%s)", w, err, words(err))
	}
	return r.Fold(events...)
}

// beginning is the wish to call for an account that reads so, with everybody who approved still in their right.
func beginning(r *approvals.Request, now providers.Account) approvals.Begin {
	b := approvals.Begin{Deadline: morning.Add(time.Minute), Now: now, Asked: morning, People: morning, Writes: true}
	for _, c := range r.Approvals {
		b.Standing = append(b.Standing, approvals.Standing{ID: c.By.ID, Person: c.By})
	}
	if by := r.Releaser(); by.Known() {
		b.Releaser = approvals.Standing{ID: by.ID, Person: by}
	}
	return b
}

func words(err error) string {
	if f, ok := errors.AsType[*approvals.Refusal](err); ok {
		return f.Say
	}
	return ""
}

func code(err error) approvals.Code {
	if f, ok := errors.AsType[*approvals.Refusal](err); ok {
		return f.Code
	}
	return ""
}

func TestFourEyes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		by       approvals.Person
		approver bool
		want     approvals.Code
	}{
		"a second person":                           {second, true, ""},
		"the requester":                             {asker, true, approvals.OwnRequest},
		"the requester by another id":               {approvals.Person{ID: "W7", Also: []string{"U1"}}, true, approvals.OwnRequest},
		"the requester by another id, same address": {approvals.Person{ID: "U7", Email: "Asker@Example.com"}, true, approvals.OwnRequest},
		"the person to be removed":                  {leaver, true, approvals.OwnAccount},
		"the person to be removed, by a login":      {approvals.Person{ID: "U8", Email: "PAT@corp"}, true, approvals.OwnAccount},
		"somebody who is no approver":               {second, false, approvals.NotApprover},
		"nobody":                                    {approvals.Person{Email: "second@example.com"}, true, approvals.NotApprover},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := requested(t, 1)
			for what, w := range map[string]approvals.Wish{
				"approve": approvals.Approve{By: tc.by, Approver: tc.approver, Digest: r.Digest},
				"deny":    approvals.Deny{By: tc.by, Right: tc.approver},
			} {
				if _, err := approvals.Decide(r, w, morning); code(err) != tc.want {
					t.Errorf("%s: %q, want %q", what, code(err), tc.want)
				}
			}
		})
	}
}

func TestTheMentionedPersonIsTheTarget(t *testing.T) {
	t.Parallel()
	a := asking()
	a.Plan.Target = approvals.Person{ID: "U5"}
	r := wished(t, &approvals.Request{ID: "r"}, a, morning)
	_, err := approvals.Decide(r, approvals.Approve{By: approvals.Person{ID: "U5"}, Approver: true, Digest: r.Digest}, morning)
	if code(err) != approvals.OwnAccount {
		t.Errorf("%v", err)
	}
}

func TestApprovalsOfDistinctPeopleCount(t *testing.T) {
	t.Parallel()
	r := requested(t, 2)
	r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	if r.State != approvals.StatePending {
		t.Fatalf("%s after one of two", r.State)
	}
	again := approvals.Person{ID: "W2", Also: []string{"U2"}}
	if _, err := approvals.Decide(r, approvals.Approve{By: again, Approver: true, Digest: r.Digest}, morning); code(err) != approvals.AlreadyYours {
		t.Errorf("the same person again: %v", err)
	}
	r = wished(t, r, approvals.Approve{By: third, Approver: true, Digest: r.Digest}, morning)
	if r.State != approvals.StateApproved {
		t.Errorf("%s after two of two", r.State)
	}
}

func TestDecidingIsRefused(t *testing.T) {
	t.Parallel()
	approve := func(digest string) approvals.Wish {
		return approvals.Approve{By: second, Approver: true, Digest: digest}
	}
	pending := func(t *testing.T) *approvals.Request { return requested(t, 1) }
	denied := func(t *testing.T) *approvals.Request {
		return wished(t, pending(t), approvals.Deny{By: third, Right: true}, morning)
	}
	approved := func(t *testing.T) *approvals.Request {
		r := pending(t)
		return wished(t, r, approve(r.Digest), morning)
	}
	begun := func(t *testing.T) *approvals.Request {
		r := approved(t)
		return wished(t, r, beginning(r, patsAcc), morning)
	}
	begin := func(change func(*approvals.Begin)) approvals.Wish {
		b := beginning(approved(t), patsAcc)
		change(&b)
		return b
	}
	as := func(*approvals.Begin) {}
	for name, tc := range map[string]struct {
		r    func(*testing.T) *approvals.Request
		w    approvals.Wish
		at   time.Time
		want approvals.Code
	}{
		"on an older card":                               {pending, approve("old"), morning, approvals.PlanChanged},
		"too late":                                       {pending, approve("x"), morning.Add(24 * time.Hour), approvals.OutOfTime},
		"a denied request":                               {denied, approve("x"), morning, approvals.AlreadyDecided},
		"deny after enough":                              {approved, approvals.Deny{By: third, Right: true}, morning, approvals.AlreadyDecided},
		"withdraw by somebody else":                      {pending, approvals.Withdraw{By: second}, morning, approvals.NotYours},
		"withdraw after the begin":                       {begun, approvals.Withdraw{By: asker}, morning, approvals.TooLate},
		"withdraw a denied one":                          {denied, approvals.Withdraw{By: asker}, morning, approvals.AlreadyDecided},
		"begin while pending":                            {pending, begin(as), morning, approvals.NotNow},
		"begin twice":                                    {begun, begin(as), morning, approvals.NotNow},
		"begin after the window":                         {approved, begin(as), morning.Add(time.Hour), approvals.OutOfTime},
		"begin on an old read":                           {approved, begin(func(b *approvals.Begin) { b.People = morning.Add(time.Minute) }), morning.Add(time.Minute), approvals.NotNow},
		"begin on a read to come":                        {approved, begin(func(b *approvals.Begin) { b.Asked = morning.Add(time.Second) }), morning, approvals.NotNow},
		"begin on what was said of people a minute ago":  {approved, begin(func(b *approvals.Begin) { b.Asked = morning.Add(time.Minute) }), morning.Add(time.Minute), approvals.NotNow},
		"begin with an approver who was not asked about": {approved, begin(func(b *approvals.Begin) { b.Standing = nil }), morning, approvals.NotNow},
		"resolve what is known":                          {denied, approvals.Resolve{By: second, Approver: true, Reason: "x"}, morning, approvals.NotOpen},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events, err := approvals.Decide(tc.r(t), tc.w, tc.at)
			if code(err) != tc.want || len(events) != 0 {
				t.Errorf("%q and %d events, want %q and none", code(err), len(events), tc.want)
			}
			if tc.want != approvals.NotNow && words(err) == "" {
				t.Error("no words for the person")
			}
		})
	}
}

func TestAskIsRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*approvals.Ask)
		want   approvals.Code
	}{
		"nobody":              {func(a *approvals.Ask) { a.By = approvals.Person{} }, approvals.NotRequester},
		"not a requester":     {func(a *approvals.Ask) { a.Requester = false }, approvals.NotRequester},
		"one's own account":   {func(a *approvals.Ask) { a.By = leaver }, approvals.OwnAccount},
		"protected by e-mail": {func(a *approvals.Ask) { a.Guard.Shields = []approvals.Shield{{Email: "PAT@example.com"}} }, approvals.Protected},
		"protected by login":  {func(a *approvals.Ask) { a.Guard.Shields = []approvals.Shield{{Email: "pat@corp"}} }, approvals.Protected},
		"protected by id": {func(a *approvals.Ask) {
			a.Guard.Shields = []approvals.Shield{{ID: "1001", Providers: []string{"zitadel"}}}
		}, approvals.Protected},
		"protected by id in capitals": {func(a *approvals.Ask) {
			a.Plan.Steps[0].Account.ID = "0193f0a1-00ab"
			a.Guard.Shields = []approvals.Shield{{ID: "0193F0A1-00AB", Providers: []string{"zitadel"}}}
		}, approvals.Protected},
		"the bot's own":        {func(a *approvals.Ask) { a.Guard = a.Guard.With("zitadel", "1001") }, approvals.BotAccount},
		"gone already":         {func(a *approvals.Ask) { a.Plan.Steps[0].Account.State = providers.StateDeleted }, approvals.AlreadyThere},
		"nothing to do at all": {func(a *approvals.Ask) { a.Plan.Steps = nil }, approvals.NotNow},
		"inactive already": {func(a *approvals.Ask) {
			a.Plan.Steps[0].Action, a.Plan.Steps[0].Account.State = providers.Deactivate, providers.StateInactive
		}, approvals.AlreadyThere},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := asking()
			tc.change(&a)
			if _, err := approvals.Decide(&approvals.Request{}, a, morning); code(err) != tc.want {
				t.Errorf("%v, want %s", err, tc.want)
			}
		})
	}
}

func TestAnInactiveAccountMayBeDeleted(t *testing.T) {
	t.Parallel()
	a := asking()
	a.Plan.Steps[0].Account.State = providers.StateInactive
	if _, err := approvals.Decide(&approvals.Request{}, a, morning); err != nil {
		t.Error(err)
	}
}

func TestRefusedClicksAreAuditedOnceForEachPerson(t *testing.T) {
	t.Parallel()
	r := requested(t, 1)
	f := approvals.Refuse{By: asker, Button: approvals.ButtonApprove, Reason: "own_request"}
	r = wished(t, r, f, morning)
	if events, err := approvals.Decide(r, f, morning); err != nil || len(events) != 0 {
		t.Errorf("a second line: %v, %v", events, err)
	}
	f.By = third
	if events, err := approvals.Decide(r, f, morning); err != nil || len(events) != 1 {
		t.Errorf("somebody else: %v, %v", events, err)
	}
}

func TestUnknownIsResolvedByTwoPeople(t *testing.T) {
	t.Parallel()
	r := requested(t, 1)
	r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	r = wished(t, r, beginning(r, patsAcc), morning)
	r = wished(t, r, approvals.Lose{}, morning.Add(2*time.Minute))
	if r.State != approvals.StateUnknown {
		t.Fatalf("%s", r.State)
	}
	w := approvals.Resolve{By: second, Approver: true, Done: true, Reason: "looked in the console"}
	r = wished(t, r, w, morning.Add(time.Hour))
	if _, err := approvals.Decide(r, w, morning.Add(time.Hour)); code(err) != approvals.AlreadyYours {
		t.Errorf("the same person twice: %v", err)
	}
	w.By, w.First = third, approvals.Standing{ID: second.ID, Person: second}
	r = wished(t, r, w, morning.Add(time.Hour))
	if r.State != approvals.StateDone || r.Open() {
		t.Errorf("%s, open %t", r.State, r.Open())
	}
}

func TestEventsOfANewerVersionAreLeftAlone(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"v":2,"kind":"approved","at":"2026-03-02T09:00:00Z"}`, `{"v":1,"kind":"blessed","at":"2026-03-02T09:00:00Z"}`} {
		e, err := approvals.Decode([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		r := requested(t, 1).Fold(e)
		_, err = approvals.Decide(r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
		if code(err) != approvals.NotUnderstood || len(approvals.Next(r)) != 0 {
			t.Errorf("%s: %v, owed %v", body, err, approvals.Next(r))
		}
	}
}
