package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/providers"
)

func client(t *testing.T, url string, change func(*Options)) *Client {
	t.Helper()
	o := Options{Vendor: "Acme", BaseURL: url, ReadTimeout: 20 * time.Second, WriteTimeout: 20 * time.Second}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func answer(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func asked(err error) *providers.Error {
	e, _ := errors.AsType[*providers.Error](err)
	if e == nil {
		return &providers.Error{}
	}
	return e
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for url, good := range map[string]bool{
		"https://id.example.com": true, "https://id.example.com/": true, "https://id.example.com:8443/base/": true,
		"http://localhost:1": true, "http://127.0.0.9": true, "http://[::1]:80": true,
		"http://id.example.com": false, "http://localhost.example.com": false, "http://10.0.0.1": false, "https://u@h": false,
		"https://h?q": false, "https://h?": false, "https://h#f": false, "//h": false, "h": false, "": false, "unix:///x": false,
	} {
		if _, err := New(Options{Vendor: "Acme", BaseURL: url}); (err == nil) != good {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// TestHost: an approval holds for this, and an account is reserved by it, so one place has one spelling and two places have two.
func TestHost(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://id.example.com": "id.example.com", "https://ID.Example.com/": "id.example.com", "https://id.example.com:443": "id.example.com",
		"https://id.example.com:8443": "id.example.com:8443", "https://gate.example.com/eu/": "gate.example.com/eu",
		"https://gate.example.com//./eu": "gate.example.com/eu",
		"https://gate.example.com/US":    "gate.example.com/US", "http://127.0.0.1:80": "127.0.0.1", "http://127.0.0.1:443": "127.0.0.1:443",
		"http://[::1]:80/x": "[::1]/x",
	} {
		if got := client(t, url, nil).Host(); got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}

// TestBasePathIsTidied: a stray slash in the configured url is no reason to refuse every id.
func TestBasePathIsTidied(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://h": "https://h/users/1", "https://h//": "https://h/users/1", "https://h/a//b/": "https://h/a/b/users/1",
		"https://h/./a": "https://h/a/users/1", "https://h:8443/a": "https://h:8443/a/users/1",
	} {
		if u, err := client(t, base, nil).target("/users/1"); err != nil || u.String() != want {
			t.Errorf("%s: %v, %v; want %s", base, u, err, want)
		}
	}
}

func TestPathsStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	c := client(t, "https://id.example.com/base", nil)
	for path, good := range map[string]bool{
		"/users/1": true, "/users/search?limit=20&cursor=a%2Fb": true, "/users/a%2Fb": true,
		"/users/": false, "/users//x": false, "/users/../orgs": false, "/users/.": false, "/users/%2e%2e/x": false, "/users/1#x": false,
		"users": false, "": false, "@evil.example": false, ".evil.example/": false, ":80/": false, "/users/%zz": false, "/a\nb": false,
	} {
		u, err := c.target(path)
		if (err == nil) != good || err == nil && (u.Host != "id.example.com" || !strings.HasPrefix(u.Path, "/base/")) {
			t.Errorf("%q: %v, %v", path, u, err)
		}
	}
}

// TestVerdicts is the table of what an answer means, for a read and for a write.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	const js, page = "application/json", "text/html"
	mis, den, ref, tmp := providers.Misconfigured, providers.Denied, providers.Refused, providers.Temporary
	unk, lim := providers.UnknownOutcome, providers.RateLimited
	for _, c := range []struct {
		status      int
		kind, body  string
		read, write providers.Kind
	}{
		{200, js, `{}`, "", ""},
		{200, "application/problem+json; charset=utf-8", `{}`, "", ""},
		{200, "Application/JSON;charset=\"utf-8\"", `{}`, "", ""},
		{200, "application/json; charset", `{}`, "", ""},
		{200, "application/json; charset=utf-8; charset=utf-8", `{}`, "", ""},
		{200, js, "\ufeff{}", "", ""},
		{200, js, "\ufeff", mis, unk},
		{200, "application/jsonp", `{}`, mis, unk},
		{200, "text/html; also=application/json", `{}`, mis, unk},
		{204, "", ``, "", ""},
		{204, js, ``, "", ""},
		{204, page, ``, "", ""},
		{200, js, ``, mis, unk},
		{200, js, `{`, mis, unk},
		{200, js, `{}{}`, mis, unk},
		{200, page, `{}`, mis, unk},
		{200, "", `{}`, mis, unk},
		{200, js, `"` + strings.Repeat("x", Largest) + `"`, mis, unk},
		{301, js, `{}`, mis, unk},
		{303, js, `{}`, mis, unk},
		{304, js, ``, mis, unk},
		{400, js, `{}`, ref, ref},
		{400, page, `no`, mis, unk},
		{401, js, `{}`, den, den},
		{403, js, `{}`, den, den},
		{403, page, `no`, mis, unk},
		{404, js, `{}`, mis, mis},
		{404, page, `no`, mis, unk},
		{408, js, `{}`, tmp, unk},
		{429, js, `{}`, lim, lim},
		{429, page, `no`, lim, lim},
		{500, js, `{}`, tmp, unk},
		{502, page, `no`, tmp, unk},
	} {
		cl := client(t, serve(t, answer(c.status, c.kind, c.body)), nil)
		_, err := cl.Read(t.Context(), "read", http.MethodGet, "/x", nil, nil)
		if got := asked(err); (err == nil) != (c.read == "") || got.Kind != c.read {
			t.Errorf("read %d %s %.20s: %v, want %q", c.status, c.kind, c.body, err, c.read)
		}
		_, err = cl.Write(t.Context(), "write", http.MethodDelete, "/x", nil, nil)
		if got := asked(err); (err == nil) != (c.write == "") || got.Kind != c.write || got.NotSent {
			t.Errorf("write %d %s %.20s: %v, want %q", c.status, c.kind, c.body, err, c.write)
		}
	}
}

// TestVendorCannotTurnA500IntoAnAnswer: what a vendor makes of an answer never weakens what a status leaves open.
func TestVendorCannotTurnA500IntoAnAnswer(t *testing.T) {
	t.Parallel()
	classify := func(string, Response, bool) *providers.Error {
		return &providers.Error{Kind: providers.Refused, Code: "X-1", Say: "said", NotSent: true}
	}
	for status, want := range map[int]providers.Kind{
		400: providers.Refused, 408: providers.UnknownOutcome, 429: providers.RateLimited, 500: providers.UnknownOutcome, 599: providers.UnknownOutcome,
	} {
		c := client(t, serve(t, answer(status, "application/json", `{}`)), func(o *Options) { o.Classify = classify })
		_, err := c.Write(t.Context(), "write", http.MethodDelete, "/x", nil, nil)
		if e := asked(err); e.Kind != want || e.NotSent || e.Code != "X-1" || e.Say != "said" || e.Status != status {
			t.Errorf("%d: %+v, want %s", status, e, want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for raw, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "7\t": 7 * time.Second, "-7": 0, "1.5": 0, "soon": 0, "99999999999": 24 * time.Hour, "0": time.Second,
		now.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second, now.Add(-time.Hour).Format(http.TimeFormat): time.Second,
	} {
		if got := retryAfter(http.Header{"Retry-After": {raw}}, now); got != want {
			t.Errorf("%q = %s, want %s", raw, got, want)
		}
	}
}

func TestReadGivesUpOnLongWaits(t *testing.T) {
	t.Parallel()
	var asks atomic.Int32
	c := client(t, serve(t, func(w http.ResponseWriter, _ *http.Request) {
		asks.Add(1)
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	}), nil)
	_, err := c.Read(t.Context(), "read", http.MethodGet, "/x", nil, nil)
	if e := asked(err); e.Kind != providers.RateLimited || e.Wait != time.Hour || asks.Load() != 1 {
		t.Errorf("%+v after %d tries", e, asks.Load())
	}
}

// TestNotSentIsAFact: the first byte has to pass the door; a shut door lets nothing pass, whatever a goroutine still wants to do.
func TestNotSentIsAFact(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _, _ = ours.Close(), theirs.Close() })
	d := newDoor(t.Context())
	conn, err := d.take(ours, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.take(ours, nil); err == nil {
		t.Errorf("a second connection was taken")
	}
	if !d.shut() {
		t.Errorf("nothing has passed, and the door says otherwise")
	}
	if _, err := conn.Write([]byte("x")); !errors.Is(err, errNotSent) {
		t.Errorf("a shut door let something pass: %v", err)
	}
}

// TestWokenBeforeTheFirstByte stops the process, as it were, between the first look at the clock and the first byte: the deadline
// passes on the wall clock, and no timer has fired. The connection is made, and nothing is written to it.
func TestWokenBeforeTheFirstByte(t *testing.T) {
	t.Parallel()
	var came atomic.Int32
	c := client(t, serve(t, func(http.ResponseWriter, *http.Request) { came.Add(1) }), nil)
	d := newDoor(t.Context())
	if d.late() {
		t.Fatal("late from the start")
	}
	req, err := c.request(t.Context(), call{method: http.MethodDelete, path: "/x", write: true})
	if err != nil {
		t.Fatal(err)
	}
	d.deadline = time.Now().Add(-time.Minute).Round(0)
	res, err := c.throughDoor(d).RoundTrip(req)
	if err == nil {
		_ = res.Body.Close()
	}
	// Which error net/http tells is chance: that of the write, or that of the connection that was closed for it. The door is the fact.
	if err == nil || !d.shut() || came.Load() != 0 {
		t.Errorf("%v; %d requests came", err, came.Load())
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(answer(200, "application/json", `{}`))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	t.Cleanup(server.Close)
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	trusting := client(t, server.URL, func(o *Options) { o.Route.Authorities = pool })
	if _, err := trusting.Write(t.Context(), "write", http.MethodDelete, "/x", nil, nil); err != nil {
		t.Errorf("write over TLS: %v", err)
	}
	if _, err := trusting.Read(t.Context(), "read", http.MethodGet, "/x", nil, nil); err != nil {
		t.Errorf("read over TLS: %v", err)
	}
	wary := client(t, server.URL, nil)
	if _, err := wary.Write(t.Context(), "write", http.MethodDelete, "/x", nil, nil); !asked(err).NotSent {
		t.Errorf("write to an untrusted server: %+v", asked(err))
	}
	if _, err := wary.Read(t.Context(), "read", http.MethodGet, "/x", nil, nil); asked(err).Kind != providers.Misconfigured {
		t.Errorf("read from an untrusted server: %+v", asked(err))
	}
	if _, err := tls.Dial("tcp", server.Listener.Addr().String(), trusting.o.Route.TLS("example.com")); err != nil {
		t.Errorf("the server was not there: %v", err)
	}
}

// TestCredential: what goes wrong with it keeps its kind, and a write without one is not sent.
func TestCredential(t *testing.T) {
	t.Parallel()
	var came atomic.Int32
	url := serve(t, func(http.ResponseWriter, *http.Request) { came.Add(1) })
	for _, c := range []struct {
		err  error
		want providers.Kind
	}{
		{errors.New("token marked-secret"), providers.Temporary},
		{&providers.Error{Kind: providers.Denied, Say: "no"}, providers.Denied},
		{&providers.Error{Kind: providers.UnknownOutcome}, providers.Temporary},
	} {
		cl := client(t, url, func(o *Options) { o.Authorize = func(context.Context, http.Header) error { return c.err } })
		_, err := cl.Write(t.Context(), "write", http.MethodDelete, "/x", nil, nil)
		if e := asked(err); e.Kind != c.want || !e.NotSent || strings.Contains(e.Error()+e.Say, "marked-secret") {
			t.Errorf("%v: %+v", c.err, e)
		}
	}
	if came.Load() != 0 {
		t.Errorf("%d requests came without a credential", came.Load())
	}
}

// TestTooLateForACredential: a write whose time has passed does not even fetch a token.
func TestTooLateForACredential(t *testing.T) {
	t.Parallel()
	c := client(t, "https://id.example.com", func(o *Options) {
		o.Authorize = func(context.Context, http.Header) error { t.Error("a credential was fetched"); return nil }
	})
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if _, err := c.Write(ctx, "write", http.MethodDelete, "/x", nil, nil); !asked(err).NotSent {
		t.Errorf("%+v", asked(err))
	}
}

func TestLogHoldsThePathAndNoMore(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := client(t, serve(t, answer(200, "application/json", `{"mail":"anna@example.com"}`)), func(o *Options) {
		o.Logger = slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.Authorize = func(_ context.Context, h http.Header) error { h.Set("X-Key", "marked-secret"); return nil }
	})
	body := map[string]string{"email": "anna@example.com"}
	if _, err := c.Read(t.Context(), "search", http.MethodPost, "/search?cursor=abc", http.Header{"X-Org": {"marked-secret"}}, body); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, `"op":"search"`) || strings.Contains(got, "marked") || strings.Contains(got, "anna") {
		t.Errorf("log = %s", got)
	}
}

// TestPlain: token libraries get a client under the same rules.
func TestPlain(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"large": answer(200, "application/json", strings.Repeat("x", Largest+1)),
		"moved": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
	} {
		res, err := client(t, serve(t, h), nil).Plain().Get(serve(t, h))
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.ReadAll(res.Body)
		_ = res.Body.Close()
		if large := errors.Is(err, errTooLarge); large != (name == "large") || (res.StatusCode == http.StatusFound) != (name == "moved") {
			t.Errorf("%s: %d, %v", name, res.StatusCode, err)
		}
	}
}
