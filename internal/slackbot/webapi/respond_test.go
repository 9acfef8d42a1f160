package webapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"offboard/internal/secret"
	"offboard/internal/slackbot/webapi"
)

func TestMayRespond(t *testing.T) {
	t.Parallel()
	c, err := webapi.New(webapi.Options{APIURL: "https://slack.example.com/api/", Token: secret.New(token)})
	if err != nil {
		t.Fatal(err)
	}
	for u, want := range map[string]bool{
		"https://hooks.slack.com/commands/T1/2/abc":       true,
		"https://HOOKS.slack.com/commands/T1/2/abc":       true,
		"https://slack.example.com/hooks/1":               true,
		"http://hooks.slack.com/commands/T1/2/abc":        false,
		"http://slack.example.com/hooks/1":                false,
		"https://hooks.slack.com.evil.example/x":          false,
		"https://evil.example/hooks.slack.com":            false,
		"https://hooks.slack.com@evil.example/x":          false,
		"https://hooks.slack.com:8443/x":                  false,
		"https://evil.example/?u=https://hooks.slack.com": false,
		"//hooks.slack.com/x":                             false,
		"":                                                false,
	} {
		if got := c.MayRespond(u); got != want {
			t.Errorf("MayRespond(%q) = %t", u, got)
		}
	}
}

func TestRespondSendsNoTokenAndLeaksNoURL(t *testing.T) {
	t.Parallel()
	const path = "/hooks/T1/secret-path"
	var auth, body string
	status, say := 200, "ok"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		auth, body = r.Header.Get("Authorization"), string(b)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, say)
	}))
	c, err := webapi.New(webapi.Options{APIURL: srv.URL, Token: secret.New(token)})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Respond(t.Context(), srv.URL+path, map[string]string{"text": "hi"}); err != nil || auth != "" || body != `{"text":"hi"}` {
		t.Errorf("got %v, auth %q, body %q", err, auth, body)
	}
	status, say = 404, "used_url"
	if e := fault(t, c.Respond(t.Context(), srv.URL+path, 1)); e.Code != "used_url" || e.Maybe {
		t.Errorf("got %+v", *e)
	}
	status, say = 200, `{"ok":false,"error":"expired_url"}`
	if e := fault(t, c.Respond(t.Context(), srv.URL+path, 1)); e.Code != "expired_url" {
		t.Errorf("got %+v", *e)
	}
	status, say = 500, "<html>"
	if e := fault(t, c.Respond(t.Context(), srv.URL+path, 1)); !e.Maybe {
		t.Errorf("got %+v", *e)
	}
	srv.Close()
	e := fault(t, c.Respond(t.Context(), srv.URL+path, 1))
	if strings.Contains(e.Error(), "secret-path") || e.Status != 0 {
		t.Errorf("got %+v", *e)
	}
}

// TestRespondKnocksAtNoOtherDoor: whoever can write a payload could name any address inside the network.
func TestRespondKnocksAtNoOtherDoor(t *testing.T) {
	t.Parallel()
	knocked := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { knocked = true }))
	defer other.Close()
	c, _ := slackAt(t, answer(200, "text/plain", "ok"))
	if e := fault(t, c.Respond(t.Context(), other.URL, 1)); !e.NotSent || knocked {
		t.Errorf("knocked %t, got %+v", knocked, *e)
	}
}

func TestNoErrorAndNoLogHoldsASecret(t *testing.T) {
	t.Parallel()
	for _, h := range []http.HandlerFunc{
		answer(500, "text/html", token), answer(200, "application/json", `{"ok":false,"error":"`+token+` echoed"}`),
		answer(302, "text/plain", "", "Location", "https://example.com/?t="+token), answer(429, "", "", "Retry-After", "1"),
	} {
		c, logs := slackAt(t, h)
		for _, err := range []error{
			c.Call(t.Context(), "users.info", map[string][]string{"user": {"U1"}}, nil), c.Call(t.Context(), "views.open", nil, nil),
		} {
			if err == nil || strings.Contains(err.Error(), token) || strings.Contains(logs.String(), token) {
				t.Errorf("error %v, logs %s", err, logs)
			}
		}
	}
}
