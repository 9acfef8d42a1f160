package main

import (
	"testing"

	"offboard/internal/sandbox/town"
)

// The main job, with requests made by hand: one card, one call, one outcome.
func TestHostileMainJob(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	card := s.ask(town.Dana, "reason:left")
	s.press(town.Bob, card, "approve")
	s.thread(card, "Done")
	if r := s.town.Record("ecgrid", town.Dana.ID); r.State != "Terminated" || r.Writes != 1 {
		t.Errorf("ECGrid has %+v on record, not one call that terminated", r)
	}
	s.until("the card has lost its buttons", func() bool { return !buttonsOn(s.now(card)) })
	s.until("the end is audited", func() bool { return len(s.audited("OFF-1", "completed")) == 1 })
	if code := s.stop(); code != 0 {
		t.Errorf("the bot ended with %d", code)
	}
	if r := s.requests(); len(r) != 1 {
		t.Errorf("the journal has %q, not one request", r)
	}
}
