package torii_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"offboard/internal/providers"
	"offboard/internal/providers/torii"
	"offboard/internal/sandbox/localtorii"
	"offboard/internal/secret"
)

const anna = "01930000-0000-7000-8000-00000000a11a"

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	good := torii.Config{URL: "https://api.torii.so", SecretKey: secret.New("sk_test_1"), Environment: environment}
	for name, change := range map[string]func(*torii.Config){
		"no key":         func(c *torii.Config) { c.SecretKey = secret.String{} },
		"no environment": func(c *torii.Config) { c.Environment = " " },
		"other action":   func(c *torii.Config) { c.Default = providers.Deactivate },
		"plain http":     func(c *torii.Config) { c.URL = "http://api.torii.so" },
	} {
		c := good
		change(&c)
		if _, err := torii.New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := torii.New(good); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

// TestDecidingA403 is the table of facts/providers.md, "The 403": what the provider shows now, how the write was answered and whether
// an earlier write of ours is on record.
func TestDecidingA403(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		status   string
		hidden   bool
		answered int
		earlier  bool
		want     providers.Verdict
	}{
		{"deleted, answered 403", localtorii.Deleted, false, 403, false, providers.Reached},
		{"deleted, no answer", localtorii.Deleted, false, 0, false, providers.Reached},
		{"active, answered 403", localtorii.Active, false, 403, false, providers.NotReached},
		{"active, a repeat answered 403", localtorii.Active, false, 403, true, providers.NotReached},
		{"banned, answered 403", localtorii.Banned, false, 403, true, providers.NotReached},
		{"active, no answer", localtorii.Active, false, 0, false, providers.NotReached},
		{"nothing shown, answered 403", localtorii.Deleted, true, 403, false, providers.Invisible},
		{"nothing shown, a repeat answered 403", localtorii.Deleted, true, 403, true, providers.Reached},
		{"nothing shown, a repeat without answer", localtorii.Deleted, true, 0, true, providers.Invisible},
		{"nothing shown, a repeat answered 404", localtorii.Deleted, true, 404, true, providers.Invisible},
		{"nothing shown, answered 204", localtorii.Deleted, true, 204, false, providers.Invisible},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, p := connect(t)
			server.Put(localtorii.User{ID: anna, Status: c.status, Invisible: c.hidden})
			o := order()
			o.Answered, o.Earlier = c.answered, c.earlier
			sight, err := p.Look(t.Context(), o)
			if err != nil || sight.Verdict != c.want || sight.Text == "" {
				t.Errorf("look = %+v, %v; want %s", sight, err, c.want)
			}
		})
	}
}

func order() providers.Order {
	return providers.Order{Account: providers.Account{ID: anna}, Action: providers.Delete}
}

// TestSearchAgainstRead: when the search shows nothing and a read by id says active, one word stands against another.
func TestSearchAgainstRead(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]providers.Verdict{"active": providers.Invisible, "deleted": providers.Reached} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			body := `{"id":"` + anna + `","environmentId":"` + environment + `","status":"` + status + `"}`
			if strings.HasSuffix(r.URL.Path, "/search") {
				body = `{"items":[],"hasMore":false,"nextCursor":null}`
			}
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(server.Close)
		o := order()
		o.Answered, o.Earlier = 403, true
		sight, err := dial(t, server.URL).Look(t.Context(), o)
		if err != nil || sight.Verdict != want {
			t.Errorf("%s: look = %+v, %v; want %s", status, sight, err, want)
		}
	}
}

func TestDoAnswers(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]providers.Kind{
		200: providers.UnknownOutcome, 202: providers.UnknownOutcome, 401: providers.Denied, 403: providers.Denied, 404: providers.UnknownOutcome,
		409: providers.Refused, 429: providers.RateLimited, 500: providers.UnknownOutcome, 503: providers.UnknownOutcome,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"type":"about:blank","title":"x","status":1}`))
		}))
		t.Cleanup(server.Close)
		if _, err := dial(t, server.URL).Do(t.Context(), order()); providers.KindOf(err) != want {
			t.Errorf("%d: %v, want %s", status, err, want)
		}
	}
}

func TestRepeatedDeleteIsA403(t *testing.T) {
	t.Parallel()
	server, p := connect(t)
	server.Put(localtorii.User{ID: anna})
	if answer, err := p.Do(t.Context(), order()); err != nil || answer.Status != http.StatusNoContent {
		t.Fatalf("delete = %+v, %v", answer, err)
	}
	if _, err := p.Do(t.Context(), order()); providers.KindOf(err) != providers.Denied {
		t.Errorf("repeated delete: %v, want denied", err)
	}
}

func TestAnotherEnvironment(t *testing.T) {
	t.Parallel()
	server, p := connect(t)
	server.Put(localtorii.User{ID: anna, Email: "anna@example.com", Environment: "another"})
	if a, err := p.Read(t.Context(), anna); providers.KindOf(err) != providers.Denied {
		t.Errorf("read = %+v, %v; want denied", a, err)
	}
	if _, err := p.Do(t.Context(), order()); providers.KindOf(err) != providers.Denied {
		t.Errorf("delete: %v, want denied", err)
	}
	if server.StateOf(anna) != localtorii.Active {
		t.Errorf("the user of another environment is %s", server.StateOf(anna))
	}
}

// TestKeyOfAnotherEnvironment: the configuration names one environment and the key belongs to another that answers willingly.
func TestKeyOfAnotherEnvironment(t *testing.T) {
	t.Parallel()
	server := localtorii.New(secretKey, "another")
	server.Put(localtorii.User{ID: anna, Email: "anna@example.com"})
	server.Behave(localtorii.Behaviour{IgnoresSelectors: true})
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	p := dial(t, listening.URL)
	if _, err := p.Self(t.Context()); providers.KindOf(err) != providers.Denied {
		t.Errorf("self: %v, want denied", err)
	}
	if a, err := p.Read(t.Context(), anna); providers.KindOf(err) != providers.Denied {
		t.Errorf("read = %+v, %v; want denied", a, err)
	}
	if found, err := p.Find(t.Context(), providers.Query{By: providers.ByEmail, Value: "anna@example.com"}); err != nil || len(found) != 0 {
		t.Errorf("found %+v, %v", found, err)
	}
	if sight, err := p.Look(t.Context(), order()); err == nil {
		t.Errorf("look = %+v", sight)
	}
}

// TestDeletedUsers are shown as what they are, also where reading them by id is a 404.
func TestDeletedUsers(t *testing.T) {
	t.Parallel()
	for _, gone := range []bool{false, true} {
		server, p := connect(t)
		server.Behave(localtorii.Behaviour{DeletedIsGone: gone})
		server.Put(localtorii.User{ID: anna, Status: localtorii.Deleted})
		if a, err := p.Read(t.Context(), anna); err != nil || a.State != providers.StateDeleted {
			t.Errorf("read = %+v, %v", a, err)
		}
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	server, p := connect(t)
	for word, want := range map[string]providers.State{
		"active": providers.StateActive, "banned": providers.StateLocked, "deleted": providers.StateDeleted, "asleep": providers.StateUnknown,
	} {
		server.Put(localtorii.User{ID: anna, Status: word})
		if a, err := p.Read(t.Context(), anna); err != nil || a.State != want || a.StateWord != word {
			t.Errorf("%s: %+v, %v", word, a, err)
		}
	}
}

func TestWrongKey(t *testing.T) {
	t.Parallel()
	listening := httptest.NewServer(localtorii.New("another key", environment))
	t.Cleanup(listening.Close)
	if _, err := dial(t, listening.URL).Self(t.Context()); providers.KindOf(err) != providers.Denied {
		t.Errorf("self: %v, want denied", err)
	}
}
