package main

import (
	"strings"
	"testing"

	"offboard/internal/sandbox/town"
)

// In the cool-off a guest and a member without any right stop nothing; a requester does, by the button, and an approver, by the word. Nothing is
// called, and a restart changes nothing about it.
func TestHostileStop(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]struct {
		by   string
		word bool
	}{"pressed by a requester": {by: town.Alice}, "typed by an approver": {by: town.Carol, word: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{edit: []string{"window: 1h", "window: 1h\n    cool_off: 1h"}})
			card := s.ask(town.Dana, "")
			s.press(town.Bob, card, "approve")
			s.thread(card, "Before it begins any requester or approver may press *Stop* on the card.")
			s.until("the card has the button", func() bool { return strings.Contains(string(s.now(card).Blocks), `"action_id":"stop"`) })
			s.press(town.Nadia, card, "stop")
			s.told(town.Nadia, "not one of those who may stop")
			s.press(town.Gus, card, "stop")
			s.told(town.Gus, "uest")
			s.stop()
			s.start()
			s.uncalled(town.Dana)
			if stop.word {
				s.deliver(commandsPath, s.command(stop.by, "stop OFF-1"))
				s.told(stop.by, "OFF-1 is stopped")
			} else {
				s.press(stop.by, card, "stop")
			}
			s.thread(card, "Stopped by <@"+stop.by+">. Nothing was changed.")
			s.until("the card has no buttons any more", func() bool { return !buttonsOn(s.now(card)) })
			s.until("it is audited", func() bool { return len(s.audited(" stopped ", "<@"+stop.by+">")) == 1 })
			s.stop()
			s.uncalled(town.Dana)
		})
	}
}
