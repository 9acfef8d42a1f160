package localtorii

import (
	"cmp"
	"context"
	"crypto/subtle"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"offboard/internal/sandbox/fault"
)

// Behaviour makes the server an older one, or picks among answers that the vendor leaves open.
type Behaviour struct {
	IgnoresSelectors bool // a search shows every user of the environment, page by page
	HidesDeleted     bool // a search never shows deleted users
	DeletedIsGone    bool // reading a deleted user by id is a 404
}

// Server is a local Torii. It may be used concurrently.
type Server struct {
	key, environment string
	handler          http.Handler
	faults           fault.Switch

	mu    sync.Mutex
	now   func() time.Time
	users map[string]User
	how   Behaviour
}

// New makes a server that accepts one secret key, bound to one environment.
func New(secretKey, environment string) *Server {
	s := &Server{key: secretKey, environment: environment, users: map[string]User{}, now: time.Now}
	s.faults.Speak(func(status int) (string, string) { return problemType, string(problem(status, "a local fault")) })
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
	u.Status, u.Environment = cmp.Or(u.Status, Active), cmp.Or(u.Environment, s.environment)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[strings.ToLower(u.ID)] = u
}

// User is the server's own record of a user.
func (s *Server) User(id string) (User, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.users[strings.ToLower(id)]
	return u, ok
}

// Users are the server's own records, by id.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.users), func(a, b User) int { return cmp.Compare(a.ID, b.ID) })
}

// StateOf is the status of a user in the server's own record, invisible users included; empty where there is none.
func (s *Server) StateOf(id string) string {
	u, _ := s.User(id)
	return u.Status
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (s *Server) behaviour() Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.how
}

// remove deletes softly. A repeat and a user of another environment are both a 403.
func (s *Server) remove(ctx context.Context, id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.users[strings.ToLower(id)]
	switch {
	case !ok:
		return http.StatusNotFound
	case u.Environment != s.environment || u.Status == Deleted:
		return http.StatusForbidden
	}
	u.Status, u.DeletedAt, u.Updated = Deleted, s.now(), s.now()
	s.users[strings.ToLower(id)] = u
	fault.Effect(ctx, "deleted "+u.ID)
	return http.StatusNoContent
}

func (s *Server) authorised(r *http.Request) bool {
	return subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+s.key)) == 1
}

const problemType = "application/problem+json"

func problem(status int, detail string) []byte {
	raw, err := json.Marshal(map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail, "instance": "/",
	})
	if err != nil {
		panic(err) // only plain values are passed in
	}
	return raw
}

func refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(status)
	_, _ = w.Write(problem(status, detail))
}

func succeed(w http.ResponseWriter, data any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(data)
}
