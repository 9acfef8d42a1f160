package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/audit"
	"offboard/internal/config"
	"offboard/internal/slackbot/directory"
	"offboard/internal/slackbot/post"
	"offboard/internal/slackbot/webapi"
)

// slackSettings are what Slack is asked about at the start.
func slackSettings(cfg *config.Config) directory.Settings {
	return directory.Settings{Team: cfg.Slack.Team, App: cfg.Slack.AppID, Approvals: cfg.Slack.ApprovalsChannel, Audit: cfg.Slack.AuditChannel}
}

// meetSlack waits until Slack has said who we are and that both channels are fit. What only a person can mend is an error.
func (a *app) meetSlack(ctx context.Context) (directory.Self, error) {
	set := slackSettings(a.cfg)
	const longest = 30 * time.Second
	for wait := time.Second; ; wait = min(wait*2, longest) {
		self, err := directory.Start(ctx, a.api, set)
		start, ok := errors.AsType[*directory.StartError](err)
		if err == nil || !ok || !start.Temporary {
			return self, err
		}
		if ctx.Err() != nil {
			return directory.Self{}, nil // told to stop while waiting: that is no fault
		}
		a.log.Warn("slack cannot be asked yet", "error", err, "again_in", wait.String(), "listen", a.addr())
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (a *app) poster(self directory.Self) (*post.Poster, error) {
	return newPoster(a.cfg, a.api, self, a.log)
}

func newPoster(cfg *config.Config, api *webapi.Client, self directory.Self, log *slog.Logger) (*post.Poster, error) {
	return post.New(api, post.Config{
		Approvals: cfg.Slack.ApprovalsChannel, Audit: cfg.Slack.AuditChannel, Command: cfg.Slack.Command, Ping: mayRelease(cfg),
		PingFreeze: append(slices.Clone(cfg.Approvers.Groups), cfg.Approvers.Users...),
		Self:       post.Self{UserID: self.UserID, BotID: self.BotID}, Logger: log,
	})
}

// mayRelease are the ids of those who may release what a cap holds.
func mayRelease(cfg *config.Config) []string {
	who := cfg.Approvers
	if own, ok := cfg.Rights[approvals.MayRelease]; ok {
		who = own
	}
	return append(slices.Clone(who.Groups), who.Users...)
}

// witnessTime is how long a start waits for the audit channel before it goes on and takes in what people ask, only to tell them why nothing is
// recorded.
const witnessTime = 3 * time.Second

// hearWitness holds the journal against the audit channel for the first time. An audit channel that cannot be read back is no witness: that
// ends the start.
func (a *app) hearWitness(ctx context.Context, g *audit.Gate, c audit.Channel) (*audit.Witness, error) {
	w := audit.NewWitness(c, g, a.addr(), a.log)
	a.health.watch(w.Trouble)
	ctx, cancel := context.WithTimeout(ctx, witnessTime)
	defer cancel()
	return w, a.unheard(w.Look(ctx))
}

// untilReady looks until the journal was found whole, and says that the bot is ready then.
func (a *app) untilReady(ctx context.Context, w *audit.Witness) error {
	if err := w.Run(ctx); err != nil || len(w.Trouble()) > 0 {
		return a.unheard(err)
	}
	a.log.Info("ready", "listen", a.addr(), "admin_listen", a.listen.adminAddr(), "transport", a.cfg.Slack.Transport, "writes", a.cfg.Writes)
	return nil
}

// unheard says what to do where the audit channel cannot be read back.
func (a *app) unheard(err error) error {
	if !errors.Is(err, audit.ErrUnreadable) {
		return err
	}
	return fmt.Errorf("slack.audit_channel %s: %w. Install the app again with the scopes of the manifest, and invite the bot to the channel",
		a.cfg.Slack.AuditChannel, err)
}
