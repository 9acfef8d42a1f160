package workspace

import (
	"cmp"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// FaultKind is one way to misbehave.
type FaultKind string

// The kinds. "After" means that Slack does what was asked for and the caller cannot know.
const (
	FaultNone          FaultKind = ""
	FaultThrottle      FaultKind = "throttle"       // 429, with Retry-After unless RetryAfter is 0
	FaultStatus        FaultKind = "status"         // does nothing, answers Status (500)
	FaultStatusAfter   FaultKind = "status_after"   // does it, answers Status (500)
	FaultTimeout       FaultKind = "timeout"        // does nothing, never answers
	FaultTimeoutAfter  FaultKind = "timeout_after"  // does it, never answers
	FaultCut           FaultKind = "cut"            // does nothing, closes the connection
	FaultCutAfter      FaultKind = "cut_after"      // does it, closes the connection
	FaultSlow          FaultKind = "slow"           // waits for Delay, then behaves
	FaultHTML          FaultKind = "html"           // does nothing, 200 with a page
	FaultHTMLAfter     FaultKind = "html_after"     // does it, 200 with a page
	FaultRefuse        FaultKind = "refuse"         // does nothing, ok:false with Error
	FaultEmpty         FaultKind = "empty"          // does nothing, {}
	FaultNoError       FaultKind = "no_error"       // does nothing, {"ok":false}
	FaultOKWithNothing FaultKind = "ok_and_nothing" // does nothing, {"ok":true}
)

// FaultKinds lists every FaultKind but FaultNone.
func FaultKinds() []FaultKind {
	return []FaultKind{
		FaultThrottle, FaultStatus, FaultStatusAfter, FaultTimeout, FaultTimeoutAfter, FaultCut, FaultCutAfter, FaultSlow, FaultHTML,
		FaultHTMLAfter, FaultRefuse, FaultEmpty, FaultNoError, FaultOKWithNothing,
	}
}

func (k FaultKind) does() bool {
	switch k {
	case FaultNone, FaultSlow, FaultStatusAfter, FaultTimeoutAfter, FaultCutAfter, FaultHTMLAfter:
		return true
	case FaultThrottle, FaultStatus, FaultTimeout, FaultCut, FaultHTML, FaultRefuse, FaultEmpty, FaultNoError, FaultOKWithNothing:
		return false
	}
	return false
}

// Fault is a kind with its particulars.
type Fault struct {
	Method     string // a method of the Web API, or [ResponseURL]; empty: any
	Kind       FaultKind
	Times      int               // how many calls it meets; 0: until cleared
	With       map[string]string // only calls with these parameters; nil: all
	RetryAfter int               // FaultThrottle: seconds; 0: no such header
	Status     int               // FaultStatus…: 0 means 500
	Error      string            // FaultRefuse
	Delay      time.Duration     // FaultSlow
}

// Fault adds a fault. The first that matches a call is met.
func (w *Workspace) Fault(f Fault) { w.do(func() { w.faults = append(w.faults, &f) }) }

// Faults lists what is set, in the order of its setting.
func (w *Workspace) Faults() []Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []Fault
	for _, f := range w.faults {
		out = append(out, *f)
	}
	return out
}

// ClearFaults removes all faults.
func (w *Workspace) ClearFaults() { w.do(func() { w.faults = nil }) }

// arrive notes a call and returns the fault that it meets.
func (w *Workspace) arrive(c *Call) Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.touch()
	w.calls = append(w.calls, c)
	for i, f := range w.faults {
		if !f.meets(c) {
			continue
		}
		if f.Times == 1 {
			w.faults = slices.Delete(w.faults, i, i+1)
		} else if f.Times > 1 {
			f.Times--
		}
		c.Fault = f.Kind
		return *f
	}
	return Fault{}
}

func (f *Fault) meets(c *Call) bool {
	if f.Method != "" && f.Method != c.Method {
		return false
	}
	for k, v := range f.With {
		if c.Params[k] != v {
			return false
		}
	}
	return true
}

// noting notes in a call what its fault answers, in the place of what the method would have. Until then nothing is answered.
func (w *Workspace) noting(res http.ResponseWriter, c *Call, f Fault) http.ResponseWriter {
	if f.Kind == FaultNone || f.Kind == FaultSlow {
		return res
	}
	w.do(func() { c.Status = 0 })
	return &noted{ResponseWriter: res, w: w, call: c}
}

type noted struct {
	http.ResponseWriter
	w    *Workspace
	call *Call
}

func (n *noted) WriteHeader(status int) {
	n.w.do(func() { n.call.Status = status })
	n.ResponseWriter.WriteHeader(status)
}

func (n *noted) Write(p []byte) (int, error) {
	n.w.do(func() { n.call.Status = cmp.Or(n.call.Status, http.StatusOK) })
	return n.ResponseWriter.Write(p)
}

// during is what happens before the method runs. It reports whether that was all.
func (f Fault) during(res http.ResponseWriter, req *http.Request, log *slog.Logger) bool {
	if f.Kind == FaultSlow {
		t := time.NewTimer(f.Delay)
		defer t.Stop()
		select {
		case <-t.C:
		case <-req.Context().Done():
			return true
		}
	}
	if f.Kind != FaultNone {
		log.Debug("a fault is met", "method", req.URL.Path, "fault", string(f.Kind))
	}
	return !f.Kind.does() && f.misbehave(res, req)
}

// after is what happens instead of the answer. It reports whether there was anything.
func (f Fault) after(res http.ResponseWriter, req *http.Request) bool { return f.misbehave(res, req) }

func (f Fault) misbehave(res http.ResponseWriter, req *http.Request) bool {
	switch f.Kind {
	case FaultThrottle:
		if f.RetryAfter > 0 {
			res.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
		reply(res, http.StatusTooManyRequests, answer{"ok": false, "error": "ratelimited"})
	case FaultStatus, FaultStatusAfter:
		status := f.Status
		if status == 0 {
			status = http.StatusInternalServerError
		}
		http.Error(res, "a local fault", status)
	case FaultTimeout, FaultTimeoutAfter:
		<-req.Context().Done() // the caller went away, or the workspace is closing
		panic(http.ErrAbortHandler)
	case FaultCut, FaultCutAfter:
		panic(http.ErrAbortHandler)
	case FaultHTML, FaultHTMLAfter:
		res.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(res, "<html><body>Please sign in to the network.</body></html>")
	case FaultRefuse:
		reply(res, http.StatusOK, answer{"ok": false, "error": f.Error})
	case FaultEmpty:
		reply(res, http.StatusOK, answer{})
	case FaultNoError:
		reply(res, http.StatusOK, answer{"ok": false})
	case FaultOKWithNothing:
		reply(res, http.StatusOK, answer{"ok": true})
	case FaultNone, FaultSlow:
		return false
	}
	return true
}
