package localzitadel

import (
	"io"
	"net/http"
	"strings"
)

const (
	maxID   = 200     // longer ids are refused before they are looked up
	maxBody = 1 << 20 //
)

// call is one authenticated request.
type call struct {
	r    *http.Request
	by   string // user id of the caller
	body []byte
}

func (c call) id() string { return c.r.PathValue("id") }

// handler answers a call while the server's state is locked.
type handler func(call) (any, *failure)

// api authenticates, checks the id in the path, and answers in JSON.
func (s *Server) api(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			invalid("body").write(w)
			return
		}
		answer, f := s.serve(h, call{r: r, body: body})
		if f != nil {
			f.write(w)
			return
		}
		writeJSON(w, http.StatusOK, answer)
	}
}

func (s *Server) serve(h handler, c call) (any, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	by, f := s.authenticate(c.r.Header.Get("Authorization"))
	if f != nil {
		return nil, f
	}
	c.by = by
	if len(c.id()) > maxID {
		return nil, invalid("invalid id: value length must be between 1 and 200 runes, inclusive")
	}
	return h(c)
}

// authenticate gives the user behind a bearer token: only of an active user, and only when issued for this API.
func (s *Server) authenticate(header string) (string, *failure) {
	if header == "" {
		return "", noToken
	}
	value, ok := strings.CutPrefix(header, "Bearer ")
	if !ok || value == "" {
		return "", tokenMalformed
	}
	t, ok := s.tokens[value]
	if !ok || !t.project || s.users[t.user].State != Active {
		return "", tokenInvalid
	}
	return t.user, nil
}

// level is what a member may do with users.
type level int

const (
	outsider level = iota // no membership there
	member                // a membership that has nothing to do with users
	viewer                // may read users
	manager               // may change and delete users
)

// Member is an administrative membership: of an organisation, or of the instance when Org is empty.
type Member struct {
	User  string
	Org   string
	Roles []string
}

func (m Member) level() level {
	best := member
	for _, role := range m.Roles {
		switch role {
		case "IAM_OWNER", "IAM_USER_MANAGER", "ORG_OWNER", "ORG_USER_MANAGER":
			return manager
		case "IAM_OWNER_VIEWER", "ORG_OWNER_VIEWER":
			best = viewer
		}
	}
	return best
}

// Grant makes a user an administrator.
func (s *Server) Grant(m Member) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.members = append(s.members, m)
}

// Revoke takes all memberships from a user.
func (s *Server) Revoke(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropMembers(user)
}

func (s *Server) dropMembers(user string) {
	kept := s.members[:0:0]
	for _, m := range s.members {
		if m.User != user {
			kept = append(kept, m)
		}
	}
	s.members = kept
}

// rights is the caller's best level at an organisation, the instance's memberships included.
func (s *Server) rights(by, org string) level {
	best := outsider
	for _, m := range s.members {
		if m.User == by && (m.Org == "" || m.Org == org) {
			best = max(best, m.level())
		}
	}
	return best
}

// need refuses a caller below a level at an organisation.
func (s *Server) need(by, org string, least level, id string) *failure {
	switch have := s.rights(by, org); {
	case have == outsider:
		return noMembership
	case have < least:
		return forbidden(id)
	}
	return nil
}
