package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"offboard/internal/dispatch"
)

// twoChannels are two channels, either of which can be unfit.
type twoChannels struct {
	cards, audit error
	told         []string
}

func (c *twoChannels) FitForCards(context.Context) error { return c.cards }
func (c *twoChannels) FitForAudit(context.Context) error { return c.audit }
func (c *twoChannels) Announce(_ context.Context, to dispatch.Channel, text string) error {
	c.told = append(c.told, string(to)+": "+text)
	return nil
}

func TestTheOtherChannelIsToldOnce(t *testing.T) {
	t.Parallel()
	c := &twoChannels{}
	w := newChannelWatch(c, slog.New(slog.DiscardHandler))
	look := func() {
		w.look(t.Context(), dispatch.ToApprovals, dispatch.ToAudit, c.FitForCards)
		w.look(t.Context(), dispatch.ToAudit, dispatch.ToApprovals, c.FitForAudit)
	}
	look()
	c.cards = &dispatch.TellError{Kind: dispatch.TellLater, Err: errors.New("slack is away")}
	look()
	if len(c.told) != 0 || len(w.list()) != 0 {
		t.Fatalf("told %v, trouble %v although nothing is known", c.told, w.list())
	}
	c.cards = &dispatch.TellError{Kind: dispatch.TellClosed, Err: errors.New("shared")}
	look()
	look()
	if len(c.told) != 1 || !strings.HasPrefix(c.told[0], "audit: Alarm") || !slices.Contains(w.list(), "the approvals channel cannot be used") {
		t.Fatalf("told %v, trouble %v", c.told, w.list())
	}
	c.cards = nil
	look()
	if len(c.told) != 2 || len(w.list()) != 0 {
		t.Errorf("told %v, trouble %v", c.told, w.list())
	}
}
