package fault

import (
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Mode is one way to misbehave.
type Mode string

// The modes.
const (
	None           Mode = "none"
	TimeoutAfter   Mode = "timeout_after"    // does it, then never answers
	TimeoutBefore  Mode = "timeout_before"   // does nothing and never answers
	Status500      Mode = "status_500"       // does nothing and answers 500
	Status500After Mode = "status_500_after" // does it and answers 500
	Throttle       Mode = "throttle"         // does nothing and answers 429
	Slow           Mode = "slow"             // waits for Delay, then behaves
	HTML           Mode = "html"             // does nothing and answers 200 with a page
	HTMLAfter      Mode = "html_after"       // does it and answers 200 with a page
	CutAfter       Mode = "cut_after"        // does it and closes the connection without an answer
	Redirect       Mode = "redirect"         // does nothing and answers 307
	Oversize       Mode = "oversize"         // does nothing and answers 200 with JSON of more than 1 MiB
)

// Modes lists every Mode.
func Modes() []Mode {
	return []Mode{None, TimeoutAfter, TimeoutBefore, Status500, Status500After, Throttle, Slow, HTML, HTMLAfter, CutAfter, Redirect,
		Oversize}
}

// Does reports whether a request under this mode takes effect.
func (m Mode) Does() bool {
	switch m {
	case None, Slow, TimeoutAfter, Status500After, HTMLAfter, CutAfter:
		return true
	case TimeoutBefore, Status500, Throttle, HTML, Redirect, Oversize:
		return false
	}
	return false
}

// Fault is a mode with its particulars.
type Fault struct {
	Mode       Mode
	Times      int           // how many requests it meets; 0: until cleared
	RetryAfter int           // Throttle: seconds; 0: no such header
	Delay      time.Duration // Slow
	Location   string        // Redirect: where to; empty: a host that does not exist
}

// Speaker gives the content type and the body of an error, in a provider's own format.
type Speaker func(status int) (contentType, body string)

// Onward matches the first write, and everything from then on: what became of that write cannot be read.
const Onward = "onward"

// Switch holds the faults that are set, one for each of "write", "read", [Onward] and "any", and the log of all calls. The zero value is
// ready, and it may be used concurrently.
type Switch struct {
	mu    sync.Mutex
	set   map[string]Fault
	begun bool // what Onward waits for has come
	speak Speaker
	log   Log
}

// Set makes requests that match ("write", "read", Onward or "any") misbehave, in place of what was set for that match before.
func (s *Switch) Set(match string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(match, f)
}

// Only is Set and the end of all other faults. Where Onward has begun and is set again, it goes on.
func (s *Switch) Only(match string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.set, func(m string, _ Fault) bool { return m != match })
	s.put(match, f)
}

func (s *Switch) put(match string, f Fault) {
	_, already := s.set[match]
	s.begun = s.begun && (match != Onward || already)
	if s.set == nil {
		s.set = map[string]Fault{}
	}
	s.set[match] = f
}

// Clear removes all faults.
func (s *Switch) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.set)
	s.begun = false
}

// Active returns what is set, by match.
func (s *Switch) Active() map[string]Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.set)
}

// Speak sets the format of the errors that faults answer with.
func (s *Switch) Speak(f Speaker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.speak = f
}

// Clock sets the clock by which calls are noted.
func (s *Switch) Clock(now func() time.Time) {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.now = now
}

// Calls returns a copy of all calls so far, in the order of their arrival.
func (s *Switch) Calls() []Call { return s.log.Calls() }

// Wrap puts the switch in front of a handler. The request's body is read before anything else, so that a client that goes away
// is noticed.
func (s *Switch) Wrap(isWrite func(*http.Request) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !buffer(w, r) {
			return
		}
		write := isWrite(r)
		call := s.log.arrive(r, write)
		r = r.WithContext(noting(r.Context(), call))
		s.serve(&statusWriter{ResponseWriter: w, call: call}, r, s.take(write), next)
	})
}

const largestRequest = 1 << 20

func buffer(w http.ResponseWriter, r *http.Request) bool {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestRequest))
	if err != nil {
		http.Error(w, "the body could not be read", http.StatusRequestEntityTooLarge)
		return false
	}
	r.Body = io.NopCloser(strings.NewReader(string(raw)))
	return true
}

// take returns the fault for one request and counts it down.
func (s *Switch) take(write bool) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	match := "read"
	if write {
		match = "write"
	}
	_, waits := s.set[Onward]
	s.begun = s.begun || waits && write
	for _, m := range []string{match, Onward, "any"} {
		f, ok := s.set[m]
		if !ok || m == Onward && !s.begun {
			continue
		}
		if f.Times == 1 {
			delete(s.set, m)
		} else if f.Times > 1 {
			f.Times--
			s.set[m] = f
		}
		return f
	}
	return Fault{Mode: None}
}

func (s *Switch) serve(w http.ResponseWriter, r *http.Request, f Fault, next http.Handler) {
	switch f.Mode {
	case None:
		next.ServeHTTP(w, r)
		return
	case Slow:
		if pause(r, f.Delay) {
			next.ServeHTTP(w, r)
		}
		return
	case TimeoutAfter, Status500After, HTMLAfter, CutAfter, TimeoutBefore, Status500, Throttle, HTML, Redirect, Oversize:
	}
	if f.Mode.Does() {
		next.ServeHTTP(unseen{}, r)
	}
	s.misbehave(w, r, f)
}

// unseen takes an answer that nobody will see.
type unseen struct{}

func (unseen) Header() http.Header         { return http.Header{} }
func (unseen) Write(p []byte) (int, error) { return len(p), nil }
func (unseen) WriteHeader(int)             {}

func pause(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (s *Switch) misbehave(w http.ResponseWriter, r *http.Request, f Fault) {
	switch f.Mode {
	case TimeoutAfter, TimeoutBefore:
		<-r.Context().Done() // the client went away, or the server is closing
		panic(http.ErrAbortHandler)
	case CutAfter:
		panic(http.ErrAbortHandler)
	case Status500, Status500After:
		s.fail(w, http.StatusInternalServerError)
	case Throttle:
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
		s.fail(w, http.StatusTooManyRequests)
	case HTML, HTMLAfter:
		answer(w, http.StatusOK, "text/html; charset=utf-8", "<html><body>Please sign in to the network.</body></html>")
	case Redirect:
		w.Header().Set("Location", elsewhere(f.Location, r))
		answer(w, http.StatusTemporaryRedirect, "text/plain", "")
	case Oversize:
		answer(w, http.StatusOK, "application/json", `{"filler":"`+strings.Repeat("x", largestRequest)+`"}`)
	case None, Slow:
	}
}

func elsewhere(base string, r *http.Request) string {
	if base == "" {
		base = "https://elsewhere.invalid"
	}
	return base + r.URL.RequestURI()
}

func (s *Switch) fail(w http.ResponseWriter, status int) {
	s.mu.Lock()
	speak := s.speak
	s.mu.Unlock()
	if speak == nil {
		speak = func(int) (string, string) { return "application/json", `{"message":"a local fault"}` }
	}
	contentType, body := speak(status)
	answer(w, status, contentType, body)
}

func answer(w http.ResponseWriter, status int, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}
