package localzitadel

import (
	"crypto/rsa"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"offboard/internal/sandbox/fault"
)

// Server is one local instance. It is an [http.Handler]; all methods may be called concurrently.
type Server struct {
	faults *fault.Switch
	routes http.Handler

	mu       sync.Mutex
	now      func() time.Time
	issuer   string // external URL, without a trailing slash
	host     string
	sequence uint64
	orgs     map[string]bool
	users    map[string]User
	index    map[string]User // what searches see while the index is held back; nil when it is up to date
	members  []Member
	sessions map[string]string // session id → user id
	tokens   map[string]token
	clients  map[string]client // client id → who it is
	keys     map[string]key    // key id → whose it is
	instead  []interjection
}

type token struct {
	user    string
	project bool // issued with the scope that makes the API its audience
}

type client struct{ user, secret string }

type key struct {
	user   string
	public *rsa.PublicKey
}

// New makes an instance that answers for the host of this external URL, for example "http://127.0.0.1:8091".
func New(external string) (*Server, error) {
	s := &Server{
		faults: &fault.Switch{}, now: time.Now,
		orgs: map[string]bool{}, users: map[string]User{}, sessions: map[string]string{},
		tokens: map[string]token{}, clients: map[string]client{}, keys: map[string]key{},
	}
	if err := s.Move(external); err != nil {
		return nil, err
	}
	s.faults.Speak(speak)
	s.routes = s.faults.Wrap(isWrite, s.front(s.mux()))
	return s, nil
}

// Move gives the instance another external URL: it answers for that host from now on, and for no other.
func (s *Server) Move(external string) error {
	u, err := url.Parse(external)
	if err != nil || u.Host == "" {
		return fmt.Errorf("external URL %q: needs a scheme and a host", external)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.issuer, s.host = u.Scheme+"://"+u.Host, u.Host
	return nil
}

// ServeHTTP answers one call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.routes.ServeHTTP(w, r) }

// Faults is the switch for faults that any vendor can have, and the log of all calls.
func (s *Server) Faults() *fault.Switch { return s.faults }

// Clock sets the clock by which changes and calls are noted.
func (s *Server) Clock(now func() time.Time) {
	s.faults.Clock(now)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now
}

// Calls returns all calls so far, in the order of their arrival.
func (s *Server) Calls() []fault.Call { return s.faults.Calls() }

// HoldSearch keeps the search index as it is now until it is called with false: searches lag behind writes at a real instance, get by
// id does not.
func (s *Server) HoldSearch(hold bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index = nil
	if hold {
		s.index = maps.Clone(s.users)
	}
}

// isWrite tells the calls that change an account from reads, tokens and session clean-up.
func isWrite(r *http.Request) bool {
	p := r.URL.Path
	switch r.Method {
	case http.MethodDelete:
		return strings.HasPrefix(p, "/v2/users/") || strings.HasPrefix(p, "/management/v1/users/")
	case http.MethodPost:
		return strings.HasSuffix(p, "/deactivate") || strings.HasSuffix(p, "/reactivate")
	}
	return false
}

func (s *Server) mux() *http.ServeMux {
	m := http.NewServeMux()
	m.HandleFunc("POST /oauth/v2/token", s.issueToken)
	for pattern, h := range map[string]handler{
		"GET /auth/v1/users/me":                              s.whoAmI,
		"GET /v2/users/{id}":                                 s.getUser,
		"POST /v2/users":                                     s.searchUsers,
		"POST /v2/users/{id}/deactivate":                     s.deactivate,
		"POST /v2/users/{id}/reactivate":                     s.reactivate,
		"DELETE /v2/users/{id}":                              s.deleteV2,
		"DELETE /management/v1/users/{id}":                   s.deleteV1,
		"POST /management/v1/users/{id}/memberships/_search": s.searchMemberships,
		"POST /management/v1/orgs/me/members/_search":        s.searchOrgMembers,
		"POST /admin/v1/members/_search":                     s.searchInstanceMembers,
		"POST /v2/sessions/search":                           s.searchSessions,
		"DELETE /v2/sessions/{id}":                           s.deleteSession,
	} {
		m.HandleFunc(pattern, s.api(h))
	}
	m.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { unknownPath.write(w) })
	return m
}

// front answers what comes before any route: the instance is chosen by Host, and whatever was interjected. The token endpoint is no part
// of the API and says in plain text that there is no instance.
func (s *Server) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := s.before(r.Host, r.URL.Path)
		switch {
		case f == nil:
			next.ServeHTTP(w, r)
		case f == unknownPath && strings.HasPrefix(r.URL.Path, "/oauth/"):
			http.Error(w, "unable to set instance: Instance not found", http.StatusNotFound)
		default:
			f.write(w)
		}
	})
}

// details is what a write answers, and what a user carries.
func (s *Server) details(org string) map[string]any {
	s.sequence++
	return object("sequence", number(s.sequence), "changeDate", stamp(s.now()), "resourceOwner", org)
}
