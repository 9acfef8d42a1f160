package town

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"

	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/sandbox/localtorii"
	"offboard/internal/sandbox/localzitadel"
	"offboard/internal/sandbox/workspace"
)

// Town is everything around the bot.
type Town struct {
	Slack   *workspace.Workspace
	ECGrid  *localecgrid.Server
	ZITADEL *localzitadel.Server
	Torii   *localtorii.Server
	Clock   Clock // of the workspace, of what the providers note, and of a bot that is given it

	urls  map[string]string // provider → base URL
	gates map[string]*gate

	configured atomic.Pointer[string]
}

// The credentials of the bot. They open nothing but this town.
const (
	ecgridKey   = "local-ecgrid-key"
	zitadelPAT  = "local-zitadel-token"
	toriiKey    = "sk_test_local-torii-key"
	environment = "01930000-0000-7000-8000-000000000001"
)

// Open starts a town on free loopback ports. slackAddr may name the workspace's address; empty: a free port.
func Open(ctx context.Context, slackAddr string, log *slog.Logger) (*Town, error) {
	return openWith(ctx, slackAddr, workspace.Config{Logger: log, RateLimits: true})
}

func (t *Town) open(ctx context.Context, slackAddr string) error {
	if err := t.Slack.Start(ctx, slackAddr); err != nil {
		return err
	}
	settle(t.Slack)
	t.ECGrid = localecgrid.New(ecgridKey, botAtECGrid)
	t.Torii = localtorii.New(toriiKey, environment)
	if err := t.serve(ctx, "ecgrid", t.ECGrid); err != nil {
		return err
	}
	if err := t.serve(ctx, "torii", t.Torii); err != nil {
		return err
	}
	l, err := listen(ctx)
	if err != nil {
		return err
	}
	if t.ZITADEL, err = localzitadel.New("http://" + l.Addr().String()); err != nil {
		return errors.Join(err, l.Close())
	}
	t.serveOn(l, "zitadel", t.ZITADEL)
	t.ECGrid.Clock(t.Clock.Now)
	t.ZITADEL.Clock(t.Clock.Now)
	t.Torii.Clock(t.Clock.Now)
	t.hire()
	return nil
}

func listen(ctx context.Context) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("local provider: %w", err)
	}
	return l, nil
}

func (t *Town) serve(ctx context.Context, name string, h http.Handler) error {
	l, err := listen(ctx)
	if err == nil {
		t.serveOn(l, name, h)
	}
	return err
}

func (t *Town) serveOn(l net.Listener, name string, h http.Handler) {
	t.urls[name] = "http://" + l.Addr().String()
	t.gates[name] = newGate(l, h)
}

// URL is where a provider is: ecgrid, zitadel or torii.
func (t *Town) URL(provider string) string { return t.urls[provider] }

// Close ends everything.
func (t *Town) Close() error {
	err := t.Slack.Close()
	for _, g := range t.gates {
		err = errors.Join(err, g.close())
	}
	return err
}
