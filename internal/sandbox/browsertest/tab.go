package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Tab is one visitor's tab.
type Tab struct {
	t       testing.TB
	ctx     context.Context //nolint:containedctx // chromedp's contexts are its tabs
	outside *outside

	mu       sync.Mutex
	wrong    []string
	asked    int            // requests so far
	answered map[string]int // answers so far, by path
}

const (
	patience = 8 * time.Minute  // for everything that a test does in a tab
	eachWait = 30 * time.Second // for one thing to come

	// While waiting the first look is soon, and the later ones are further apart: each takes the page's time.
	lookSoon = 15 * time.Millisecond
	lookLate = 150 * time.Millisecond
)

// do does something in the tab.
func (t *Tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	t.t.Helper()
	if err := chromedp.Do(t.ctx, steps...); err != nil {
		t.t.Fatalf("%s: %v", what, err)
	}
}

// listen notes what must not happen.
func (t *Tab) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		switch e.Type { //nolint:exhaustive // the others are no complaints
		case runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeWarning, runtime.ConsoleAPICalledTypeAssert:
			t.note("the page logs %s: %s", e.Type, arguments(e.Args))
		}
	case *runtime.EventExceptionThrown:
		t.note("the page throws: %s %s", e.ExceptionDetails.Text, arguments([]*runtime.RemoteObject{e.ExceptionDetails.Exception}))
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			t.note("the browser logs %s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		t.request(e.Request.URL)
	case *network.EventWebSocketCreated: // of which there is no other word
		t.request(e.URL)
	case *network.EventResponseReceived:
		t.answer(e.Response.URL)
	}
}

func arguments(args []*runtime.RemoteObject) string {
	var out []string
	for _, a := range args {
		switch {
		case a == nil:
		case len(a.Value) != 0:
			out = append(out, string(a.Value))
		default:
			out = append(out, a.Description) // of what has no JSON
		}
	}
	return strings.Join(out, " ")
}

func (t *Tab) request(raw string) {
	t.mu.Lock()
	t.asked++
	t.mu.Unlock()
	u, err := url.Parse(raw)
	if err != nil {
		t.note("a request to %q: %v", raw, err)
		return
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme != "data" && u.Scheme != "blob" && (ip == nil || !ip.IsLoopback()) {
		t.note("a request to %s, which is not loopback", raw)
	}
}

func (t *Tab) answer(raw string) {
	if u, err := url.Parse(raw); err == nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.answered[u.Path]++
	}
}

// Answered is how often the page was answered at a path so far.
func (t *Tab) Answered(path string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.answered[path]
}

func (t *Tab) note(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wrong = append(t.wrong, fmt.Sprintf(format, args...))
}

// Expected takes back what was noted so far and holds the words: errors that the test provoked. It returns how many there were.
func (t *Tab) Expected(words string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := len(t.wrong)
	t.wrong = slices.DeleteFunc(t.wrong, func(s string) bool { return strings.Contains(s, words) })
	return before - len(t.wrong)
}

// judge fails the test for all that was noted. The tab is closed.
func (t *Tab) judge() {
	for _, to := range t.outside.asked {
		t.note("something in the tab asked for %s, which is not loopback", to)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, w := range t.wrong {
		t.t.Error(w)
	}
	if t.asked == 0 {
		t.t.Error("no request was noted: nothing was watched")
	}
}

// Eval gives the value of a JavaScript expression, which may be a promise.
func Eval[T any](t *Tab, expression string) T {
	t.t.Helper()
	out, err := chromedp.Run(t.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.t.Fatalf("%.80s: %v", expression, err)
	}
	return out
}

// Until waits until ok reports true. what says for what, in the words "waited in vain until …".
func (t *Tab) Until(what string, ok func() bool) {
	t.t.Helper()
	late := time.NewTimer(eachWait)
	defer late.Stop()
	pause := lookSoon
	look := time.NewTimer(pause)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
			pause = min(pause*3/2, lookLate)
			look.Reset(pause)
		case <-late.C:
			t.t.Fatalf("waited in vain until %s; the page says:\n%.1500s", what, t.Text())
		case <-t.ctx.Done():
			t.t.Fatalf("waited until %s: %v", what, t.ctx.Err())
		}
	}
}

// Text is all that is to be read on the page.
func (t *Tab) Text() string { return Eval[string](t, `document.body.innerText`) }

// See waits until something can be read on the page.
func (t *Tab) See(words string) {
	t.t.Helper()
	t.Until("it says "+words, func() bool { return strings.Contains(t.Text(), words) })
}

// Quote gives a text as JavaScript.
func Quote(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string
	}
	return string(raw)
}

// Reload loads the page again.
func (t *Tab) Reload() {
	t.t.Helper()
	t.do("reload", chromedp.Reload())
}
