package webapi_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/secret"
	"offboard/internal/slackbot/webapi"
)

const token = "xoxb-very-secret"

// slackAt returns a client of a Slack that answers as told, and everything the client logs.
func slackAt(t *testing.T, h http.HandlerFunc) (*webapi.Client, *bytes.Buffer) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	var logs bytes.Buffer
	c, err := webapi.New(webapi.Options{
		APIURL: srv.URL + "/api/", Token: secret.New(token), Timeout: 500 * time.Millisecond,
		Logger: slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, &logs
}

func answer(status int, contentType, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func fault(t *testing.T, err error) *webapi.Error {
	t.Helper()
	e, ok := errors.AsType[*webapi.Error](err)
	if !ok {
		t.Fatalf("got %v, want a *webapi.Error", err)
	}
	return e
}

func TestTheTokenTravelsInTheHeaderAlone(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body string
	c, _ := slackAt(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, body = r, string(b)
		answer(200, "application/json", `{"ok":true,"ts":"1.2"}`)(w, r)
	})
	if err := c.Call(t.Context(), "chat.postMessage", url.Values{"channel": {"C1"}, "text": {"a&b"}}, nil); err != nil {
		t.Fatal(err)
	}
	if h := got.Header.Get("Authorization"); h != "Bearer "+token {
		t.Errorf("Authorization is %q", h)
	}
	if got.URL.RawQuery != "" || strings.Contains(body, "token") || strings.Contains(body, "secret") {
		t.Errorf("query %q, body %q", got.URL.RawQuery, body)
	}
	if got.Method != http.MethodPost || got.URL.Path != "/api/chat.postMessage" || body != "channel=C1&text=a%26b" {
		t.Errorf("%s %s %q", got.Method, got.URL.Path, body)
	}
}

// What each answer to a write means. Only what may have happened is Maybe.
func TestWhatAnswersMean(t *testing.T) {
	t.Parallel()
	const js = "application/json"
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   webapi.Error
	}{
		"slack's no":            {answer(200, js, `{"ok":false,"error":"channel_not_found"}`), webapi.Error{Code: "channel_not_found", Status: 200}},
		"missing scope":         {answer(200, js, `{"ok":false,"error":"missing_scope","needed":"chat:write"}`), webapi.Error{Code: "missing_scope", Needed: "chat:write", Status: 200}},
		"fatal error":           {answer(200, js, `{"ok":false,"error":"fatal_error"}`), webapi.Error{Code: "fatal_error", Status: 200, Maybe: true}},
		"error of a stranger":   {answer(200, js, `{"ok":false,"error":"xoxb secret <x>"}`), webapi.Error{Code: "unreadable_error", Status: 200}},
		"empty object":          {answer(200, js, `{}`), webapi.Error{Status: 200, Maybe: true, Err: webapi.ErrUnreadable}},
		"no without an error":   {answer(200, js, `{"ok":false}`), webapi.Error{Status: 200, Maybe: true, Err: webapi.ErrUnreadable}},
		"a page":                {answer(200, "text/html", `<html>hello</html>`), webapi.Error{Status: 200, Maybe: true, Err: webapi.ErrUnreadable}},
		"cut json":              {answer(200, js, `{"ok":tr`), webapi.Error{Status: 200, Maybe: true, Err: webapi.ErrUnreadable}},
		"lacks ts":              {answer(200, js, `{"ok":true}`), webapi.Error{Status: 200, Maybe: true, Err: webapi.ErrLacking}},
		"500":                   {answer(500, js, `{"ok":false,"error":"oops"}`), webapi.Error{Status: 500, Code: "oops", Maybe: true}},
		"503 page":              {answer(503, "text/html", `<html>`), webapi.Error{Status: 503, Maybe: true}},
		"ok under a 500":        {answer(500, js, `{"ok":true,"ts":"1"}`), webapi.Error{Status: 500, Maybe: true}},
		"403 page":              {answer(403, "text/html", `<html>`), webapi.Error{Status: 403}},
		"redirect":              {answer(302, js, ``, "Location", "https://example.com/"), webapi.Error{Status: 302}},
		"429 without a wait":    {answer(429, js, ``), webapi.Error{Status: 429}},
		"429 with a long wait":  {answer(429, js, ``, "Retry-After", "30"), webapi.Error{Status: 429, RetryAfter: 30 * time.Second}},
		"429 with an odd wait":  {answer(429, js, ``, "Retry-After", "soon"), webapi.Error{Status: 429}},
		"429 with an evil wait": {answer(429, js, ``, "Retry-After", "99999999999"), webapi.Error{Status: 429, RetryAfter: time.Hour}},
		"too large":             {answer(200, js, `{"ok":true,"ts":"`+strings.Repeat("x", 5<<20)+`"}`), webapi.Error{Status: 200, Maybe: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			api, _ := slackAt(t, func(w http.ResponseWriter, r *http.Request) { calls.Add(1); c.answer(w, r) })
			e := fault(t, api.Call(t.Context(), "chat.postMessage", nil, &message{}))
			if e.Code != c.want.Code || e.Status != c.want.Status || e.Maybe != c.want.Maybe || e.NotSent ||
				e.RetryAfter != c.want.RetryAfter || e.Needed != c.want.Needed {
				t.Errorf("got %+v", *e)
			}
			if c.want.Err != nil && !errors.Is(e, c.want.Err) {
				t.Errorf("got %v, want %v", e, c.want.Err)
			}
			if n := calls.Load(); n != 1 {
				t.Errorf("a write left %d times", n)
			}
			if limited := c.want.Status == 429; e.Limited() != limited {
				t.Errorf("Limited is %t", e.Limited())
			}
		})
	}
}

type message struct {
	TS string `json:"ts"`
}

func (m *message) Lacks() string {
	if m.TS == "" {
		return "ts"
	}
	return ""
}

func TestAWriteThatIsNotAnsweredMayHaveHappened(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	var calls atomic.Int32
	c, _ := slackAt(t, func(_ http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		<-done
	})
	t.Cleanup(func() { close(done) })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	e := fault(t, c.Call(ctx, "chat.postMessage", url.Values{"channel": {"C1"}}, nil))
	if !e.Maybe || e.NotSent || !errors.Is(e, context.DeadlineExceeded) || calls.Load() != 1 || ctx.Err() != nil {
		t.Errorf("got %+v after %d calls", *e, calls.Load())
	}
}

func TestACutConnectionIsMaybe(t *testing.T) {
	t.Parallel()
	c, _ := slackAt(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	})
	if e := fault(t, c.Call(t.Context(), "chat.update", nil, nil)); !e.Maybe || e.NotSent {
		t.Errorf("got %+v", *e)
	}
}

func TestWithoutAConnectionNothingLeft(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(nil)
	srv.Close()
	c, err := webapi.New(webapi.Options{APIURL: srv.URL, Token: secret.New(token)})
	if err != nil {
		t.Fatal(err)
	}
	if e := fault(t, c.Call(t.Context(), "chat.postMessage", nil, nil)); e.Maybe || !e.NotSent {
		t.Errorf("got %+v", *e)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if e := fault(t, c.Call(over, "users.info", nil, nil)); !e.NotSent || e.Maybe {
		t.Errorf("got %+v", *e)
	}
}

func TestReadsAreRepeatedALittle(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	c, _ := slackAt(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) < 3 {
			answer(502, "text/html", "<html>")(w, r)
			return
		}
		answer(200, "application/json", `{"ok":true}`)(w, r)
	})
	if err := c.Call(t.Context(), "users.info", nil, nil); err != nil || calls.Load() != 3 {
		t.Errorf("got %v after %d calls", err, calls.Load())
	}
	calls.Store(-100)
	if e := fault(t, c.Call(t.Context(), "users.info", nil, nil)); e.Maybe || calls.Load() != -97 {
		t.Errorf("got %+v after %d calls", *e, calls.Load()+100)
	}
}

func TestAShort429IsWaitedOutEvenForAWrite(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	c, _ := slackAt(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			answer(429, "text/plain", "", "Retry-After", "1")(w, r)
			return
		}
		answer(200, "application/json", `{"ok":true,"ts":"1"}`)(w, r)
	})
	began := time.Now()
	if err := c.Call(t.Context(), "chat.postMessage", nil, &message{}); err != nil || calls.Load() != 2 {
		t.Fatalf("got %v after %d calls", err, calls.Load())
	}
	if waited := time.Since(began); waited < time.Second {
		t.Errorf("waited %s only", waited)
	}
	calls.Store(0)
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if e := fault(t, c.Call(short, "chat.postMessage", nil, nil)); !e.Limited() || e.RetryAfter != time.Second || calls.Load() != 1 {
		t.Errorf("got %+v after %d calls", *e, calls.Load())
	}
}

func TestPermanentFaults(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		"invalid_auth", "account_inactive", "token_revoked", "token_expired", "missing_scope", "not_allowed_token_type", "not_authed",
	} {
		c, _ := slackAt(t, answer(200, "application/json", `{"ok":false,"error":"`+code+`"}`))
		if err := c.Call(t.Context(), "auth.test", nil, nil); !webapi.Permanent(err) {
			t.Errorf("%s: %v is not permanent", code, err)
		}
	}
	c, _ := slackAt(t, answer(429, "application/json", ``, "Retry-After", "60"))
	if err := c.Call(t.Context(), "auth.test", nil, nil); webapi.Permanent(err) || webapi.Permanent(nil) {
		t.Errorf("%v is permanent", err)
	}
}

// TestMigration: Slack says of these that they pass.
func TestMigration(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"org_login_required", "team_added_to_org"} {
		c, _ := slackAt(t, answer(200, "application/json", `{"ok":false,"error":"`+code+`"}`))
		err := c.Call(t.Context(), "chat.update", nil, nil)
		if e := fault(t, err); webapi.Permanent(err) || !e.Transient() || e.Maybe {
			t.Errorf("%s: %+v", code, *e)
		}
	}
}

// TestRefusedIsTold: whoever owns the client learns that Slack refuses the token itself, and of no other fault.
func TestRefusedIsTold(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"invalid_auth": true, "account_inactive": true, "token_revoked": true, "token_expired": true, "not_allowed_token_type": true,
		"missing_scope": false, "channel_not_found": false, "fatal_error": false,
	} {
		srv := httptest.NewServer(answer(200, "application/json", `{"ok":false,"error":"`+code+`"}`))
		told := false
		c, err := webapi.New(webapi.Options{APIURL: srv.URL, Token: secret.New(token), Refused: func() { told = true }})
		if err != nil {
			t.Fatal(err)
		}
		err = c.Call(t.Context(), "chat.update", nil, nil)
		if told != want || webapi.Refused(err) != want {
			t.Errorf("%s: told %t, %v", code, told, err)
		}
		srv.Close()
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, u := range []string{"http://slack.com/api/", "ftp://127.0.0.1/", "://", "https://u:p@slack.com/api/", "https://slack.com/api/?x=1"} {
		if _, err := webapi.New(webapi.Options{APIURL: u, Token: secret.New(token)}); err == nil {
			t.Errorf("%s is taken", u)
		}
	}
	if _, err := webapi.New(webapi.Options{}); err == nil {
		t.Error("an empty token is taken")
	}
}
