package zitadel

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"offboard/internal/providers"
)

const (
	opRead        = "read user"
	opMemberships = "read memberships"
	mostRoles     = 100
)

// Read returns a user with the admin roles that the bot may see.
func (p *Provider) Read(ctx context.Context, id string) (providers.Account, error) {
	a, err := p.get(ctx, id)
	if err != nil {
		return providers.Account{}, err
	}
	a.Roles, a.RolesNote, err = p.roles(ctx, a)
	if err != nil {
		return providers.Account{}, err
	}
	a.RolesKnown = a.RolesNote == rolesNone || a.RolesNote == rolesHere
	return a, nil
}

// get reads a user by id, without roles.
func (p *Provider) get(ctx context.Context, id string) (providers.Account, error) {
	if !plausible(id) {
		return providers.Account{}, &providers.Error{Kind: providers.NotFound, Vendor: vendor, Op: opRead, NotSent: true,
			Say: "this cannot be a user id at ZITADEL"}
	}
	resp, err := p.read(ctx, opRead, http.MethodGet, userPath(id), nil, nil)
	if err != nil {
		return providers.Account{}, err
	}
	var body struct{ User user }
	if err := resp.Decode(&body); err != nil || body.User.UserID != id {
		return providers.Account{}, notZITADEL(opRead, resp.Status)
	}
	return p.account(body.User), nil
}

// roles reads a user's admin roles at the instance and at the user's own organisation. What is passing is an error; what is not
// (rights, an instance without this API) is a note, because the card must be able to say so.
func (p *Provider) roles(ctx context.Context, a providers.Account) ([]string, string, error) {
	// Management calls work inside one organisation: the bot's own, unless the header names another.
	header := http.Header{"X-Zitadel-Orgid": {a.Tenant}}
	path := "/management/v1/users/" + url.PathEscape(a.ID) + "/memberships/_search"
	resp, err := p.read(ctx, opMemberships, http.MethodPost, path, header, object{"query": object{"limit": mostRoles}})
	if err != nil {
		return nil, rolesHidden, passing(err)
	}
	var body struct {
		Details *struct{ TotalResult text64 }
		Result  []membership
	}
	if err := resp.Decode(&body); err != nil {
		return nil, "", notZITADEL(opMemberships, resp.Status)
	}
	if len(body.Result) == 0 && body.Details != nil && counted(body.Details.TotalResult) {
		return nil, rolesHidden, nil
	}
	names := roleNames(body.Result)
	switch {
	case len(names) == 0:
		return nil, rolesNone, nil
	case len(body.Result) >= mostRoles:
		return names, rolesMore, nil
	}
	return names, rolesHere, nil
}

// passing returns an error that may be gone at the next try, or nil.
func passing(err error) error {
	e, ok := errors.AsType[*providers.Error](err)
	if !ok {
		return err
	}
	switch e.Kind {
	case providers.Denied, providers.Refused, providers.NotFound, providers.Misconfigured:
		return nil
	case providers.RateLimited, providers.Temporary, providers.UnknownOutcome:
		return err
	default:
		return err
	}
}

// membership is an admin membership: of the instance, an organisation, or a project.
type membership struct {
	Roles          []string
	ProjectID      string
	ProjectGrantID string
}

// roleNames lists roles, sorted, each once; a project's with the project.
func roleNames(all []membership) []string {
	var out []string
	for _, m := range all {
		for _, r := range m.Roles {
			switch {
			case m.ProjectID != "":
				r += " of project " + m.ProjectID
			case m.ProjectGrantID != "":
				r += " of project grant " + m.ProjectGrantID
			}
			out = append(out, r)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
