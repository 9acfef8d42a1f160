package main

import (
	"context"
	"log/slog"

	"offboard/internal/slackbot/directory"
	"offboard/internal/slackbot/webapi"
)

// tokenWatch ends the bot once Slack refuses its token for good (design §9): it could do what people approved, and tell nobody.
type tokenWatch struct {
	refused chan struct{} // a call met a refusal
	log     *slog.Logger
}

func newTokenWatch(log *slog.Logger) *tokenWatch {
	return &tokenWatch{refused: make(chan struct{}, 1), log: log}
}

// notice takes note of a refusal. It returns at once.
func (w *tokenWatch) notice() {
	select {
	case w.refused <- struct{}{}:
	default: // Slack is going to be asked anyway
	}
}

// run asks Slack again after a refusal, because one alone may be a slip of Slack's, and returns the error when Slack stands by it.
func (w *tokenWatch) run(ctx context.Context, api directory.API) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.refused:
		}
		err := directory.Accepted(ctx, api)
		if webapi.Refused(err) {
			return err
		}
		w.log.Warn("slack refused the bot token once, and does not stand by it", "error", err)
	}
}
