package post_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/dispatch"
	"offboard/internal/providers"
	"offboard/internal/secret"
	"offboard/internal/slackbot/post"
	"offboard/internal/slackbot/webapi"
)

const token = "xoxb-very-secret"

// call is one request that the stub has seen.
type call struct {
	Method string
	Form   url.Values
	Body   string
}

// stub is a Slack that answers each method as told.
type stub struct {
	*httptest.Server
	mu      sync.Mutex
	calls   []call
	answers map[string]func(w http.ResponseWriter, form url.Values)
	leaks   []string
}

func newStub(t *testing.T) *stub {
	t.Helper()
	s := &stub{answers: map[string]func(http.ResponseWriter, url.Values){}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	t.Cleanup(func() {
		for _, l := range s.leaks {
			t.Error(l)
		}
	})
	s.says("conversations.info", `{"ok":true,"channel":{"id":"C0APPROVE","is_member":true}}`)
	s.says("chat.postMessage", `{"ok":true,"channel":"C0APPROVE","ts":"1700000000.000100"}`)
	s.says("chat.update", `{"ok":true,"channel":"C0APPROVE","ts":"1700000000.000100"}`)
	return s
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var b strings.Builder
	buf := make([]byte, 1<<16)
	for {
		n, err := r.Body.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			break
		}
	}
	form, _ := url.ParseQuery(b.String())
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	s.mu.Lock()
	if strings.HasPrefix(r.URL.Path, "/api/") && r.Header.Get("Authorization") != "Bearer "+token || strings.Contains(b.String(), token) {
		s.leaks = append(s.leaks, method+": the token is not in the header alone")
	}
	s.calls = append(s.calls, call{Method: method, Form: form, Body: b.String()})
	f := s.answers[method]
	s.mu.Unlock()
	if f == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	f(w, form)
}

func (s *stub) on(method string, f func(http.ResponseWriter, url.Values)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[method] = f
}

func (s *stub) says(method, body string) {
	s.on(method, func(w http.ResponseWriter, _ url.Values) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(body))
	})
}

func (s *stub) seen(method string) []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []call
	for _, c := range s.calls {
		if c.Method == method {
			out = append(out, c)
		}
	}
	return out
}

func (s *stub) client(t *testing.T) *webapi.Client {
	t.Helper()
	c, err := webapi.New(webapi.Options{APIURL: s.URL + "/api/", Token: secret.New(token), Timeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *stub) poster(t *testing.T) *post.Poster {
	t.Helper()
	p, err := post.New(s.client(t), post.Config{
		Approvals: "C0APPROVE", Audit: "C0AUDIT", Self: post.Self{BotID: "B0SELF", UserID: "U0SELF"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// request is a pending one whose card stands, if placed.
func request(placed bool) *approvals.Request {
	plan := approvals.Plan{Writes: true, Steps: []approvals.Step{{
		Account: providers.Account{Provider: "torii", ID: "1", Name: "Alice", State: providers.StateActive}, Action: providers.Delete, Vendor: "Torii",
	}}}
	policy := approvals.Policy{Approvals: 1, Expires: time.Hour, Window: time.Hour}
	r := &approvals.Request{ID: "req_1", Number: 1}
	r.Fold(approvals.Event{
		Kind: approvals.Requested, At: time.Unix(1_700_000_000, 0), By: approvals.Person{ID: "U1"}, Plan: &plan, Policy: &policy,
	}, approvals.Event{Kind: approvals.Denied, By: approvals.Person{ID: "U2"}, Hash: "abc"})
	if placed {
		r.Fold(approvals.Event{Kind: approvals.Told, Key: approvals.KeyCard, Place: approvals.Place{Channel: "C0APPROVE", TS: "1700000000.000100"}})
	}
	return r
}

func kindOf(t *testing.T, err error) dispatch.TellKind {
	t.Helper()
	e, ok := errors.AsType[*dispatch.TellError](err)
	if !ok {
		t.Fatalf("got %v, want a *dispatch.TellError", err)
	}
	return e.Kind
}

func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
