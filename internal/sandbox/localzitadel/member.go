package localzitadel

import "slices"

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

// searchOrgMembers lists the administrators of the organisation of the header, and searchInstanceMembers those of the instance. Both are as
// ZITADEL documents them (ListOrgMembers, ListIAMMembers), and who may call them is as its default configuration says: they were not
// observed on a running server.
func (s *Server) searchOrgMembers(c call) (any, *failure) {
	org, f := s.orgContext(c)
	if f != nil {
		return nil, f
	}
	return s.administrators(c, org, "IAM_OWNER", "IAM_OWNER_VIEWER", "IAM_ORG_MANAGER", "IAM_USER_MANAGER", "ORG_OWNER", "ORG_OWNER_VIEWER",
		"ORG_SETTINGS_MANAGER")
}

func (s *Server) searchInstanceMembers(c call) (any, *failure) {
	return s.administrators(c, "", "IAM_OWNER", "IAM_OWNER_VIEWER")
}

func (s *Server) administrators(c call, org string, readers ...string) (any, *failure) {
	var req struct {
		Query   paging `json:"query"`
		Queries []any  `json:"queries"`
	}
	if f := strict(c.body, &req); f != nil {
		return nil, f
	}
	if s.rights(c.by, org) == outsider {
		return nil, noMembership
	}
	if !s.hasRole(c.by, org, readers) {
		return nil, forbidden("AUTH-5mWD2")
	}
	var found []any
	for _, m := range s.members {
		if m.Org == org {
			found = append(found, map[string]any{"userId": m.User, "roles": m.Roles})
		}
	}
	return page("result", len(found), found, req.Query), nil
}

// hasRole reports whether somebody has one of some roles at an organisation, or at the instance.
func (s *Server) hasRole(user, org string, roles []string) bool {
	return slices.ContainsFunc(s.members, func(m Member) bool {
		return m.User == user && (m.Org == "" || m.Org == org) &&
			slices.ContainsFunc(m.Roles, func(r string) bool { return slices.Contains(roles, r) })
	})
}
