package approvals_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
	"offboard/internal/providers"
)

func at(names ...string) []string { return names }

// Each kind of entry, over what it holds for and what only looks like it.
func TestShields(t *testing.T) {
	t.Parallel()
	domain := approvals.Shield{Domain: "board.example.com"}
	owners := approvals.Shield{Roles: []string{"IAM_OWNER"}, Providers: at("zitadel", "zitadel-v1")}
	admins := approvals.Shield{Roles: []string{"Root", "TechOps", "NetOps", "NetworkAdmin"}, Providers: at("zitadel")}
	group := approvals.Shield{Group: "S0EXECS"}
	for name, tc := range map[string]struct {
		shield approvals.Shield
		change func(a *providers.Account, p *approvals.Plan)
		holds  bool
	}{
		"domain": {domain, func(a *providers.Account, _ *approvals.Plan) { a.Email = "pat@BOARD.example.com." }, true},
		"domain of a login": {domain, func(a *providers.Account, _ *approvals.Plan) {
			a.Logins = []string{"pat", "pat@board.example.com"}
		}, true},
		"domain below it":     {domain, func(a *providers.Account, _ *approvals.Plan) { a.Email = "pat@sub.board.example.com" }, false},
		"domain in another":   {domain, func(a *providers.Account, _ *approvals.Plan) { a.Email = "pat@board.example.com.evil.org" }, false},
		"domain as a name":    {domain, func(a *providers.Account, _ *approvals.Plan) { a.Email = "board.example.com@evil.org" }, false},
		"no address at all":   {domain, func(a *providers.Account, _ *approvals.Plan) { a.Email, a.Logins = "", nil }, false},
		"e-mail with a dot":   {approvals.Shield{Email: "ceo@example.com"}, func(a *providers.Account, _ *approvals.Plan) { a.Email = "CEO@example.com." }, true},
		"e-mail of another":   {approvals.Shield{Email: "ceo@example.com"}, func(a *providers.Account, _ *approvals.Plan) { a.Email = "xceo@example.com" }, false},
		"id elsewhere":        {approvals.Shield{ID: "1001", Providers: at("torii")}, nil, false},
		"role":                {owners, func(a *providers.Account, _ *approvals.Plan) { a.Roles = []string{"IAM_OWNER"} }, true},
		"role in other case":  {owners, func(a *providers.Account, _ *approvals.Plan) { a.Roles = []string{"iam_owner"} }, true},
		"role of a project":   {owners, func(a *providers.Account, _ *approvals.Plan) { a.Roles = []string{"IAM_OWNER of project 7"} }, true},
		"role that only ends": {owners, func(a *providers.Account, _ *approvals.Plan) { a.Roles = []string{"NOT_IAM_OWNER", "IAM_OWNER_VIEWER"} }, false},
		"roles not read":      {owners, func(a *providers.Account, _ *approvals.Plan) { a.RolesKnown = false }, true},
		"roles not read, of another provider": {owners, func(a *providers.Account, _ *approvals.Plan) {
			a.Provider, a.RolesKnown = "torii", false
		}, false},
		"the provider's other name": {owners, func(a *providers.Account, _ *approvals.Plan) {
			a.Provider, a.Roles = "zitadel-v1", []string{"IAM_OWNER"}
		}, true},
		"a role above":  {admins, func(a *providers.Account, _ *approvals.Plan) { a.Roles = []string{"TechOps"} }, true},
		"a role below":  {admins, func(a *providers.Account, _ *approvals.Plan) { a.Roles = []string{"NetworkUser"} }, false},
		"group":         {group, func(_ *providers.Account, p *approvals.Plan) { p.TargetGroups = []string{"S1", "S0EXECS"} }, true},
		"another group": {group, func(_ *providers.Account, p *approvals.Plan) { p.TargetGroups = []string{"S0"} }, false},
		"nothing of it": {domain, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := asking().Plan
			plan.Steps[0].Account.RolesKnown = true
			if tc.change != nil {
				tc.change(&plan.Steps[0].Account, &plan)
			}
			refusing, asking := tc.shield, tc.shield
			refusing.Name, asking.Name, asking.Approvals = "protected 1", "protected 2", 3
			err := approvals.Guard{Shields: []approvals.Shield{refusing}}.Check(plan, 1)
			if (code(err) == approvals.Protected) != tc.holds {
				t.Errorf("refused: %v", err)
			}
			g := approvals.Guard{Shields: []approvals.Shield{asking}}
			if err := g.Check(plan, 1); err != nil {
				t.Errorf("what asks for approvals refuses: %v", err)
			}
			policies := g.Policies(plan)
			if (len(policies) == 1) != tc.holds {
				t.Fatalf("policies %+v", policies)
			}
			if tc.holds && approvals.Strictest(policies, plan).Approvals != 3 {
				t.Errorf("it does not count: %+v", policies)
			}
		})
	}
}

func TestTheRefusalNamesTheEntry(t *testing.T) {
	t.Parallel()
	plan := asking().Plan
	plan.Steps[0].Account.Email = "pat@board.example.com"
	err := approvals.Guard{Shields: []approvals.Shield{{Name: "protected 3", Domain: "board.example.com"}}}.Check(plan, 1)
	if !strings.Contains(words(err), "(protected 3: the domain board.example.com)") {
		t.Errorf("%q", words(err))
	}
}

// The bot's own account under any of its credentials, in either spelling of the id.
func TestTheBotsOwnAccounts(t *testing.T) {
	t.Parallel()
	plan := asking().Plan
	plan.Steps[0].Account.ID = "0193f0a1-00ab"
	g := approvals.Guard{}.With("zitadel", "77").With("zitadel", "0193F0A1-00AB").With("torii", "").With("ecgrid", "1")
	if err := g.Check(plan, 1); code(err) != approvals.BotAccount {
		t.Error(err)
	}
	plan.Steps[0].Account.Provider = "ecgrid"
	if err := g.Check(plan, 1); err != nil {
		t.Errorf("an id of another provider: %v", err)
	}
}

func TestTheLastOfThem(t *testing.T) {
	t.Parallel()
	plan := asking().Plan
	g := approvals.Guard{Last: []approvals.LastAdmin{{Provider: "zitadel", ID: "1001", Role: "IAM_OWNER"}}}
	if err := g.Check(plan, 1); code(err) != approvals.NoAdminLeft || !strings.Contains(words(err), "IAM_OWNER") {
		t.Errorf("%v: %s", err, words(err))
	}
	g = approvals.Guard{Heirs: &approvals.Heirs{Approvers: 2}}
	for needed, want := range map[int]approvals.Code{0: "", 1: "", 2: "", 3: approvals.NoApproverLeft} {
		if err := g.Check(plan, needed); code(err) != want {
			t.Errorf("%d of 2 needed: %v", needed, err)
		}
	}
	if err := (approvals.Guard{Heirs: &approvals.Heirs{Approvers: 2, Lacks: "HR"}}).Check(plan, 2); code(err) != approvals.NoApproverLeft ||
		!strings.Contains(words(err), "enough of HR") {
		t.Errorf("nobody of HR is left: %v: %s", err, words(err))
	}
	if err := (approvals.Guard{Heirs: &approvals.Heirs{}}).Check(plan, 0); code(err) != approvals.NoApproverLeft {
		t.Errorf("nobody left where no policy says how many: %v", err)
	}
}

// What holds by the time of the call ends the request without one, and says why.
func TestTheGuardHoldsAtBegin(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(b *approvals.Begin)
		why    string
	}{
		"a domain": {func(b *approvals.Begin) {
			b.Guard.Shields = []approvals.Shield{{Domain: "example.com"}}
		}, "protected since"},
		"a group by now": {func(b *approvals.Begin) {
			b.Guard.Shields, b.Whose.Groups = []approvals.Shield{{Group: "S1"}}, []string{"S1"}
		}, "protected since"},
		"roles that are not read": {func(b *approvals.Begin) {
			b.Guard.Shields = []approvals.Shield{{Roles: []string{"IAM_OWNER"}, Providers: at("zitadel")}}
		}, "protected since"},
		"the bot":                {func(b *approvals.Begin) { b.Guard = b.Guard.With("zitadel", "1001") }, "the bot's own"},
		"the last administrator": {func(b *approvals.Begin) { b.Guard.Last = []approvals.LastAdmin{{Provider: "zitadel", ID: "1001"}} }, "nobody else administers"},
		"the last approver":      {func(b *approvals.Begin) { b.Guard.Heirs = &approvals.Heirs{} }, "too few people"},
		"the requester, by another address of theirs": {func(b *approvals.Begin) { b.Whose.Target = asker }, "the person who asked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := requested(t, 1)
			r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
			b := beginning(r, patsAcc)
			tc.change(&b)
			after := wished(t, r, b, morning)
			if p := after.Steps[0]; p.Outcome != approvals.NotDone || p.Attempt != 0 || !strings.Contains(p.Proof, tc.why) ||
				!strings.Contains(p.Proof, "nothing was called") {
				t.Errorf("%+v", p)
			}
		})
	}
}

// Whoever Slack knows by the account's address now is the person to be removed, though nobody was known when it was asked for.
func TestAnApproverWhoIsFoundToBeTheTargetLapses(t *testing.T) {
	t.Parallel()
	r := requested(t, 1)
	r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	b := beginning(r, patsAcc)
	b.Whose.Target = approvals.Person{ID: "W2", Also: []string{"U2"}}
	events, err := approvals.Decide(r, b, morning)
	if err != nil || len(events) != 1 || events[0].Kind != approvals.Lapsed || !strings.Contains(events[0].Reason, "their own") {
		t.Errorf("%+v, %v", events, err)
	}
}

// The groups that the target is in, and who she is known to be by now, are no part of what was approved.
func TestWhoseIsNoDrift(t *testing.T) {
	t.Parallel()
	r := requested(t, 1)
	r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	b := beginning(r, patsAcc)
	b.Whose = approvals.Whose{Target: leaver, Groups: []string{"S7"}}
	after := wished(t, r, b, morning)
	if after.State != approvals.StateExecuting {
		t.Errorf("%s: %+v", after.State, after.Drift)
	}
	b = beginning(r, patsAcc)
	b.Now.Email = "new@example.com"
	b.Whose.Target = leaver
	events, err := approvals.Decide(requestedAndApproved(t), b, morning)
	if err != nil || len(events) != 1 || events[0].Kind != approvals.Drifted {
		t.Fatalf("%+v, %v", events, err)
	}
	if diff := cmp.Diff(leaver, events[0].Plan.Target); diff != "" {
		t.Errorf("the new card does not know her: %s", diff)
	}
}

func requestedAndApproved(t *testing.T) *approvals.Request {
	t.Helper()
	r := requested(t, 1)
	return wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
}
