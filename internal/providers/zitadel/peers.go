package zitadel

import (
	"context"
	"net/http"
	"slices"

	"offboard/internal/providers"
)

var _ providers.Counter = (*Provider)(nil)

// The roles that own something. Without an owner nobody could give the role to anybody again.
const (
	instanceOwner     = "IAM_OWNER"
	organisationOwner = "ORG_OWNER"
)

// roleOrder are the administrative roles that reach furthest, first those of the instance, then those of an organisation, then those of a
// project. Roles that only look are not among them.
var roleOrder = []string{
	instanceOwner, "IAM_ORG_MANAGER", "IAM_USER_MANAGER", organisationOwner, "ORG_USER_MANAGER", "ORG_SETTINGS_MANAGER",
	"ORG_USER_PERMISSION_EDITOR", "ORG_PROJECT_PERMISSION_EDITOR", "PROJECT_OWNER", "PROJECT_GRANT_OWNER",
}

const (
	opMembers       = "search members"
	membersOnPage   = 100
	mostMemberPages = 10
)

// Peers counts who else owns the instance, and who else owns the organisation of a user. Machines do not count: nobody signs in as one to
// make somebody else an owner.
//
// The two calls are in ZITADEL's API documentation (AdminService.ListIAMMembers, ManagementService.ListOrgMembers), and which role may make
// them is in its default configuration. Neither was observed on a running server.
func (p *Provider) Peers(ctx context.Context, a providers.Account, besides ...string) (providers.Peers, error) {
	besides = append([]string{a.ID}, besides...)
	var out providers.Peers
	for _, l := range []struct {
		role, path string
		header     http.Header
	}{
		{instanceOwner, "/admin/v1/members/_search", nil},
		{organisationOwner, "/management/v1/orgs/me/members/_search", http.Header{"X-Zitadel-Orgid": {a.Tenant}}},
	} {
		if !slices.Contains(a.Roles, l.role) || out.Alone() {
			continue
		}
		found, err := p.peers(ctx, l.role, l.path, l.header, besides)
		if err != nil {
			return providers.Peers{}, err
		}
		if out.Role == "" || found.Note != "" || found.Alone() {
			out = found
		}
	}
	return out, nil
}

func (p *Provider) peers(ctx context.Context, role, path string, header http.Header, besides []string) (providers.Peers, error) {
	out := providers.Peers{Role: role}
	for page := range mostMemberPages {
		members, whole, err := p.members(ctx, path, header, page*membersOnPage)
		if err != nil || page == 0 && !whole {
			out.Note = "ZITADEL does not show the bot who else has the role " + role + "."
			return out, passing(err)
		}
		for _, m := range members {
			if !slices.Contains(m.Roles, role) || slices.Contains(besides, m.UserID) {
				continue
			}
			switch active, err := p.activePerson(ctx, m.UserID); {
			case err != nil:
				return providers.Peers{}, err
			case active:
				out.Others = 1
				return out, nil
			}
		}
		if len(members) < membersOnPage {
			return out, nil
		}
	}
	out.Note = "Too many people administer there to look through all of them for the role " + role + "."
	return out, nil
}

type member struct {
	UserID string
	Roles  []string
}

// members gives one page. It is not whole where there are members that are not shown.
func (p *Provider) members(ctx context.Context, path string, header http.Header, offset int) (all []member, whole bool, err error) {
	query := object{"offset": offset, "limit": membersOnPage, "asc": true}
	resp, err := p.read(ctx, opMembers, http.MethodPost, path, header, object{"query": query})
	if err != nil {
		return nil, false, err
	}
	var body struct {
		Details *struct{ TotalResult text64 }
		Result  []member
	}
	if err := resp.Decode(&body); err != nil || body.Details == nil && len(body.Result) == 0 {
		return nil, false, notZITADEL(opMembers, resp.Status)
	}
	return body.Result, len(body.Result) > 0 || !counted(body.Details.TotalResult), nil
}

// activePerson reports whether a member is a person who can sign in now. One whom the bot may not see does not count.
func (p *Provider) activePerson(ctx context.Context, id string) (bool, error) {
	a, err := p.get(ctx, id)
	if err != nil {
		return false, passing(err)
	}
	return a.Being == providers.Human && a.State == providers.StateActive, nil
}
