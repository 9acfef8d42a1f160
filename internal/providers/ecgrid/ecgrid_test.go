package ecgrid_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"offboard/internal/providers"
	"offboard/internal/providers/ecgrid"
	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/secret"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]ecgrid.Config{
		"no key":       {URL: "https://rest.ecgrid.io"},
		"other action": {URL: "https://rest.ecgrid.io", APIKey: secret.New("k"), Default: providers.Deactivate},
		"plain http":   {URL: "http://rest.ecgrid.io", APIKey: secret.New("k")},
	} {
		if _, err := ecgrid.New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func order(id string) providers.Order {
	return providers.Order{Account: providers.Account{ID: id}, Action: providers.Delete}
}

// TestStates holds the words of the vendor against ours, and against what a look concludes from them.
func TestStates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		word    string
		locked  bool
		state   providers.State
		verdict providers.Verdict
	}{
		{"Active", false, providers.StateActive, providers.NotReached},
		{"Active", true, providers.StateLocked, providers.NotReached},
		{"Suspended", false, providers.StateInactive, providers.NotReached},
		{"Terminated", true, providers.StateDeleted, providers.Reached},
		{"Development", false, providers.StateUnknown, providers.NotReached},
		{"Preproduction", false, providers.StateUnknown, providers.NotReached},
		{"Hibernating", false, providers.StateUnknown, ""},
		{"terminated?", false, providers.StateUnknown, ""},
	} {
		server, p := connect(t)
		server.Put(localecgrid.User{ID: 5, Status: c.word, LockedOut: c.locked})
		a, err := p.Read(t.Context(), "5")
		if err != nil || a.State != c.state || !strings.HasPrefix(a.StateWord, c.word) {
			t.Errorf("%s: %+v, %v", c.word, a, err)
		}
		sight, err := p.Look(t.Context(), order("5"))
		if sight.Verdict != c.verdict || (err != nil) != (c.verdict == "") {
			t.Errorf("look at %s = %q, %v; want %q", c.word, sight.Verdict, err, c.verdict)
		}
	}
}

func TestRolesFromMailboxAdminUpwards(t *testing.T) {
	t.Parallel()
	server, p := connect(t)
	for level, want := range map[string][]string{
		"Root": {"Root"}, "NetworkUser": {"NetworkUser"}, "MailboxAdmin": {"MailboxAdmin"}, "MailboxUser": nil, "General": nil, "Pope": nil,
	} {
		server.Put(localecgrid.User{ID: 5, AuthLevel: level})
		a, err := p.Read(t.Context(), "5")
		if err != nil || !slices.Equal(a.Roles, want) || (a.RolesNote != "") != (level == "Pope") {
			t.Errorf("%s: %q %q, %v", level, a.Roles, a.RolesNote, err)
		}
	}
}

// TestInvisible: a 404 after a 200 is "no longer visible", never "gone".
func TestInvisible(t *testing.T) {
	t.Parallel()
	server, p := connect(t)
	server.Put(localecgrid.User{ID: 5, Invisible: true})
	_, err := p.Read(t.Context(), "5")
	if providers.KindOf(err) != providers.Denied {
		t.Errorf("read = %v, want denied", err)
	}
	sight, err := p.Look(t.Context(), order("5"))
	if err != nil || sight.Verdict != providers.Invisible || !strings.Contains(sight.Text, "no longer visible") {
		t.Errorf("look = %+v, %v", sight, err)
	}
}

// TestRepeatedDelete covers what the vendor leaves open: whatever a second delete answers, the read has the word.
func TestRepeatedDelete(t *testing.T) {
	t.Parallel()
	for repeat, want := range map[localecgrid.Repeat]providers.Kind{
		localecgrid.RepeatTrue: "", localecgrid.RepeatFalse: providers.UnknownOutcome, localecgrid.RepeatNotFound: providers.Denied,
	} {
		server, p := connect(t)
		server.Behave(localecgrid.Behaviour{Repeat: repeat})
		server.Put(localecgrid.User{ID: 5, Status: localecgrid.Terminated})
		_, err := p.Do(t.Context(), order("5"))
		if (err != nil) != (want != "") || err != nil && providers.KindOf(err) != want {
			t.Errorf("%s: %v, want %q", repeat, err, want)
		}
		if sight, err := p.Look(t.Context(), order("5")); err != nil || sight.Verdict != providers.Reached {
			t.Errorf("%s: look = %+v, %v", repeat, sight, err)
		}
	}
}

// TestOnlyTheSuccessMarkIsSuccess lists 200s that look like success.
func TestOnlyTheSuccessMarkIsSuccess(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"success":true,"data":false}`, `{"success":false,"data":true}`, `{"success":true,"data":null}`, `{"success":true}`, `{"data":true}`,
		`{"success":true,"data":"true"}`, `{"success":true,"data":1}`, `{"success":true,"data":{}}`, `{"success":"true","data":true}`,
		`{}`, `[]`, `true`, `null`, `{"success":true,"data":true}{`, ``,
	} {
		p := dial(t, answering(t, http.StatusOK, body))
		_, err := p.Do(t.Context(), order("5"))
		if providers.KindOf(err) != providers.UnknownOutcome {
			t.Errorf("%s: %v, want unknown outcome", body, err)
		}
	}
	p := dial(t, answering(t, http.StatusOK, `{"success":true,"data":true,"extra":[1]}`))
	if _, err := p.Do(t.Context(), order("5")); err != nil {
		t.Errorf("the documented answer: %v", err)
	}
	p = dial(t, answering(t, http.StatusAccepted, `{"success":true,"data":true}`))
	if _, err := p.Do(t.Context(), order("5")); providers.KindOf(err) != providers.UnknownOutcome {
		t.Errorf("202: %v, want unknown outcome", err)
	}
}

// answering is a server with one answer to everything.
func answering(t *testing.T, status int, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		code   string
		kind   providers.Kind
		says   string
	}{
		{400, "InvalidParameter", providers.Refused, "InvalidParameter"},
		{401, "InvalidAPIKey", providers.Denied, "API key"},
		{401, "InvalidSession", providers.Denied, "API key"},
		{403, "AccessDenied", providers.Denied, "rights do not suffice"},
		{404, "ObjectNotFound", providers.Denied, "not visible"},
		{404, "", providers.Misconfigured, "address"},
		{404, "RouteNotFound", providers.Misconfigured, "address"},
		{429, "RateLimitExceeded", providers.RateLimited, "slow down"},
		{500, "InternalError", providers.UnknownOutcome, "error of its own"},
		{503, "", providers.UnknownOutcome, "error of its own"},
	} {
		p := dial(t, answering(t, c.status, `{"success":false,"errorCode":"`+c.code+`","message":"m","data":null}`))
		_, err := p.Do(t.Context(), order("5"))
		e, ok := err.(*providers.Error) //nolint:errorlint // the type itself is part of the contract here
		if !ok || e.Kind != c.kind || e.Status != c.status || !strings.Contains(e.Say, c.says) {
			t.Errorf("%d %s: %+v", c.status, c.code, err)
		}
	}
}

// TestFindGoesThroughTheList finds an e-mail address behind a login that is not one, past the server's own page limit.
func TestFindGoesThroughTheList(t *testing.T) {
	t.Parallel()
	server, p := connect(t)
	server.Behave(localecgrid.Behaviour{LargestPage: 2})
	for id := 20; id < 31; id++ {
		server.Put(localecgrid.User{ID: id, Login: "u", Email: "other@example.com"})
	}
	server.Put(localecgrid.User{ID: 31, Login: "asmith", Email: "anna@example.com"})
	found, err := p.Find(t.Context(), providers.Query{By: providers.ByEmail, Value: "anna@example.com"})
	if err != nil || len(found) != 1 || found[0].ID != "31" {
		t.Errorf("found %+v, %v", found, err)
	}
}

// TestFindWithoutTheList: a key that may not list users still finds logins, but never says "nobody".
func TestFindWithoutTheList(t *testing.T) {
	t.Parallel()
	server, p := connect(t)
	server.Behave(localecgrid.Behaviour{NoList: true})
	server.Put(localecgrid.User{ID: 31, Login: "anna@example.com", Email: "anna@example.com"})
	server.Put(localecgrid.User{ID: 32, Login: "bert", Email: "bert@example.com"})
	find := func(who string) ([]providers.Account, error) {
		return p.Find(t.Context(), providers.Query{By: providers.ByAny, Value: who})
	}
	if found, err := find("Anna@example.com"); err != nil || len(found) != 1 {
		t.Errorf("found %+v, %v", found, err)
	}
	if found, err := find("bert@example.com"); providers.KindOf(err) != providers.Denied {
		t.Errorf("found %+v, %v; want denied", found, err)
	}
}

// TestEndlessList: a server that always has somebody new does not keep us for ever, and is not cut short silently.
func TestEndlessList(t *testing.T) {
	t.Parallel()
	var pages atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		body := `{"success":true,"data":null}`
		if strings.HasSuffix(r.URL.Path, "/list") {
			body = fmt.Sprintf(`{"success":true,"data":[{"userId":%d}]}`, pages.Add(1))
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	found, err := dial(t, server.URL).Find(t.Context(), providers.Query{By: providers.ByEmail, Value: "anna@example.com"})
	if found != nil || providers.KindOf(err) != providers.Refused || pages.Load() != 50 {
		t.Errorf("%d pages, found %v, %v", pages.Load(), found, err)
	}
}

// TestLoginInACrowd: whoever is found by name is found, however many others there are: the id is not the only way in.
func TestLoginInACrowd(t *testing.T) {
	t.Parallel()
	server, p := connect(t)
	server.Behave(localecgrid.Behaviour{LargestPage: 1})
	for id := 20; id < 80; id++ {
		server.Put(localecgrid.User{ID: id, Login: "u", Email: "other@example.com"})
	}
	server.Put(localecgrid.User{ID: 90, Login: "anna@example.com"})
	found, err := p.Find(t.Context(), providers.Query{By: providers.ByEmail, Value: "anna@example.com"})
	if err != nil || len(found) != 1 || found[0].ID != "90" {
		t.Errorf("found %+v, %v", found, err)
	}
}

// TestNeverAsksForKeys: one operation of ECGrid gives a key in clear.
func TestNeverAsksForKeys(t *testing.T) {
	t.Parallel()
	server, p := connect(t)
	server.Put(localecgrid.User{ID: 5, Login: "anna@example.com"})
	_, _ = p.Self(t.Context())
	_, _ = p.Find(t.Context(), providers.Query{By: providers.ByAny, Value: "anna@example.com"})
	_, _ = p.Do(t.Context(), order("5"))
	_, _ = p.Look(t.Context(), order("5"))
	if slices.ContainsFunc(server.Calls(), func(c fault.Call) bool { return strings.Contains(c.Path, "/key") }) {
		t.Errorf("calls: %+v", server.Calls())
	}
}

func TestWrongKey(t *testing.T) {
	t.Parallel()
	listening := httptest.NewServer(localecgrid.New("another key", 7))
	t.Cleanup(listening.Close)
	if _, err := dial(t, listening.URL).Self(t.Context()); providers.KindOf(err) != providers.Denied {
		t.Errorf("self: %v, want denied", err)
	}
}
