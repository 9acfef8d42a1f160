package town

import (
	"context"
	"errors"
	"log/slog"

	"offboard/internal/sandbox/workspace"
)

// yours is the workspace of an app that is not ours: it has everything that the workspace can give.
var yours = workspace.Config{
	BotName: "yourapp", HomeTab: true, Writable: true, Events: workspace.EveryEvent(), Scopes: workspace.EveryScope(), RateLimits: true,
}

// OpenYours starts a town for an app of somebody's own: the same people and channels, and no bot.
func OpenYours(ctx context.Context, log *slog.Logger) (*Town, error) {
	cfg := yours
	cfg.Logger = log
	return openWith(ctx, "", cfg)
}

func openWith(ctx context.Context, slackAddr string, cfg workspace.Config) (*Town, error) {
	t := &Town{urls: map[string]string{}, gates: map[string]*gate{}}
	cfg.Clock = t.Clock.Now
	t.Slack = workspace.New(cfg)
	if err := t.open(ctx, slackAddr); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}
