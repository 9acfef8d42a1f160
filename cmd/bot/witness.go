package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/audit"
	"offboard/internal/config"
	"offboard/internal/journal"
	"offboard/internal/slackbot/post"
)

// witnessOf is what the audit channel has to say about the configured journal.
func witnessOf(cfg *config.Config, p *post.Poster, j journal.Journal, log *slog.Logger) audit.Channel {
	if cfg.Journal.Redis != nil {
		return p
	}
	return fileWitness{Poster: p, journal: j, log: log}
}

// fileWitness leaves out what the audit channel reports from before the file's first event. That is of an earlier journal: people move to a new file, and
// nothing in it can be called a second time. On Redis nobody makes a new journal by hand: one that is empty was wiped.
type fileWitness struct {
	*post.Poster
	journal journal.Journal
	log     *slog.Logger
}

func (f fileWitness) Reported(ctx context.Context) (audit.Report, error) {
	report, err := f.Poster.Reported(ctx)
	if err != nil || len(report.Lines) == 0 {
		return report, err
	}
	first, empty, err := firstEvent(ctx, f.journal)
	if err != nil {
		return audit.Report{}, err
	}
	if empty {
		f.log.Warn(numbersAgain, "earlier", report.Lines[len(report.Lines)-1].String())
		return audit.Report{}, nil
	}
	return report.Since(first), nil
}

const numbersAgain = "the journal is new, and the audit channel reports an earlier one: numbers begin again at OFF-1"

// firstEvent is when the journal's first event was recorded; empty: it has none.
func firstEvent(ctx context.Context, j journal.Journal) (at time.Time, empty bool, err error) {
	found := errors.New("found")
	err = j.Each(ctx, func(l journal.Log) error {
		if len(l.Records) == 0 {
			return nil
		}
		e, err := approvals.Decode(l.Records[0].Body)
		if err != nil {
			return err
		}
		at = e.At
		return found
	})
	if errors.Is(err, found) {
		return at, false, nil
	}
	if err != nil {
		return time.Time{}, false, fmt.Errorf("the journal's first event: %w", err)
	}
	return time.Time{}, true, nil
}
