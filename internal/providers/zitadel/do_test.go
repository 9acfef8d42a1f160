package zitadel_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"offboard/internal/providers"
	"offboard/internal/providers/zitadel"
	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/localzitadel"
)

func TestTheFourWaysThatSucceed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		id     string
		action providers.Action
		change func(*zitadel.Config)
		state  string
		path   string
	}{
		"deactivate a person":   {ada, providers.Deactivate, nil, localzitadel.Inactive, "/v2/users/1001/deactivate"},
		"deactivate a locked":   {emil, providers.Deactivate, nil, localzitadel.Inactive, "/v2/users/1005/deactivate"},
		"deactivate a machine":  {robot, providers.Deactivate, nil, localzitadel.Inactive, "/v2/users/1006/deactivate"},
		"delete, v2":            {ada, providers.Delete, nil, localzitadel.Deleted, "/v2/users/1001"},
		"delete an initial":     {dora, providers.Delete, nil, localzitadel.Deleted, "/v2/users/1004"},
		"delete, v1":            {ada, providers.Delete, deleteV1, localzitadel.Deleted, "/management/v1/users/1001"},
		"delete, v1, other org": {bert, providers.Delete, deleteV1, localzitadel.Deleted, "/management/v1/users/1002"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.PutSession(c.id, "s-1")
			w.PutSession(c.id, "s-2")
			w.PutSession(cleo, "s-3")
			p := w.provider(t)
			if c.change != nil {
				p = w.provider(t, c.change)
			}
			answer, err := p.Do(t.Context(), order(t, p, c.id, c.action))
			if err != nil || answer.Status != 200 || answer.Text != "ZITADEL answered 200" {
				t.Errorf("Do = %+v, %v", answer, err)
			}
			if got := w.StateOf(c.id); got != c.state {
				t.Errorf("state = %s, want %s", got, c.state)
			}
			if n := w.writes(); n != 1 {
				t.Errorf("%d writes, want 1", n)
			}
			if !called(w, c.path) {
				t.Errorf("no call of %s", c.path)
			}
			if got := w.Sessions(c.id); len(got) != 0 {
				t.Errorf("sessions left: %v", got)
			}
			if got := w.Sessions(cleo); len(got) != 1 {
				t.Errorf("sessions of somebody else: %v", got)
			}
		})
	}
}

func called(w *world, path string) bool {
	for _, c := range w.Calls() {
		if c.Path == path {
			return true
		}
	}
	return false
}

// Each row of the table of facts/providers.md that a write can be answered with.
func TestRefusedWrites(t *testing.T) {
	t.Parallel()
	remove := func(w *world) { dropUser(w, ada) }
	meddle := func(state string) func(*world) {
		return func(w *world) { w.Put(localzitadel.User{ID: ada, Org: "org-1", UserName: "ada", State: state}) }
	}
	for name, c := range map[string]struct {
		action providers.Action
		change func(*zitadel.Config)
		before func(*world) // between the read and the write
		kind   providers.Kind
		code   string
		status int
	}{
		"already inactive":           {"deactivate", nil, meddle(localzitadel.Inactive), providers.Refused, "COMMAND-5gunjw0cd7", 400},
		"initial":                    {"deactivate", nil, meddle(localzitadel.Initial), providers.Refused, "COMMAND-gvx4kct9r2", 400},
		"deleted, deactivate":        {"deactivate", nil, remove, providers.NotFound, "COMMAND-5gp2p62iin", 404},
		"deleted, v2":                {"delete", nil, remove, providers.NotFound, "COMMAND-bd4ir1mblj", 404},
		"deleted, v1":                {"delete", deleteV1, remove, providers.Refused, "COMMAND-m9od", 404},
		"moved to another org, v1":   {"delete", deleteV1, move, providers.Refused, "COMMAND-m9od", 404},
		"no membership, deactivate":  {"deactivate", nil, revoke, providers.Denied, "AUTHZ-cdgFk", 404},
		"no membership, v2":          {"delete", nil, revoke, providers.Denied, "AUTHZ-cdgFk", 404},
		"no membership, v1":          {"delete", deleteV1, revoke, providers.Denied, "AUTHZ-cdgFk", 404},
		"too few rights, deactivate": {"deactivate", nil, demote, providers.Denied, "AUTH-AWfge", 403},
		"too few rights, v2":         {"delete", nil, demote, providers.Denied, "AUTH-AWfge", 403},
		"too few rights, v1":         {"delete", deleteV1, demote, providers.Denied, "AUTH-5mWD2", 403},
		"token revoked":              {"delete", nil, func(w *world) { w.RevokeTokens(bot) }, providers.Denied, "AUTH-7fs1e", 401},
		"quota":                      {"delete", nil, interject(localzitadel.Quota), providers.RateLimited, "QUOTA-vjAy8", 429},
		"blocked":                    {"deactivate", nil, interject(localzitadel.Blocked), providers.RateLimited, "LIMITS-molsj", 429},
		"cloud edge":                 {"deactivate", nil, interject(localzitadel.Edge), providers.RateLimited, "", 429},
		"cold start, not conclusive": {"delete", nil, interject(localzitadel.ColdStart), providers.UnknownOutcome, "", 503},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.provider(t)
			if c.change != nil {
				p = w.provider(t, c.change)
			}
			o := order(t, p, ada, c.action)
			c.before(w)
			state := w.StateOf(ada)
			answer, err := p.Do(t.Context(), o)
			e := faultOf(t, err)
			if e.Kind != c.kind || e.Code != c.code || e.Status != c.status || e.NotSent {
				t.Errorf("Do = %+v, %+v", answer, e)
			}
			if !strings.Contains(e.Say, "ZITADEL") {
				t.Errorf("Say = %q", e.Say)
			}
			if w.StateOf(ada) != state || w.writes() != 1 {
				t.Errorf("state %s → %s in %d writes", state, w.StateOf(ada), w.writes())
			}
		})
	}
}

func dropUser(w *world, id string) {
	w.Put(localzitadel.User{ID: id, Org: "org-1", UserName: "x", State: localzitadel.Deleted})
}

func move(w *world) { w.Put(localzitadel.User{ID: ada, Org: "org-2", UserName: "ada"}) }

func revoke(w *world) { w.Revoke(bot) }

func demote(w *world) {
	w.Revoke(bot)
	w.Grant(localzitadel.Member{User: bot, Roles: []string{"IAM_OWNER_VIEWER"}})
}

func interject(what localzitadel.Interjection) func(*world) {
	return func(w *world) { w.Interject("/", what) }
}

func TestV1RefusesAnOrganisationThatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.provider(t, deleteV1)
	o := order(t, p, ada, providers.Delete)
	o.Account.Tenant = "org-none"
	_, err := p.Do(t.Context(), o)
	if e := faultOf(t, err); e.Kind != providers.Denied || e.Code != "AUTH-Bs7Ds" || !w.Exists(ada) {
		t.Errorf("Do = %+v", e)
	}
	o.Account.Tenant = ""
	_, err = p.Do(t.Context(), o)
	if e := faultOf(t, err); e.Kind != providers.Refused || !e.NotSent || w.writes() != 1 {
		t.Errorf("without an organisation: Do = %+v, %d writes", e, w.writes())
	}
}

// An order that would bend the path to another resource never leaves.
func TestOddOrdersAreNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, change := range []func(*zitadel.Config){func(*zitadel.Config) {}, deleteV1} {
		p := w.provider(t, change)
		for _, id := range []string{"", ".", "..", "../users/" + ada, ada + "/", `..\` + ada, "a\nb", "\xff"} {
			for _, a := range providers.Actions() {
				o := providers.Order{Account: providers.Account{ID: id, Tenant: "org-1"}, Action: a}
				_, err := p.Do(t.Context(), o)
				if e := faultOf(t, err); !e.NotSent || e.Kind != providers.Refused {
					t.Errorf("%s %q: %+v", a, id, e)
				}
			}
		}
		_, err := p.Do(t.Context(), providers.Order{Account: providers.Account{ID: ada}, Action: "burn"})
		if e := faultOf(t, err); !e.NotSent {
			t.Errorf("unknown action: %+v", e)
		}
	}
	if len(w.Calls()) != 0 {
		t.Errorf("%d calls left", len(w.Calls()))
	}
}

func TestAPassedDeadlineSendsNothing(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*zitadel.Config){"token": func(*zitadel.Config) {}, "client": byClient} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.provider(t, change)
			o := order(t, p, ada, providers.Delete)
			ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
			defer cancel()
			_, err := p.Do(ctx, o)
			if e := faultOf(t, err); !e.NotSent || w.writes() != 0 || !w.Exists(ada) {
				t.Errorf("Do = %+v, %d writes", e, w.writes())
			}
		})
	}
}

// A page, or a success without ZITADEL's details, is never taken for success.
func TestForeignAnswersAreNoSuccess(t *testing.T) {
	t.Parallel()
	for _, mode := range []fault.Mode{fault.HTML, fault.HTMLAfter, fault.Status500, fault.Status500After, fault.CutAfter,
		fault.Oversize} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.provider(t)
			o := order(t, p, ada, providers.Deactivate)
			w.Faults().Set("write", fault.Fault{Mode: mode, Times: 1})
			_, err := p.Do(t.Context(), o)
			if e := faultOf(t, err); e.Kind != providers.UnknownOutcome || e.NotSent || w.writes() != 1 {
				t.Errorf("Do = %+v, %d writes", e, w.writes())
			}
			s, err := p.Look(t.Context(), o)
			want := providers.NotReached
			if mode.Does() {
				want = providers.Reached
			}
			if err != nil || s.Verdict != want {
				t.Errorf("Look = %+v, %v, want %s", s, err, want)
			}
		})
	}
}

func TestASuccessNeedsZITADELsOwnMark(t *testing.T) {
	t.Parallel()
	for _, a := range []answerer{
		{200, "", `{}`}, {200, "", `[]`}, {200, "", `"ok"`}, {200, "", `{"details":null}`}, {200, "", ``}, {200, "text/plain", `{"details":{}}`},
		{201, "", `{"details":{}}`}, {202, "", `{"details":{}}`}, {204, "", ``},
	} {
		for _, action := range providers.Actions() {
			o := providers.Order{Account: providers.Account{ID: "1"}, Action: action}
			answer, err := over(t, a).Do(t.Context(), o)
			if e := faultOf(t, err); e.Kind != providers.UnknownOutcome || e.NotSent {
				t.Errorf("%s answered %+v: Do = %+v, %+v", action, a, answer, e)
			}
		}
	}
}
