package fault_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/sandbox/fault"
)

// bench is a server whose only handler counts what took effect.
type bench struct {
	faults fault.Switch
	done   atomic.Int32
	url    string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{}
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.done.Add(1)
		fault.Effect(r.Context(), "did it")
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "{}")
	})
	write := func(r *http.Request) bool { return r.Method == http.MethodDelete }
	server := httptest.NewServer(b.faults.Wrap(write, next))
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

// ask sends one DELETE with a body and says what came of it: "status content-type", or "cut" or "silence".
func (b *bench) ask(t *testing.T, patience time.Duration) (string, *http.Response) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, b.url+"/users/1", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	switch {
	case ctx.Err() != nil:
		return "silence", nil
	case err != nil:
		return "cut", nil
	}
	body, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	kind, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	size := ""
	if len(body) > 1<<20 {
		size = " large"
	}
	return res.Status[:3] + " " + kind + size, res
}

func TestModes(t *testing.T) {
	t.Parallel()
	want := map[fault.Mode]string{
		fault.None: "200 application/json", fault.Slow: "200 application/json", fault.TimeoutAfter: "silence", fault.TimeoutBefore: "silence",
		fault.Status500: "500 application/json", fault.Status500After: "500 application/json", fault.Throttle: "429 application/json",
		fault.HTML: "200 text/html", fault.HTMLAfter: "200 text/html", fault.CutAfter: "cut", fault.Redirect: "307 text/plain",
		fault.Oversize: "200 application/json large",
	}
	for _, mode := range fault.Modes() {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.faults.Set("write", fault.Fault{Mode: mode, Times: 1, Delay: time.Millisecond})
			patience := 10 * time.Second
			if want[mode] == "silence" {
				patience = 100 * time.Millisecond
			}
			if got, _ := b.ask(t, patience); got != want[mode] {
				t.Errorf("answer = %q, want %q", got, want[mode])
			}
			if did := b.done.Load() == 1; did != mode.Does() {
				t.Errorf("took effect: %v, want %v", did, mode.Does())
			}
			calls := b.faults.Calls()
			if len(calls) != 1 || !calls[0].Write || calls[0].Path != "/users/1" || (calls[0].Effect == "did it") != mode.Does() {
				t.Errorf("log = %+v", calls)
			}
			if got, _ := b.ask(t, 10*time.Second); got != want[fault.None] {
				t.Errorf("after one time the fault is still there: %q", got)
			}
		})
	}
}

func TestThrottleSaysHowLong(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.faults.Set("any", fault.Fault{Mode: fault.Throttle, Times: 1, RetryAfter: 7})
	_, res := b.ask(t, 10*time.Second)
	if res == nil || res.Header.Get("Retry-After") != "7" {
		t.Errorf("answer = %v", res)
	}
	b.faults.Set("any", fault.Fault{Mode: fault.Throttle})
	if _, res := b.ask(t, 10*time.Second); res == nil || len(res.Header["Retry-After"]) != 0 {
		t.Errorf("a Retry-After that was not asked for: %v", res)
	}
	b.faults.Clear()
	if got, _ := b.ask(t, 10*time.Second); got != "200 application/json" || len(b.faults.Active()) != 0 {
		t.Errorf("after Clear: %q", got)
	}
}

// Onward spares reads until something is written, and nothing from then on.
func TestOnwardBeginsWithAWrite(t *testing.T) {
	t.Parallel()
	var s fault.Switch
	h := s.Wrap(func(r *http.Request) bool { return r.Method == http.MethodDelete }, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	ask := func(method string) int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/users/1", nil))
		return w.Code
	}
	for range 2 {
		s.Set(fault.Onward, fault.Fault{Mode: fault.Status500})
		if before, write, after := ask(http.MethodGet), ask(http.MethodDelete), ask(http.MethodGet); before != 200 || write != 500 || after != 500 {
			t.Errorf("a read, a write, a read: %d, %d, %d", before, write, after)
		}
		s.Only(fault.Onward, fault.Fault{Mode: fault.Throttle})
		if got := ask(http.MethodGet); got != 429 {
			t.Errorf("another fault in its place begins anew: %d", got)
		}
		s.Only("write", fault.Fault{Mode: fault.Status500})
		if got := ask(http.MethodGet); got != 200 {
			t.Errorf("it goes on: %d", got)
		}
	}
	s.Clear()
	if got := ask(http.MethodDelete); got != 200 {
		t.Errorf("after Clear: %d", got)
	}
}

func TestReadFaultsSpareWrites(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.faults.Set("read", fault.Fault{Mode: fault.Status500})
	if got, _ := b.ask(t, 10*time.Second); got != "200 application/json" {
		t.Errorf("a write met a fault for reads: %q", got)
	}
}
