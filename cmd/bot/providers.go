package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"offboard/internal/config"
	"offboard/internal/providers"
	"offboard/internal/providers/ecgrid"
	"offboard/internal/providers/torii"
	"offboard/internal/providers/zitadel"
	"offboard/internal/slackbot/inbound"
)

// buildProviders makes the configured providers, in the order of the file. Nothing is sent.
func buildProviders(cfg *config.Config, log *slog.Logger) ([]providers.Provider, error) {
	out := make([]providers.Provider, 0, len(cfg.Providers))
	for _, c := range cfg.Providers {
		p, err := buildProvider(c, log.With("provider", c.Name))
		if err != nil {
			return nil, fmt.Errorf("provider %s: %w", c.Name, err)
		}
		out = append(out, p)
	}
	return out, nil
}

func buildProvider(c config.Provider, log *slog.Logger) (providers.Provider, error) {
	out, err := route(c.Out)
	if err != nil {
		return nil, err
	}
	switch c.Type {
	case config.ECGrid:
		return ecgrid.New(ecgrid.Config{
			Name: c.Name, URL: c.URL, APIKey: c.APIKey, Default: c.Action, Timeout: c.Timeout, Route: out, Logger: log,
		})
	case config.Torii:
		return torii.New(torii.Config{
			Name: c.Name, URL: c.URL, SecretKey: c.SecretKey, Environment: c.Environment, Default: c.Action, Timeout: c.Timeout,
			Route: out, Logger: log,
		})
	case config.ZITADEL:
		return zitadel.New(zitadel.Config{
			Name: c.Name, URL: c.URL, Token: c.Token, ClientID: c.ClientID, ClientSecret: c.ClientSecret, Key: c.Key,
			DeleteAPI: string(c.DeleteAPI), Default: c.Action, Timeout: c.Timeout, Route: out, Logger: log,
		})
	default:
		return nil, fmt.Errorf("unknown type %q", c.Type)
	}
}

// firstLook is how long the first look at a provider may take.
const firstLook = 30 * time.Second

// meetProviders asks every provider who we are there, so that a wrong address, credential or answer is in the log at the start and not
// only once somebody asks. A provider that is down is no reason not to start: every request asks again.
func (a *app) meetProviders(ctx context.Context) error {
	var all sync.WaitGroup
	for _, p := range a.providers {
		all.Go(func() { a.meet(ctx, p) })
	}
	all.Wait()
	return nil
}

// meet asks one provider. Nothing above would stop a panic in this goroutine.
func (a *app) meet(ctx context.Context, p providers.Provider) {
	log := a.log.With("provider", p.Describe().Name)
	defer func() {
		if v := recover(); v != nil {
			inbound.LogPanic(log, "first look at a provider", v)
		}
	}()
	look, cancel := context.WithTimeout(ctx, firstLook)
	defer cancel()
	if _, err := p.Self(look); err != nil && ctx.Err() == nil {
		log.Warn("a provider cannot be used now", "error", err)
	}
}
