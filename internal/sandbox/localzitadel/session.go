package localzitadel

import (
	"maps"
	"slices"
)

// PutSession makes a session object of a user.
func (s *Server) PutSession(user, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[id] = user
}

// Sessions gives the ids of a user's session objects, sorted.
func (s *Server) Sessions(user string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, id := range slices.Sorted(maps.Keys(s.sessions)) {
		if s.sessions[id] == user {
			out = append(out, id)
		}
	}
	return out
}

type sessionSearch struct {
	Query         paging `json:"query"`
	SortingColumn string `json:"sortingColumn"`
	Queries       []struct {
		UserID struct {
			ID string `json:"id"`
		} `json:"userIdQuery"`
	} `json:"queries"`
}

func (s *Server) searchSessions(c call) (any, *failure) {
	var req sessionSearch
	if f := strict(c.body, &req); f != nil {
		return nil, f
	}
	total, shown := 0, []any{}
	for _, id := range slices.Sorted(maps.Keys(s.sessions)) {
		user := s.sessions[id]
		if len(req.Queries) > 0 && req.Queries[0].UserID.ID != user {
			continue
		}
		total++
		if s.rights(c.by, s.users[user].Org) == manager {
			shown = append(shown, object("id", id, "factors", object("user", object("id", user))))
		}
	}
	return page("sessions", total, shown, req.Query), nil
}

// deleteSession says yes to a repeat and to an id that never was.
func (s *Server) deleteSession(c call) (any, *failure) {
	user, there := s.sessions[c.id()]
	if there {
		if f := s.need(c.by, s.users[user].Org, manager, "AUTH-AWfge"); f != nil {
			return nil, f
		}
		delete(s.sessions, c.id())
	}
	return object("details", s.details(s.users[user].Org)), nil
}
