package torii

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"offboard/internal/outbound"
	"offboard/internal/providers"
	"offboard/internal/providers/wire"
	"offboard/internal/secret"
)

const (
	vendor = "Torii"
	header = "Authorization"
	scheme = "Bearer "
	users  = "/api/server/v1/users/"
	// settle is an assumption: the vendor documents no delay between a write and what a read shows.
	settle = 2 * time.Second
	// patience is how long a write may take; the vendor documents no limit.
	patience = 30 * time.Second
)

// Config is what a Torii provider needs.
type Config struct {
	Name        string           // name in the configuration
	URL         string           // https://api.torii.so
	SecretKey   secret.Source    // sk_live_… or sk_test_…
	Environment string           // id of the environment that the key is bound to
	Default     providers.Action // delete when empty
	Timeout     time.Duration    // of one write, 30 s when zero; a read has no more than that
	Route       outbound.Route   // how it is reached
	Logger      *slog.Logger     // nil for silence
}

// Provider is one environment at Torii.
type Provider struct {
	wire        *wire.Client
	environment string
	description providers.Description
}

var _ providers.Provider = (*Provider)(nil)

// New checks the configuration and makes a provider. Nothing is sent.
func New(c Config) (*Provider, error) {
	switch {
	case secret.Empty(c.SecretKey):
		return nil, errors.New("Torii: the secret key is empty")
	case strings.TrimSpace(c.Environment) == "":
		return nil, errors.New("Torii: the environment is empty; it is the id that the secret key is bound to")
	case cmp.Or(c.Default, providers.Delete) != providers.Delete:
		return nil, fmt.Errorf("Torii has the action %q only", providers.Delete)
	}
	timeout := cmp.Or(c.Timeout, patience)
	client, err := wire.New(wire.Options{
		Vendor: vendor, BaseURL: c.URL, Route: c.Route, Logger: c.Logger, Classify: classify,
		ReadTimeout: min(timeout, patience/2), WriteTimeout: timeout,
		Authorize: func(_ context.Context, h http.Header) error {
			h.Set(header, scheme+c.SecretKey.Get().Reveal())
			return nil
		},
		Refused: func(sent http.Header) bool {
			_, ok := c.SecretKey.Instead(secret.New(strings.TrimPrefix(sent.Get(header), scheme)))
			return ok
		},
	})
	if err != nil {
		return nil, err
	}
	return &Provider{wire: client, environment: strings.TrimSpace(c.Environment), description: describe(c.Name, client.Host(), timeout)}, nil
}

func describe(name, host string, timeout time.Duration) providers.Description {
	return providers.Description{
		Name: name, Vendor: vendor, Host: host, Default: providers.Delete, Settle: settle, Timeout: timeout,
		Actions: []providers.ActionInfo{{
			Action:  providers.Delete,
			Warning: "Torii keeps a record of the deleted user, but has no way to restore it.",
		}},
	}
}

// Describe says what this provider is and can do.
func (p *Provider) Describe() providers.Description { return p.description }

// Self checks the key by a search for an id that nobody has. Torii has no account behind a key, so the account's id is empty.
func (p *Provider) Self(ctx context.Context) (providers.Account, error) {
	const nobody = "00000000-0000-0000-0000-000000000000"
	first, err := p.page(ctx, "who am I", selector{UserIDs: []string{nobody}}, "")
	if err != nil {
		return providers.Account{}, err
	}
	// An older server shows everybody instead of nobody: then it also shows where the key belongs.
	for _, u := range first.Items {
		if !strings.EqualFold(u.Environment, p.environment) {
			return providers.Account{}, p.foreign("who am I")
		}
	}
	return providers.Account{Provider: p.description.Name, Tenant: p.environment}, nil
}

// Do deletes a user. Only 204 is success.
func (p *Provider) Do(ctx context.Context, o providers.Order) (providers.Answer, error) {
	const op = "delete user"
	if o.Action != providers.Delete {
		return providers.Answer{}, &providers.Error{Kind: providers.Refused, Vendor: vendor, Op: op, NotSent: true,
			Say: fmt.Sprintf("Torii has no action %q; nothing was sent", o.Action)}
	}
	if !validID(o.Account.ID) {
		e := badID(op)
		e.NotSent = true
		return providers.Answer{}, e
	}
	r, err := p.wire.Write(ctx, op, http.MethodDelete, users+o.Account.ID, nil, nil)
	if err != nil {
		return providers.Answer{}, err
	}
	if r.Status != http.StatusNoContent {
		return providers.Answer{}, &providers.Error{Kind: providers.UnknownOutcome, Vendor: vendor, Op: op, Status: r.Status,
			Say: fmt.Sprintf("Torii answered %d where only 204 means deleted", r.Status)}
	}
	return providers.Answer{Status: r.Status, Text: "Torii answered 204 (deleted)"}, nil
}
