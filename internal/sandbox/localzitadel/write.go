package localzitadel

import (
	"context"

	"offboard/internal/sandbox/fault"
)

func (s *Server) deactivate(c call) (any, *failure) {
	u, ok := s.find(c.id())
	switch {
	case !ok:
		return nil, notThere
	case u.State == Initial:
		return nil, stillInitial
	case u.State == Inactive: // answered before the caller's rights are looked at
		return nil, alreadyInactive
	}
	if f := s.need(c.by, u.Org, manager, "AUTH-AWfge"); f != nil {
		return nil, f
	}
	u.State = Inactive
	s.save(u)
	s.dropTokens(u.ID)
	return s.changed(c.r.Context(), u, "deactivated")
}

func (s *Server) reactivate(c call) (any, *failure) {
	u, ok := s.find(c.id())
	if !ok || u.State != Inactive {
		return nil, notInactive
	}
	if f := s.need(c.by, u.Org, manager, "AUTH-AWfge"); f != nil {
		return nil, f
	}
	u.State = Active
	s.save(u)
	return s.changed(c.r.Context(), u, "reactivated")
}

func (s *Server) deleteV2(c call) (any, *failure) {
	u, ok := s.find(c.id())
	if !ok {
		return nil, notThereV2
	}
	if f := s.need(c.by, u.Org, manager, "AUTH-AWfge"); f != nil {
		return nil, f
	}
	return s.remove(c.r.Context(), u)
}

// deleteV1 works inside the organisation of the header, or of the caller where there is none.
func (s *Server) deleteV1(c call) (any, *failure) {
	org, f := s.orgContext(c)
	if f != nil {
		return nil, f
	}
	if f := s.need(c.by, org, manager, "AUTH-5mWD2"); f != nil {
		return nil, f
	}
	u, ok := s.find(c.id())
	if !ok || u.Org != org {
		return nil, notThereV1
	}
	return s.remove(c.r.Context(), u)
}

func (s *Server) orgContext(c call) (string, *failure) {
	org := c.r.Header.Get("x-zitadel-orgid")
	if org == "" {
		return s.users[c.by].Org, nil
	}
	if !s.orgs[org] {
		return "", orgUnknown
	}
	return org, nil
}

// remove deletes a user and what hangs on it; the session objects stay, as at a real instance.
func (s *Server) remove(ctx context.Context, u User) (any, *failure) {
	u.State = Deleted
	s.save(u)
	s.dropTokens(u.ID)
	s.dropMembers(u.ID)
	return s.changed(ctx, u, "deleted")
}

func (s *Server) dropTokens(user string) {
	for value, t := range s.tokens {
		if t.user == user {
			delete(s.tokens, value)
		}
	}
}

// changed records what was really done and answers.
func (s *Server) changed(ctx context.Context, u User, what string) (any, *failure) {
	fault.Effect(ctx, what+" "+u.ID)
	return object("details", s.details(u.Org)), nil
}
