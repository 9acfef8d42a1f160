package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/audit"
	"offboard/internal/book"
	"offboard/internal/journal"
	"offboard/internal/lease"
)

// digestChannel is what the digest needs of the poster.
type digestChannel interface {
	Digested(ctx context.Context, mark string, since time.Time) (bool, error)
	Digest(ctx context.Context, h audit.Habits, mark string) error
}

// digest tells the audit channel once a week how approvals were given. All replicas try: whoever has the week's lease looks in the channel
// whether it was told, and tells it if not. A replica that is lost in the middle is followed by another once its lease is over, and by then the
// channel shows what it has posted.
type digest struct {
	journal journal.Journal
	channel digestChannel
	now     func() time.Time // the store's clock
	log     *slog.Logger
}

const (
	digestHour  = 9 // on Mondays, UTC
	digestSpan  = 7 * 24 * time.Hour
	digestLease = 10 * time.Minute
	digestTime  = 2 * time.Minute // how long one try may take
	digestRetry = time.Minute
	digestSleep = time.Hour // the longest sleep: the store's clock may be set
	clocksApart = time.Hour // what the clocks of Slack and of the store may differ by
)

// digestDue returns the last Monday, at the hour, that is not after now.
func digestDue(now time.Time) time.Time {
	now = now.UTC()
	due := time.Date(now.Year(), now.Month(), now.Day(), digestHour, 0, 0, 0, time.UTC)
	due = due.AddDate(0, 0, -(int(due.Weekday())+6)%7)
	if due.After(now) {
		due = due.AddDate(0, 0, -7)
	}
	return due
}

// run tells each week's digest. One whose hour the bot has missed is told when it is back, in the same week.
func (d *digest) run(ctx context.Context) error {
	var settled time.Time
	for {
		due, wait := digestDue(d.now()), digestRetry
		if !due.After(settled) {
			wait = min(digestSleep, due.Add(digestSpan).Sub(d.now()))
		} else if err := d.tell(ctx, due); err == nil {
			settled, wait = due, 0
		} else if ctx.Err() == nil && !quiet(err) {
			d.log.Warn("the weekly digest is not told yet", "error", err)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

// quiet reports whether others say what is wrong: the witness, or the replica that is telling the digest now.
func quiet(err error) bool {
	_, other := errors.AsType[*journal.DuplicateError](err)
	return other || errors.Is(err, journal.ErrUnchecked) || errors.Is(err, journal.ErrLost)
}

// tell returns nil once the digest that is due needs nothing more: it stands in the channel, or the journal is younger than it.
func (d *digest) tell(ctx context.Context, due time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, digestTime)
	defer cancel()
	first, empty, err := firstEvent(ctx, d.journal)
	if err != nil {
		return err
	}
	if empty || !first.Before(due) {
		return nil
	}
	mark := "digest until " + due.Format(time.DateOnly)
	asked := lease.Now(d.now)
	if err := d.journal.Remember(ctx, []string{mark}, d.now(), digestLease); err != nil {
		return err
	}
	ctx = lease.With(ctx, lease.New(asked, digestLease, d.now)) // the poster holds a message back once it is over
	if told, err := d.channel.Digested(ctx, mark, due.Add(-clocksApart)); err != nil || told {
		return err
	}
	h, err := readHabits(ctx, d.journal, due.Add(-digestSpan), due)
	if err != nil {
		return err
	}
	return d.channel.Digest(ctx, h, mark)
}

// readHabits reads how people decided from one moment on and before another.
func readHabits(ctx context.Context, j journal.Journal, from, to time.Time) (audit.Habits, error) {
	var requests []*approvals.Request
	err := j.Each(ctx, func(l journal.Log) error {
		r, err := book.Fold(l)
		if err != nil {
			return fmt.Errorf("%s: %w", approvals.Name(l.Number), err)
		}
		if n := len(r.Events); n > 0 && !r.Events[n-1].At.Before(from) && r.Events[0].At.Before(to) {
			requests = append(requests, r)
		}
		return nil
	})
	if err != nil {
		return audit.Habits{}, fmt.Errorf("read journal: %w", err)
	}
	return audit.HabitsOf(requests, from, to), nil
}
