package zitadel_test

import (
	"strings"
	"testing"

	"offboard/internal/providers"
	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/localzitadel"
)

func owner(user, org string) localzitadel.Member {
	if org == "" {
		return localzitadel.Member{User: user, Roles: []string{"IAM_OWNER"}}
	}
	return localzitadel.Member{User: user, Org: org, Roles: []string{"ORG_OWNER"}}
}

// Who else owns what Ada owns.
func TestPeers(t *testing.T) {
	t.Parallel()
	const all, users = "IAM_OWNER_VIEWER", "IAM_USER_MANAGER"
	for name, tc := range map[string]struct {
		bot    string // its role at the instance
		grants []localzitadel.Member
		role   string
		others int
		note   string
	}{
		"owns nothing":                    {bot: all},
		"the instance, alone":             {bot: all, grants: []localzitadel.Member{owner(ada, "")}, role: "IAM_OWNER"},
		"the instance, with another":      {bot: all, grants: []localzitadel.Member{owner(ada, ""), owner(bert, "")}, role: "IAM_OWNER", others: 1},
		"the other is inactive":           {bot: all, grants: []localzitadel.Member{owner(ada, ""), owner(cleo, "")}, role: "IAM_OWNER"},
		"the other is locked":             {bot: all, grants: []localzitadel.Member{owner(ada, ""), owner(emil, "")}, role: "IAM_OWNER"},
		"the other never signed in":       {bot: all, grants: []localzitadel.Member{owner(ada, ""), owner(dora, "")}, role: "IAM_OWNER"},
		"the other is gone":               {bot: all, grants: []localzitadel.Member{owner(ada, ""), owner(gone, "")}, role: "IAM_OWNER"},
		"the other is a machine":          {bot: all, grants: []localzitadel.Member{owner(ada, ""), owner(robot, "")}, role: "IAM_OWNER"},
		"the other only looks":            {bot: all, grants: []localzitadel.Member{owner(ada, ""), {User: bert, Roles: []string{"IAM_OWNER_VIEWER"}}}, role: "IAM_OWNER"},
		"the other does not count":        {bot: all, grants: []localzitadel.Member{owner(ada, ""), owner("besides", "")}, role: "IAM_OWNER"},
		"the organisation, alone":         {bot: users, grants: []localzitadel.Member{owner(ada, "org-1")}, role: "ORG_OWNER"},
		"the organisation, with another":  {bot: users, grants: []localzitadel.Member{owner(ada, "org-1"), owner(bert, "org-1")}, role: "ORG_OWNER", others: 1},
		"the other owns another":          {bot: users, grants: []localzitadel.Member{owner(ada, "org-1"), owner(bert, "org-2")}, role: "ORG_OWNER"},
		"both, the instance alone":        {bot: all, grants: []localzitadel.Member{owner(ada, ""), owner(ada, "org-1"), owner(bert, "org-1")}, role: "IAM_OWNER"},
		"both, the organisation alone":    {bot: all, grants: []localzitadel.Member{owner(ada, ""), owner(ada, "org-1"), owner(bert, "")}, role: "ORG_OWNER"},
		"both, neither alone":             {bot: all, grants: []localzitadel.Member{owner(ada, ""), owner(ada, "org-1"), owner(bert, ""), owner(bert, "org-1")}, role: "IAM_OWNER", others: 1},
		"the instance is not shown":       {bot: users, grants: []localzitadel.Member{owner(ada, ""), owner(bert, "")}, role: "IAM_OWNER", note: "does not show"},
		"not shown, the organisation is":  {bot: users, grants: []localzitadel.Member{owner(ada, ""), owner(ada, "org-1"), owner(bert, "org-1")}, role: "IAM_OWNER", note: "does not show"},
		"not shown, and the organisation": {bot: users, grants: []localzitadel.Member{owner(ada, ""), owner(ada, "org-1")}, role: "ORG_OWNER"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Revoke(bot)
			w.Grant(localzitadel.Member{User: bot, Roles: []string{tc.bot}})
			w.Put(localzitadel.User{ID: "besides", Org: "org-1", UserName: "b", Human: &localzitadel.Human{Email: "b@x.y"}})
			for _, m := range tc.grants {
				w.Grant(m)
			}
			p := w.provider(t)
			a, err := p.Read(t.Context(), ada)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.Peers(t.Context(), a, "besides", bot)
			if err != nil || got.Role != tc.role || got.Others != tc.others || (got.Note != "") != (tc.note != "") || !strings.Contains(got.Note, tc.note) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// A crowd is gone through page by page, to its end.
func TestPeersBehindACrowd(t *testing.T) {
	t.Parallel()
	for crowd, others := range map[int]int{99: 1, 250: 1, 100: 0, 200: 0} {
		w := newWorld(t, "org-1")
		w.Grant(localzitadel.Member{User: bot, Org: "org-1", Roles: []string{"ORG_OWNER_VIEWER"}})
		w.Grant(owner(ada, "org-1"))
		for range crowd - 2 {
			w.Grant(localzitadel.Member{User: robot, Org: "org-1", Roles: []string{"ORG_OWNER"}})
		}
		if others > 0 {
			w.Put(localzitadel.User{ID: "late", Org: "org-1", UserName: "late", Human: &localzitadel.Human{Email: "l@x.y"}})
			w.Grant(owner("late", "org-1"))
		}
		p := w.provider(t)
		a, err := p.Read(t.Context(), ada)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Peers(t.Context(), a); err != nil || got.Others != others || got.Note != "" {
			t.Errorf("among %d: %+v, %v", crowd, got, err)
		}
	}
}

// What may be gone at the next try is an error: nothing is done meanwhile.
func TestPeersWhileZITADELIsDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Grant(owner(ada, "org-1"))
	p := w.provider(t)
	a, err := p.Read(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	w.Faults().Set("read", fault.Fault{Mode: fault.Status500})
	if got, err := p.Peers(t.Context(), a); err == nil {
		t.Errorf("%+v", got)
	}
}

// What is known of the roles is said, so that a rule over roles holds where they were not read.
func TestRolesKnown(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		before func(*world)
		known  bool
	}{
		"none":  {nil, true},
		"owner": {func(w *world) { w.Grant(owner(ada, "org-1")) }, true},
		"more than are listed": {func(w *world) {
			for range 150 {
				w.Grant(localzitadel.Member{User: ada, Org: "org-1", Roles: []string{"ORG_OWNER_VIEWER"}})
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if tc.before != nil {
				tc.before(w)
			}
			p := w.provider(t)
			if a, err := p.Read(t.Context(), ada); err != nil || a.RolesKnown != tc.known {
				t.Errorf("%+v, %v", a, err)
			}
			found, err := p.Find(t.Context(), providers.Query{By: providers.ByLogin, Value: "ada"})
			if err != nil || len(found) != 1 || found[0].RolesKnown {
				t.Errorf("a search has read roles: %+v, %v", found, err)
			}
		})
	}
}
