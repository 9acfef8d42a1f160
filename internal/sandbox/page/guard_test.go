package page

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/town"
)

func TestOnlyThePageItselfMayActAndLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	say := line{As: town.Alice, Channel: town.General, Text: "hello"}
	for name, tt := range map[string]struct {
		change func(*http.Request)
		status int
	}{
		"the page":         {nil, http.StatusOK},
		"another site":     {func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, http.StatusForbidden},
		"another port":     {func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:1") }, http.StatusForbidden},
		"no origin":        {func(r *http.Request) { r.Header.Del("Origin") }, http.StatusForbidden},
		"an opaque origin": {func(r *http.Request) { r.Header.Set("Origin", "null") }, http.StatusForbidden},
		"a rebound name":   {func(r *http.Request) { r.Host = "evil.example" }, http.StatusForbidden},
		"a rebound name, same origin": {func(r *http.Request) {
			r.Host = "evil.example"
			r.Header.Set("Origin", "http://evil.example")
		}, http.StatusForbidden},
		"a form":       {func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, http.StatusUnsupportedMediaType},
		"a look":       {func(r *http.Request) { r.Method = http.MethodGet }, http.StatusNotFound},
		"an odd field": {func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{"odd":1}`)); r.ContentLength = 9 }, http.StatusBadRequest},
	} {
		before := len(w.town.Slack.Messages(town.General))
		status, _ := w.send("type", say, tt.change)
		if status != tt.status {
			t.Errorf("%s: status %d, not %d", name, status, tt.status)
		}
		if got := len(w.town.Slack.Messages(town.General)) - before; got != map[bool]int{true: 1}[tt.status == http.StatusOK] {
			t.Errorf("%s: %d messages were written", name, got)
		}
	}
	w.refuseAnotherHost("/", "/app.js", "/api/state?as="+town.Alice, "/api/events?as="+town.Alice)
}

// refuseAnotherHost holds that what is asked by another name than the page's own is refused.
func (w *world) refuseAnotherHost(paths ...string) {
	w.t.Helper()
	for _, path := range paths {
		req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.page.URL+path, nil)
		if err != nil {
			w.t.Fatal(err)
		}
		req.Host = "rebound.example"
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			w.t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusForbidden {
			w.t.Errorf("%s for another host: status %d", path, res.StatusCode)
		}
	}
}

func TestEveryAnswerCarriesThePolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/", "/app.js", "/style.css", "/no-such-file", "/api/state?as=" + town.Bob} {
		h := w.get(t.Context(), path).Header
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'self'") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

// Nothing that a provider or a person wrote can become HTML where only text nodes are made, and nothing outside is asked for.
func TestTheAssetsMakeNoHTMLAndLoadNothing(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`(?i)innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|srcdoc|\beval\b|` +
		`new Function|javascript:|\bstyle=|<script(?:>| (?:type="module" )?src="[a-z]*:)|@import|url\(`)
	outside := regexp.MustCompile(`(?:https?:)?//[a-z0-9]`)
	seen := 0
	err := fs.WalkDir(assets, "assets", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(assets, path)
		if err != nil {
			return err
		}
		seen++
		text := strings.ReplaceAll(string(raw), `xmlns="http://www.w3.org/2000/svg"`, "")
		if found := append(forbidden.FindAllString(text, -1), outside.FindAllString(text, -1)...); len(found) > 0 {
			t.Errorf("%s: %q", path, found)
		}
		return nil
	})
	if err != nil || seen < 5 {
		t.Fatalf("looked at %d files: %v", seen, err)
	}
}

func TestWhereItMayListen(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	for addr, says := range map[string]string{
		"0.0.0.0:0": "loopback only", ":0": "loopback only", "[::]:0": "loopback only", "192.0.2.1:0": "loopback only",
		"example.com:0": "loopback only", "8088": "an address and a port", "127.0.0.1:http-no": "--listen", taken.Addr().String(): "--listen 127.0.0.1:0",
	} {
		l, err := listen(t.Context(), addr)
		if err == nil {
			_ = l.Close()
		}
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", addr, err)
		}
	}
	for _, addr := range []string{"127.0.0.1:0", "localhost:0"} {
		l, err := listen(t.Context(), addr)
		if err != nil {
			t.Errorf("%s: %v", addr, err)
			continue
		}
		_ = l.Close()
	}
}

func TestItStopsWhileSomebodyWatches(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	out, said := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, "localhost:0", w.town, Bot{Records: w}, said) }()
	var text bytes.Buffer
	chunk := make([]byte, 512)
	for !strings.Contains(text.String(), "Ctrl-C") {
		n, err := out.Read(chunk)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(chunk[:n])
	}
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(text.String())
	w.page.URL = strings.TrimSuffix(url, "/")
	events := w.get(t.Context(), "/api/events?as="+town.Carol)
	if _, err := events.Body.Read(chunk); err != nil {
		t.Fatal(err)
	}
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(stopIn / 2):
		t.Error("it goes on")
	}
	for _, want := range []string{"/offboard dana.hill@example.com provider:ecgrid", "alice", "may approve", "a guest"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q was not said in:\n%s", want, text.String())
		}
	}
}
