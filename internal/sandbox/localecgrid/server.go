package localecgrid

import (
	"cmp"
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"offboard/internal/sandbox/fault"
)

// Repeat is how a second DELETE of the same user is answered, which the vendor does not document.
type Repeat string

// The answers to a second DELETE.
const (
	RepeatTrue     Repeat = "true"      // 200, data true
	RepeatFalse    Repeat = "false"     // 200, data false
	RepeatNotFound Repeat = "not_found" // 404 ObjectNotFound
)

// Behaviour picks among answers that the vendor leaves open. The zero value is what its pages show most.
type Behaviour struct {
	OtherSpelling bool   // loginName and eMail
	Sparse        bool   // leaves out optional fields
	Repeat        Repeat // the zero value is RepeatNotFound
	Vanishes      bool   // a terminated user answers 404 from then on
	SaysFalse     bool   // DELETE answers 200 with data false and does nothing
	NoList        bool   // the key may not list users: 403 AccessDenied
	LargestPage   int    // the server's own limit of a page; 0: 500
}

// Server is a local ECGrid. It may be used concurrently.
type Server struct {
	key     string
	handler http.Handler
	faults  fault.Switch

	mu    sync.Mutex
	now   func() time.Time
	me    int
	users map[int]User
	how   Behaviour
}

// New makes a server that accepts one API key. The key belongs to the user with the given id, who exists already.
func New(apiKey string, me int) *Server {
	s := &Server{key: apiKey, me: me, users: map[int]User{}, now: time.Now}
	s.Put(User{ID: me, Login: "offboard-bot", Email: "offboard-bot@example.com", FirstName: "Offboard", LastName: "Bot",
		AuthLevel: "NetworkAdmin", NetworkID: 1})
	s.faults.Speak(func(status int) (string, string) {
		return "application/json", string(envelope(false, nil, codes[status], "a local fault"))
	})
	s.handler = s.faults.Wrap(func(r *http.Request) bool { return r.Method == http.MethodDelete }, s.routes())
	return s
}

// Faults is the switch for misbehaviour. A write is a DELETE.
func (s *Server) Faults() *fault.Switch { return &s.faults }

// Clock sets the clock by which changes and calls are noted.
func (s *Server) Clock(now func() time.Time) {
	s.faults.Clock(now)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now
}

// Calls is the record of all requests.
func (s *Server) Calls() []fault.Call { return s.faults.Calls() }

// Behave changes how open questions are answered.
func (s *Server) Behave(b Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.how = b
}

// Put adds a user, or replaces the one with this id.
func (s *Server) Put(u User) {
	u.Status, u.AuthLevel = cmp.Or(u.Status, Active), cmp.Or(u.AuthLevel, "MailboxUser")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[u.ID] = u
}

// User is the server's own record of a user.
func (s *Server) User(id int) (User, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.users[id]
	return u, ok
}

// Users are the server's own records, by id.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sorted()
}

// StateOf is the status of a user in the server's own record, invisible users included; empty where there is none.
func (s *Server) StateOf(id string) string {
	n, err := strconv.Atoi(id)
	if err != nil {
		return ""
	}
	u, _ := s.User(n)
	return u.Status
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (s *Server) sorted() []User {
	return slices.SortedFunc(maps.Values(s.users), func(a, b User) int { return cmp.Compare(a.ID, b.ID) })
}

// terminate changes the record. The status says how it is answered: 200 with done, or an error status.
func (s *Server) terminate(ctx context.Context, id int) (done bool, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.users[id]
	switch {
	case !ok || u.Invisible:
		return false, http.StatusNotFound
	case s.how.SaysFalse:
		return false, http.StatusOK
	case u.Status == Terminated:
		return s.repeated()
	}
	u.Status, u.Modified, u.Invisible = Terminated, s.now(), s.how.Vanishes
	s.users[id] = u
	fault.Effect(ctx, fmt.Sprintf("terminated %d", id))
	return true, http.StatusOK
}

func (s *Server) repeated() (bool, int) {
	switch s.how.Repeat {
	case RepeatTrue:
		return true, http.StatusOK
	case RepeatFalse:
		return false, http.StatusOK
	case RepeatNotFound:
	}
	return false, http.StatusNotFound
}

func (s *Server) authorised(r *http.Request) bool {
	return subtle.ConstantTimeCompare([]byte(r.Header.Get("X-API-Key")), []byte(s.key)) == 1
}

// codes are the error codes that go with a status (facts/providers.md, "ECGrid").
var codes = map[int]string{
	http.StatusBadRequest: "InvalidParameter", http.StatusUnauthorized: "InvalidAPIKey", http.StatusForbidden: "AccessDenied",
	http.StatusNotFound: "ObjectNotFound", http.StatusTooManyRequests: "RateLimitExceeded",
	http.StatusInternalServerError: "InternalError",
}

func envelope(ok bool, data any, code, message string) []byte {
	raw, err := json.Marshal(map[string]any{"success": ok, "data": data, "errorCode": code, "message": message})
	if err != nil {
		panic(err) // only plain values are passed in
	}
	return raw
}

func succeed(w http.ResponseWriter, data any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(envelope(true, data, "", ""))
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(envelope(false, nil, codes[status], message))
}
