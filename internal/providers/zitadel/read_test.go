package zitadel_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/providers"
	"offboard/internal/providers/zitadel"
	"offboard/internal/sandbox/localzitadel"
	"offboard/internal/secret"
)

func TestReadGivesTheWholeAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC)
	w.Put(localzitadel.User{ID: "42", Org: "org-2", UserName: "grace", State: localzitadel.Locked, Created: created,
		LoginNames: []string{"grace@org-2", "grace"}, Human: &localzitadel.Human{GivenName: "Grace", FamilyName: "H", Email: "g@x.y"}})
	w.Grant(localzitadel.Member{User: "42", Roles: []string{"IAM_OWNER"}})
	w.Grant(localzitadel.Member{User: "42", Org: "org-2", Roles: []string{"ORG_OWNER", "IAM_OWNER"}})
	got, err := w.provider(t).Read(t.Context(), "42")
	if err != nil {
		t.Fatal(err)
	}
	if got.Change == "" {
		t.Error("no change counter")
	}
	got.Change = ""
	want := providers.Account{
		Provider: "zitadel-test", Tenant: "org-2", ID: "42", Being: providers.Human, Name: "Grace H", Email: "g@x.y",
		Logins: []string{"grace", "grace@org-2"}, State: providers.StateLocked, StateWord: "USER_STATE_LOCKED", Created: created,
		Roles: []string{"IAM_OWNER", "ORG_OWNER"}, RolesNote: "Roles at other organisations are not looked at.", RolesKnown: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	machine, err := w.provider(t).Read(t.Context(), robot)
	if err != nil || machine.Being != providers.Machine || machine.Name != "robot machine" || machine.Email != "" {
		t.Errorf("machine = %+v, %v", machine, err)
	}
}

// ZITADEL may append the organisation's domain to the user name. Whose name it is stays known all the same: the person it belongs to is
// refused as an approver by it, and the configuration protects by it.
func TestTheUserNameIsALogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Put(localzitadel.User{ID: "43", Org: "org-2", UserName: "ann@example.com", LoginNames: []string{"ann@example.com@org-2.example"},
		Human: &localzitadel.Human{Email: "private@elsewhere.example"}})
	got, err := w.provider(t).Read(t.Context(), "43")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ann@example.com", "ann@example.com@org-2.example"}, got.Logins); diff != "" {
		t.Error(diff)
	}
}

// Each row of the table of facts/providers.md that a read can be answered with.
func TestRefusedReads(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		id     string
		before func(*world)
		kind   providers.Kind
		code   string
		status int
	}{
		"unknown":        {"404", nil, providers.NotFound, "QUERY-Dfbg2", 404},
		"malformed":      {"not-an-id", nil, providers.NotFound, "QUERY-Dfbg2", 404},
		"deleted":        {gone, nil, providers.NotFound, "QUERY-Dfbg2", 404},
		"a path":         {"../" + ada, nil, providers.NotFound, "", 0},
		"too long":       {strings.Repeat("1", 201), nil, providers.NotFound, "", 0},
		"no membership":  {ada, revoke, providers.Denied, "AUTHZ-cdgFk", 404},
		"other org":      {bert, only("org-1"), providers.Denied, "AUTHZ-cdgFk", 404},
		"too few rights": {ada, powerless, providers.Denied, "AUTH-AWfge", 403},
		"revoked token":  {ada, func(w *world) { w.RevokeTokens(bot) }, providers.Denied, "AUTH-7fs1e", 401},
		"quota":          {ada, thrice(localzitadel.Quota), providers.RateLimited, "QUOTA-vjAy8", 429},
		"never ready":    {ada, thrice(localzitadel.ColdStart), providers.Temporary, "", 503},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if c.before != nil {
				c.before(w)
			}
			_, err := w.provider(t).Read(t.Context(), c.id)
			if e := faultOf(t, err); e.Kind != c.kind || e.Code != c.code || e.Status != c.status {
				t.Errorf("Read = %+v", e)
			}
		})
	}
}

func only(org string) func(*world) {
	return func(w *world) {
		w.Revoke(bot)
		w.Grant(localzitadel.Member{User: bot, Org: org, Roles: []string{"ORG_USER_MANAGER"}})
	}
}

func powerless(w *world) {
	w.Revoke(bot)
	w.Grant(localzitadel.Member{User: bot, Roles: []string{"ORG_SETTINGS_MANAGER"}})
}

func thrice(what localzitadel.Interjection) func(*world) {
	return func(w *world) { w.Interject("/", what, what, what) }
}

func TestReadsSurviveAColdStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Interject("/", localzitadel.ColdStart)
	if a, err := w.provider(t).Read(t.Context(), ada); err != nil || a.ID != ada {
		t.Errorf("Read = %+v, %v", a, err)
	}
}

// Another Host is another instance, or none: a 404 without details proves nothing about a user.
func TestWrongHost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.provider(t, func(c *zitadel.Config) { c.URL = strings.Replace(c.URL, "127.0.0.1", "localhost", 1) })
	_, err := p.Read(t.Context(), ada)
	if e := faultOf(t, err); e.Kind != providers.Misconfigured || e.Status != 404 || !strings.Contains(e.Say, "check url") {
		t.Errorf("Read = %+v", e)
	}
	_, err = p.Look(t.Context(), providers.Order{Account: providers.Account{ID: ada}, Action: providers.Delete})
	if e := faultOf(t, err); e.Kind != providers.Misconfigured {
		t.Errorf("Look = %+v", e)
	}
	if _, err = p.Self(t.Context()); faultOf(t, err).Kind != providers.Misconfigured {
		t.Errorf("Self = %v", err)
	}
}

// The first call of a bot that signs in is for a token, and there the wrong Host must not look like a wrong credential.
func TestWrongHostAtSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, sign := range map[string]func(*zitadel.Config){"client": byClient, "key": byKey(t, w)} {
		p := w.provider(t, sign, func(c *zitadel.Config) { c.URL = strings.Replace(c.URL, "127.0.0.1", "localhost", 1) })
		_, err := p.Self(t.Context())
		e := faultOf(t, err)
		if e.Kind != providers.Misconfigured || !strings.Contains(e.Say, "check url") || strings.Contains(e.Say, "credential") {
			t.Errorf("%s: Self = %+v", name, e)
		}
	}
}

// An admin of another organisation must not be shown as somebody without admin roles.
func TestRolesThatAreNotLookedAtAreNotDenied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Grant(localzitadel.Member{User: ada, Org: "org-2", Roles: []string{"ORG_OWNER"}})
	for _, own := range []string{"", "ORG_USER_MANAGER"} {
		if own != "" {
			w.Grant(localzitadel.Member{User: ada, Org: "org-1", Roles: []string{own}})
		}
		a, err := w.provider(t).Read(t.Context(), ada)
		if err != nil || strings.Join(a.Roles, " ") != own || !strings.Contains(a.RolesNote, "other organisations") {
			t.Errorf("Read = %+v, %v", a, err)
		}
	}
}

func TestRolesThatCannotBeReadAreANote(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Interject("/management/", localzitadel.Forbidden)
	a, err := w.provider(t).Read(t.Context(), ada)
	if err != nil || len(a.Roles) != 0 || a.RolesNote == "" {
		t.Errorf("Read = %+v, %v", a, err)
	}
	// What passes is not a note: it would change what people approved.
	w.Interject("/management/", localzitadel.ColdStart, localzitadel.ColdStart, localzitadel.ColdStart)
	_, err = w.provider(t).Read(t.Context(), ada)
	if e := faultOf(t, err); e.Kind != providers.Temporary {
		t.Errorf("Read = %+v", e)
	}
}

func TestAnswersThatAreNotTheUser(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]answerer{
		"another user":  {200, "", `{"user":{"userId":"2","state":"USER_STATE_ACTIVE"}}`},
		"no user":       {200, "", `{}`},
		"a list":        {200, "", `[]`},
		"a page":        {200, "text/html", `<html>MARKED</html>`},
		"page as JSON":  {200, "", `<html>`},
		"bare 404":      {404, "", `{"code":5,"message":"Not Found"}`},
		"unknown id":    {404, "", `{"code":5,"details":[{"id":"NEW-abcde"}]}`},
		"smuggled text": {404, "", `{"code":5,"details":[{"id":"MARKED <!channel>"}]}`},
		"wrong status":  {400, "", `{"code":5,"details":[{"id":"QUERY-Dfbg2"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := over(t, a).Read(t.Context(), "1")
			e := faultOf(t, err)
			if want := e.Kind == providers.Misconfigured || a.status == 400 && e.Kind == providers.Refused; !want {
				t.Errorf("Read = %+v", e)
			}
		})
	}
}

func TestSelf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, err := w.provider(t).Self(t.Context())
	if err != nil || a.ID != bot || a.Being != providers.Machine || a.Tenant != "org-1" || !slices.Contains(a.Logins, "offboard-bot") {
		t.Errorf("Self = %+v, %v", a, err)
	}
	_, err = w.provider(t, func(c *zitadel.Config) { c.Token = secret.New("MARKED-wrong") }).Self(t.Context())
	if e := faultOf(t, err); e.Kind != providers.Denied || e.Code != "AUTH-7fs1e" {
		t.Errorf("Self = %+v", e)
	}
	if _, err := over(t, answerer{http.StatusOK, "", `{"user":{}}`}).Self(t.Context()); faultOf(t, err).Kind != providers.Misconfigured {
		t.Errorf("Self without an id = %v", err)
	}
}
