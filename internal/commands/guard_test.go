package commands_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
	"offboard/internal/commands"
	"offboard/internal/providers"
)

// protects is a protected list with these entries.
func protects(shields ...approvals.Shield) func(context.Context) (approvals.Guard, error) {
	return func(context.Context) (approvals.Guard, error) { return approvals.Guard{Shields: shields}, nil }
}

// Whom never, when a request is made: each is refused, and nothing is recorded.
func TestAskIsGuarded(t *testing.T) {
	t.Parallel()
	down := errors.New("MARKED what the file system said")
	for name, tc := range map[string]struct {
		line    string // empty: Dana's account, asked for by Alice
		arrange func(s *stage)
		says    string
	}{
		"a domain": {arrange: func(s *stage) { s.set.Guard = protects(approvals.Shield{Domain: "example.com"}) }, says: "is protected"},
		"a group": {arrange: func(s *stage) {
			s.dir.groups["S9"], s.set.Guard = []string{dana}, protects(approvals.Shield{Group: "S9"})
		}, says: "is protected"},
		"a group, asked for by id": {line: "101 provider:eins", arrange: func(s *stage) {
			s.dir.groups["S9"], s.set.Guard = []string{dana}, protects(approvals.Shield{Group: "S9"})
		}, says: "is protected"},
		"a group, by a Grid id": {arrange: func(s *stage) {
			s.dir.people[dana] = approvals.Person{ID: dana, Also: []string{"W9"}, Email: "dana@example.com"}
			s.dir.groups["S9"], s.set.Guard = []string{"W9"}, protects(approvals.Shield{Group: "S9"})
		}, says: "is protected"},
		"roles that were not read": {arrange: func(s *stage) {
			s.set.Guard = protects(approvals.Shield{Roles: []string{"R"}, Providers: []string{"eins"}})
		}, says: "is protected"},
		"the list cannot be read": {arrange: func(s *stage) {
			s.set.Guard = func(context.Context) (approvals.Guard, error) { return approvals.Guard{}, down }
		}, says: "The list of protected accounts cannot be read now"},
		"a protected group cannot be read": {arrange: func(s *stage) {
			s.dir.noGroups, s.set.Guard = down, protects(approvals.Shield{Group: "S9"})
		}, says: "A user group that the configuration names cannot be read now"},
		"whose account it is cannot be read": {arrange: func(s *stage) { s.dir.noAddresses = down }, says: "Slack's word on whose account it is cannot be read now"},
		"the bot's own by another credential": {line: "101 provider:eins", arrange: func(s *stage) {
			s.eins.host, s.zwei.host, s.zwei.self = "one.example.com", "one.example.com", "101"
		}, says: "is the bot's own"},
		"another credential does not say": {line: "101 provider:eins", arrange: func(s *stage) {
			s.eins.host, s.zwei.host, s.zwei.selves = "one.example.com", "one.example.com", errors.New("x")
		}, says: "could not be asked which account is the bot's own"},
		"the last administrator":         {arrange: func(s *stage) { s.eins.peers = providers.Peers{Role: "OWNER"} }, says: "the last active one of a person with the role OWNER"},
		"who administers cannot be read": {arrange: func(s *stage) { s.eins.peersDown = errors.New("x") }, says: "could not be asked who else administers"},
		"the last approver": {arrange: func(s *stage) {
			s.set.Approvers = commands.Rights{Users: []string{alice, dana}}
		}, says: "This person is an approver, and without them there would not be 1"},
		"the last approver, by the group": {arrange: func(s *stage) {
			s.dir.groups["S1"], s.set.Approvers = []string{alice, dana}, commands.Rights{Groups: []string{"S1"}}
		}, says: "This person is an approver"},
		"the other approver may not decide": {arrange: func(s *stage) {
			s.set.Approvers = commands.Rights{Users: []string{alice, dana, gus, sid}}
		}, says: "This person is an approver"},
		"the other approver is the same person": {arrange: func(s *stage) {
			s.dir.people["U0TWIN"] = approvals.Person{ID: "U0TWIN", Email: "DANA@example.com"}
			s.set.Approvers = commands.Rights{Users: []string{alice, dana, "U0TWIN"}}
		}, says: "This person is an approver"},
		"two are needed and one is left": {arrange: func(s *stage) { s.set.Policies = []approvals.Policy{{Approvals: 3}} }, says: "there would not be 3"},
		"the last of a circle": {arrange: func(s *stage) {
			s.set.Policies = []approvals.Policy{{OutOf: []approvals.Quota{{Name: "HR", Users: []string{dana, carol, alice}, Needs: 1}}}}
		}, says: "there would not be enough of HR"}, // Carol is of HR and no approver, Alice asks
		"the last of a circle, by its group": {arrange: func(s *stage) {
			s.dir.groups["S7"] = []string{dana, gus}
			s.set.Policies = []approvals.Policy{{OutOf: []approvals.Quota{{Name: "HR", Groups: []string{"S7"}}}}}
		}, says: "there would not be enough of HR"},
		"a shield asks for more than are left": {arrange: func(s *stage) {
			s.set.Guard = protects(approvals.Shield{Domain: "example.com", Approvals: 4})
		}, says: "there would not be 4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			tc.arrange(s)
			if tc.line == "" {
				tc.line = "dana@example.com"
			}
			o := s.types(alice, tc.line)
			check(t, o, tc.says)
			if !strings.Contains(o.text(), "Nothing was done") || strings.Contains(o.text(), "MARKED") || s.recorded() != 0 {
				t.Errorf("said %q, with %d on record", o.text(), s.recorded())
			}
		})
	}
}

// What a rule does not hold for is asked for as ever.
func TestAskIsNotGuarded(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]func(s *stage){
		"another group": func(s *stage) {
			s.dir.groups["S9"], s.set.Guard = []string{bob}, protects(approvals.Shield{Group: "S9"})
		},
		"an empty group": func(s *stage) { s.set.Guard = protects(approvals.Shield{Group: "S9"}) },
		"roles elsewhere": func(s *stage) {
			s.set.Guard = protects(approvals.Shield{Roles: []string{"R"}, Providers: []string{"zwei"}})
		},
		"others administer":     func(s *stage) { s.eins.peers = providers.Peers{Role: "OWNER", Others: 1} },
		"it cannot be told":     func(s *stage) { s.eins.peers = providers.Peers{Role: "OWNER", Note: "It is not shown."} },
		"enough approvers left": func(s *stage) { s.set.Policies = []approvals.Policy{{Approvals: 2}} },
		"others of her circle are left": func(s *stage) {
			s.set.Policies = []approvals.Policy{{OutOf: []approvals.Quota{{Name: "HR", Users: []string{dana}, Groups: []string{"S1"}, Needs: 1}}}}
		},
		"she is of no circle": func(s *stage) {
			s.set.Policies = []approvals.Policy{{OutOf: []approvals.Quota{{Name: "HR", Users: []string{carol}, Needs: 1}}}}
		},
		"she is no approver": func(s *stage) {
			s.set.Approvers, s.set.Policies = commands.Rights{Users: []string{bob}}, []approvals.Policy{{Approvals: 2}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			arrange(s)
			r := s.requested()
			if r.Plan.Target.ID != dana {
				t.Errorf("the target is %+v", r.Plan.Target)
			}
			if want := s.eins.peers.Note; r.Plan.Steps[0].PeersNote != want {
				t.Errorf("the card says %q, not %q", r.Plan.Steps[0].PeersNote, want)
			}
			if !slices.Contains(s.eins.notCounted, "999") {
				t.Error("the bot's own account counts as an administrator")
			}
		})
	}
}

// An entry that asks for approvals is a policy like any other.
func TestAShieldAsksForApprovals(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.dir.groups["S9"] = []string{dana}
	s.set.Guard = protects(approvals.Shield{Name: "protected 1", Group: "S9", Approvals: 2}, approvals.Shield{Name: "protected 2", Domain: "example.org", Approvals: 3})
	r := s.requested()
	if r.Policy.Approvals != 2 || !strings.Contains(r.Policy.Name, "protected 1") || strings.Contains(r.Policy.Name, "protected 2") {
		t.Errorf("%+v", r.Policy)
	}
	if d := cmp.Diff([]string{"S9"}, r.Plan.TargetGroups); d != "" {
		t.Error(d)
	}
}

// She is known by every address of the account that Slack knows, though she was asked for by an id.
func TestTheTargetIsKnownByEveryAddress(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.eins.accounts[0].Email = "d.private@elsewhere.example"
	s.eins.accounts[0].Logins = []string{"dana", "dana@example.com", "DANA@example.com", "a@b@c.example", "carol@example.com", "x@nodot"}
	check(t, s.types(alice, "101 provider:eins"), "is recorded")
	target := s.number(1).Plan.Target
	if target.ID != dana || !slices.Contains(target.Also, carol) {
		t.Errorf("%+v", target)
	}
	if d := cmp.Diff([]string{"d.private@elsewhere.example", "dana@example.com", "carol@example.com"}, s.dir.looked); d != "" {
		t.Errorf("asked for (-want +got):\n%s", d)
	}
	r := s.number(1)
	check(t, s.send(s.click(dana, approvals.ButtonApprove, r)), "about your own account")
	s.set.Approvers.Users = append(s.set.Approvers.Users, carol)
	check(t, s.send(s.click(carol, approvals.ButtonApprove, r)), "about your own account")
}
