package zitadel

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"offboard/internal/providers"
	"offboard/internal/providers/wire"
)

// Provider is one ZITADEL instance.
type Provider struct {
	config Config
	signIn *signIn
	wire   *wire.Client
}

var _ providers.Provider = (*Provider)(nil)

// New makes a provider; all faults of the configuration are reported at once. No I/O.
func New(c Config) (*Provider, error) {
	c = c.complete()
	p := &Provider{config: c}
	w, err := wire.New(wire.Options{
		Vendor: vendor, BaseURL: c.URL, ReadTimeout: c.Timeout, WriteTimeout: c.Timeout, Route: c.Route,
		Authorize: p.authorize, Refused: p.refused, Classify: classify, Logger: c.Logger,
	})
	if err := errors.Join(err, c.check()); err != nil {
		return nil, err
	}
	p.wire = w
	p.signIn, err = newSignIn(c, w.Plain())
	return p, err
}

// offline is what no action reaches (facts/providers.md).
const offline = "Access tokens that an application checks without asking ZITADEL work until they expire."

// Describe says what this instance is and can do.
func (p *Provider) Describe() providers.Description {
	return providers.Description{
		Name: p.config.Name, Vendor: vendor, Host: p.wire.Host(), Default: p.config.Default,
		Settle: settle, Timeout: p.config.Timeout, RoleOrder: slices.Clone(roleOrder),
		Actions: []providers.ActionInfo{
			{
				Action: providers.Deactivate, Reversible: true,
				Warning: "The user cannot sign in any more, and a service account's tokens die at once. " + offline,
				Undo: "An administrator can reactivate the user in ZITADEL. " +
					"Sessions stay ended and a service account's tokens stay dead.",
			},
			{
				Action:  providers.Delete,
				Warning: "All grants and admin memberships of the user go too. " + offline,
			},
		},
	}
}

// Self reads the bot's own user.
func (p *Provider) Self(ctx context.Context) (providers.Account, error) {
	const op = "who am I"
	resp, err := p.read(ctx, op, http.MethodGet, "/auth/v1/users/me", nil, nil)
	if err != nil {
		return providers.Account{}, err
	}
	var body struct{ User user }
	if err := resp.Decode(&body); err != nil || body.User.id() == "" {
		return providers.Account{}, notZITADEL(op, resp.Status)
	}
	a := p.account(body.User)
	a.RolesNote = rolesNotAsked
	return a, nil
}

// read sends a call that changes no user.
func (p *Provider) read(ctx context.Context, op, method, path string, header http.Header, body any) (wire.Response, error) {
	return p.wire.Read(ctx, op, method, path, header, body)
}

// authorize adds a token to a call that does not bring one. Writes do: they get theirs before anything of them is under way.
func (p *Provider) authorize(ctx context.Context, h http.Header) error {
	if h.Get(authorization) != "" {
		return nil
	}
	token, err := p.signIn.token(ctx)
	if err != nil {
		return err
	}
	h.Set(authorization, bearer+token)
	return nil
}

// refused takes note of a token that ZITADEL did not accept.
func (p *Provider) refused(sent http.Header) bool {
	return p.signIn.drop(strings.TrimPrefix(sent.Get(authorization), bearer))
}

const (
	authorization = "Authorization"
	bearer        = "Bearer "
)

// idForm is what an id can be: short enough for the API, and without anything that a server or a proxy in between could read as
// another path.
var idForm = regexp.MustCompile(`^[A-Za-z0-9._~:@+=-]{1,200}$`)

func plausible(id string) bool { return id != "." && id != ".." && idForm.MatchString(id) }

func userPath(id string) string { return "/v2/users/" + url.PathEscape(id) }
