package ecgrid

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"offboard/internal/outbound"
	"offboard/internal/providers"
	"offboard/internal/providers/wire"
	"offboard/internal/secret"
)

const (
	vendor = "ECGrid"
	header = "X-API-Key"
	// settle is an assumption: the vendor documents no delay between a write and what a read shows.
	settle = 2 * time.Second
	// patience is how long a write may take; the vendor documents no limit.
	patience = 30 * time.Second
)

// Config is what an ECGrid provider needs.
type Config struct {
	Name    string           // name in the configuration
	URL     string           // https://rest.ecgrid.io
	APIKey  secret.Source    // X-API-Key
	Default providers.Action // delete when empty
	Timeout time.Duration    // of one write, 30 s when zero; a read has no more than that
	Route   outbound.Route   // how it is reached
	Logger  *slog.Logger     // nil for silence
}

// Provider is one ECGrid.
type Provider struct {
	wire        *wire.Client
	description providers.Description
}

var _ providers.Provider = (*Provider)(nil)

// New checks the configuration and makes a provider. Nothing is sent.
func New(c Config) (*Provider, error) {
	if secret.Empty(c.APIKey) {
		return nil, errors.New("ECGrid: the API key is empty")
	}
	if cmp.Or(c.Default, providers.Delete) != providers.Delete {
		return nil, fmt.Errorf("ECGrid has the action %q only", providers.Delete)
	}
	timeout := cmp.Or(c.Timeout, patience)
	client, err := wire.New(wire.Options{
		Vendor: vendor, BaseURL: c.URL, Route: c.Route, Logger: c.Logger, Classify: classify,
		ReadTimeout: min(timeout, patience/2), WriteTimeout: timeout,
		Authorize: func(_ context.Context, h http.Header) error {
			h.Set(header, c.APIKey.Get().Reveal())
			return nil
		},
		Refused: func(sent http.Header) bool {
			_, ok := c.APIKey.Instead(secret.New(sent.Get(header)))
			return ok
		},
	})
	if err != nil {
		return nil, err
	}
	return &Provider{wire: client, description: describe(c.Name, client.Host(), timeout)}, nil
}

func describe(name, host string, timeout time.Duration) providers.Description {
	return providers.Description{
		Name: name, Vendor: vendor, Host: host, Default: providers.Delete, Settle: settle, Timeout: timeout,
		Actions: []providers.ActionInfo{{Action: providers.Delete}}, RoleOrder: slices.Clone(administrative),
	}
}

// Describe says what this provider is and can do.
func (p *Provider) Describe() providers.Description { return p.description }

// Self reads the user behind the API key.
func (p *Provider) Self(ctx context.Context) (providers.Account, error) {
	const op = "who am I"
	r, err := p.wire.Read(ctx, op, http.MethodGet, "/v2/users/me", nil, nil)
	if err != nil {
		return providers.Account{}, err
	}
	u, err := oneUser(op, r)
	if err != nil {
		return providers.Account{}, err
	}
	return u.account(p.description.Name), nil
}

// Read returns the user with this id. ECGrid's 404 proves nothing, so it is Denied and never NotFound.
func (p *Provider) Read(ctx context.Context, id string) (providers.Account, error) {
	const op = "read user"
	if !validID(id) {
		return providers.Account{}, badID(op)
	}
	r, err := p.wire.Read(ctx, op, http.MethodGet, "/v2/users/"+id, nil, nil)
	if err != nil {
		return providers.Account{}, err
	}
	u, err := oneUser(op, r)
	if err != nil {
		return providers.Account{}, err
	}
	if string(u.ID) != id {
		return providers.Account{}, strange(op, r.Status, "answered with another user than was asked for")
	}
	return u.account(p.description.Name), nil
}

// Do terminates a user.
func (p *Provider) Do(ctx context.Context, o providers.Order) (providers.Answer, error) {
	const op = "terminate user"
	if o.Action != providers.Delete {
		return providers.Answer{}, &providers.Error{Kind: providers.Refused, Vendor: vendor, Op: op, NotSent: true,
			Say: fmt.Sprintf("ECGrid has no action %q; nothing was sent", o.Action)}
	}
	if !validID(o.Account.ID) {
		e := badID(op)
		e.NotSent = true
		return providers.Answer{}, e
	}
	r, err := p.wire.Write(ctx, op, http.MethodDelete, "/v2/users/"+o.Account.ID, nil, nil)
	if err != nil {
		return providers.Answer{}, err
	}
	return terminated(op, r)
}

// terminated believes 200 with success and data both true, and nothing else.
func terminated(op string, r wire.Response) (providers.Answer, error) {
	var data any
	if r.Status != http.StatusOK || !payload(r, &data) || data != true {
		return providers.Answer{}, &providers.Error{Kind: providers.UnknownOutcome, Vendor: vendor, Op: op, Status: r.Status,
			Say: fmt.Sprintf("ECGrid answered %d without saying that it terminated the user", r.Status)}
	}
	return providers.Answer{Status: r.Status, Text: "ECGrid answered 200 (terminated)"}, nil
}
