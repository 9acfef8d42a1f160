package fault

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Call is one request that arrived.
type Call struct {
	At     time.Time
	Method string
	Path   string // without the query
	Write  bool
	Status int    // what was answered; 0 when nothing was, or not yet
	Effect string // what changed at the server, for example "terminated 1001"; empty when nothing did
}

// Log keeps calls in the order of their arrival. The zero value is ready, and it may be used concurrently.
type Log struct {
	mu    sync.Mutex
	calls []*Call
	now   func() time.Time // nil: time.Now
}

// Calls returns a copy of all calls so far.
func (l *Log) Calls() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Call, len(l.calls))
	for i, c := range l.calls {
		out[i] = *c
	}
	return out
}

// entry is a call that is still being answered.
type entry struct {
	log  *Log
	call *Call
}

func (l *Log) arrive(r *http.Request, write bool) entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now
	if l.now != nil {
		now = l.now
	}
	c := &Call{At: now(), Method: r.Method, Path: r.URL.Path, Write: write}
	l.calls = append(l.calls, c)
	return entry{log: l, call: c}
}

func (e entry) change(f func(*Call)) {
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	f(e.call)
}

type noteKey struct{}

func noting(ctx context.Context, e entry) context.Context {
	return context.WithValue(ctx, noteKey{}, e)
}

// Effect notes what a request changed. ctx is that of a request that came through [Switch.Wrap]; with another it does nothing.
func Effect(ctx context.Context, effect string) {
	if e, ok := ctx.Value(noteKey{}).(entry); ok {
		e.change(func(c *Call) { c.Effect = effect })
	}
}

// statusWriter notes the status that is answered.
type statusWriter struct {
	http.ResponseWriter
	call entry
}

func (w *statusWriter) WriteHeader(status int) {
	w.call.change(func(c *Call) { c.Status = status })
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	w.call.change(func(c *Call) {
		if c.Status == 0 {
			c.Status = http.StatusOK
		}
	})
	return w.ResponseWriter.Write(p)
}
