package localzitadel

// searchMemberships lists a user's memberships at the instance and at the organisation of the header; those at other organisations
// are not shown.
func (s *Server) searchMemberships(c call) (any, *failure) {
	var req struct {
		Query   paging `json:"query"`
		Queries []any  `json:"queries"`
	}
	if f := strict(c.body, &req); f != nil {
		return nil, f
	}
	org, f := s.orgContext(c)
	if f != nil {
		return nil, f
	}
	if f := s.need(c.by, org, viewer, "AUTH-5mWD2"); f != nil {
		return nil, f
	}
	var found []any
	for _, m := range s.members {
		if m.User == c.id() && (m.Org == "" || m.Org == org) {
			found = append(found, m.v1())
		}
	}
	return page("result", len(found), found, req.Query), nil
}

func (m Member) v1() map[string]any {
	out := object("userId", m.User, "orgId", m.Org)
	out["roles"] = m.Roles
	if m.Org == "" {
		out["iam"] = true
	}
	return out
}
