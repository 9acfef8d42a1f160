package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/audit"
	"offboard/internal/book"
	"offboard/internal/config"
	"offboard/internal/journal"
	"offboard/internal/slackbot/directory"
	"offboard/internal/slackbot/post"
	"offboard/internal/slackbot/webapi"
)

type journalAcceptCmd struct {
	Config string `help:"The configuration file." default:"offboard.yaml" type:"path"`
}

// lostText is what is said of a request whose later events may be lost.
const lostText = "the journal was rolled back and the loss was accepted; a call that is not on record may have been made"

// Run accepts a loss for good. What of the journal is still open may have been carried out meanwhile, so its outcome is unknown first; then the
// audit channel is told, which is where every later start finds it.
func (c *journalAcceptCmd) Run(e *env) (err error) {
	cfg, err := load(e, c.Config)
	if err != nil {
		return err
	}
	j, err := openToRead(e.ctx, cfg)
	if err != nil {
		return fmt.Errorf("there is no journal: %w", err)
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	poster, err := posterFor(e, cfg)
	if err != nil {
		return err
	}
	report, err := witnessOf(cfg, poster, j, slog.New(slog.DiscardHandler)).Reported(e.ctx)
	if err != nil {
		return fmt.Errorf("read what the audit channel reports: %w", err)
	}
	missing, err := audit.Missing(e.ctx, j, report.Lines)
	if err != nil {
		return err
	}
	if len(missing) == 0 {
		fmt.Fprintln(e.stdout, "The journal holds what the audit channel has reported: there is nothing to accept.")
		return nil
	}
	return acceptLoss(e, j, poster, missing)
}

func posterFor(e *env, cfg *config.Config) (*post.Poster, error) {
	out, err := route(cfg.Slack.Out)
	if err != nil {
		return nil, fmt.Errorf("slack: %w", err)
	}
	api, err := webapi.New(webapi.Options{APIURL: cfg.Slack.APIURL, Token: cfg.Slack.BotToken, Route: out})
	if err != nil {
		return nil, err
	}
	self, err := directory.Start(e.ctx, api, slackSettings(cfg))
	if err != nil {
		return nil, err
	}
	return newPoster(cfg, api, self, nil)
}

func acceptLoss(e *env, j *store, poster *post.Poster, missing []audit.Line) error {
	printMissing(e.stdout, missing)
	now := time.Now
	if j.now != nil {
		now = j.now
	}
	n, err := doubt(e.ctx, j, book.New(j, now))
	if err != nil {
		return fmt.Errorf("nothing was accepted: %w", err)
	}
	text := fmt.Sprintf("Whoever runs the bot has accepted that the journal has lost %s, as reported here. Numbers may be given a second time from here on.",
		audit.Name(missing))
	if err := poster.AcceptLoss(e.ctx, text); err != nil {
		return fmt.Errorf("nothing was accepted: %w", err)
	}
	fmt.Fprintf(e.stdout, "Accepted, and noted in the audit channel. %d open request(s) may have been carried out meanwhile: they are read back, and not "+
		"called. Start the bot, if none is running.\n", n)
	return nil
}

// mostShown is how many lost lines are printed.
const mostShown = 50

func printMissing(out io.Writer, missing []audit.Line) {
	fmt.Fprintln(out, "The audit channel has reported what the journal lacks:")
	for i, l := range missing {
		if i == mostShown {
			fmt.Fprintf(out, "  and %d more\n", len(missing)-i)
			return
		}
		fmt.Fprintln(out, " ", l)
	}
}

// doubt makes every open request's outcome unknown, and returns how many there were.
func doubt(ctx context.Context, j journal.Journal, b *book.Book) (n int, err error) {
	var open []string
	err = j.Each(ctx, func(l journal.Log) error {
		r, err := book.Fold(l)
		if err == nil && !r.State.Ended() && !r.Freeze {
			open = append(open, l.ID)
		}
		return err
	})
	for _, id := range open {
		if err != nil {
			break
		}
		_, err = b.Update(ctx, id, book.Wish(approvals.Doubt{Reason: lostText}))
		n++
	}
	return n, err
}
