package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// noted is a test that keeps what a tab complains of, and is not failed by it.
type noted struct {
	testing.TB
	complaints []string
	cleanups   []func()
}

func (n *noted) Error(args ...any) { n.complaints = append(n.complaints, fmt.Sprint(args...)) }

func (n *noted) Cleanup(f func()) { n.cleanups = append(n.cleanups, f) }

// end ends the test that a tab believes to be in.
func (n *noted) end() {
	for _, f := range slices.Backward(n.cleanups) {
		f()
	}
}

// A page that logs an error or throws fails the test of whoever looks at it; a page that does not, does not.
func TestATabComplains(t *testing.T) {
	t.Parallel()
	b := Start(t)
	for name, c := range map[string]struct{ does, complaint string }{
		"nothing":                    {"", ""},
		"a note":                     {`console.log("by the way")`, ""},
		"an error":                   {`console.error("it is", { broken: 1 })`, `the page logs error: "it is"`},
		"a warning":                  {`console.warn("beware")`, `the page logs warning: "beware"`},
		"an exception":               {`throw new Error("no further")`, "no further"},
		"an exception in a handler":  {`setTimeout(() => { nothing.at.all })`, "nothing is not defined"},
		"a promise that nobody kept": {`Promise.reject(new Error("not kept"))`, "not kept"},
		"what there is not":          {`fetch("/missing")`, "status of 404"},
		"what the page carries":      {`fetch("data:,x"); fetch(URL.createObjectURL(new Blob(["x"])))`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			n := &noted{TB: t}
			tab := b.Open(n, serve(t, c.does), Wide)
			tab.See("over")
			if c.complaint != "" {
				tab.Until("it is noted: "+c.complaint, func() bool { return tab.noted(c.complaint) })
			}
			n.end()
			if got := strings.Join(n.complaints, "\n"); c.complaint == "" && got != "" || !strings.Contains(got, c.complaint) {
				t.Errorf("the tab complains of %q, where it must say %q", got, c.complaint)
			}
		})
	}
}

// serve serves a page that does something, and says when it has begun to.
func serve(t *testing.T, does string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><link rel="icon" href="data:,"><body><script>document.body.append("over")</script><script>%s</script></body></html>`, does)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// What a test says it expects is no complaint, and no more than that is forgiven.
func TestWhatWasExpectedIsForgiven(t *testing.T) {
	t.Parallel()
	b := Start(t)
	n := &noted{TB: t}
	tab := b.Open(n, serve(t, `console.error("expected"); console.error("not this")`), Wide)
	tab.Until("both are noted", func() bool { return tab.noted("expected") && tab.noted("not this") })
	if got := tab.Expected("expected"); got != 1 {
		t.Errorf("%d complaints were forgiven", got)
	}
	n.end()
	if len(n.complaints) != 1 || !strings.Contains(n.complaints[0], "not this") {
		t.Errorf("the tab complains of %q", n.complaints)
	}
}

// A tab that saw no request at all watched nothing, which is no good sign.
func TestATabThatWatchedNothingComplains(t *testing.T) {
	t.Parallel()
	n := &noted{TB: t}
	(&Tab{t: n, outside: &outside{}}).judge()
	if len(n.complaints) != 1 || !strings.Contains(n.complaints[0], "nothing was watched") {
		t.Errorf("the tab complains of %q", n.complaints)
	}
}

// noted reports whether a complaint with these words is noted by now.
func (t *Tab) noted(words string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.ContainsFunc(t.wrong, func(s string) bool { return strings.Contains(s, words) })
}
