package main

import (
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
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

// either is a stage whose bot is reached over HTTP, or over sockets.
func either(t *testing.T, socket bool) *stage {
	t.Helper()
	if socket {
		return overSocket(t, props{})
	}
	s := newStage(t, props{})
	s.slack.UseHTTP(endpoints(strings.TrimPrefix(s.base, "http://")))
	return s
}

// What is being decided when the bot is told to stop is decided, recorded and acknowledged before it has stopped, and what was acknowledged
// is answered.
func TestHostileStopWhileDeciding(t *testing.T) {
	t.Parallel()
	for name, socket := range map[string]bool{"http": false, "socket": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := either(t, socket)
			s.took(s.slack.Command(s.ctx, town.Alice, town.General, "/offboard", town.Dana.Email))
			card := s.card(town.Dana.ID)
			slow := func(user string) {
				s.slack.Fault(workspace.Fault{
					Method: "users.info", With: map[string]string{"user": user}, Kind: workspace.FaultSlow, Delay: 800 * time.Millisecond, Times: 1,
				})
			}
			slow(town.Alice)
			s.took(s.slack.Command(s.ctx, town.Alice, town.General, "/offboard", "status OFF-1"))
			slow(town.Bob)
			acked := make(chan workspace.Ack, 1)
			go func() {
				ack, _ := s.slack.Click(s.ctx, town.Bob, card.Channel, card.TS, "deny")
				acked <- ack
			}()
			s.until("it is asked who clicked", func() bool {
				calls := s.slack.Calls("users.info")
				return calls[len(calls)-1].Params["user"] == town.Bob
			})
			if code := s.stop(); code != 0 {
				t.Errorf("the bot ended with %d", code)
			}
			if ack := <-acked; ack.Error != "" {
				t.Errorf("the click was not acknowledged: %s", ack.Error)
			}
			if told := strings.Join(s.heard(town.Alice), "|"); !strings.Contains(told, "waiting for approval") && !strings.Contains(told, "OFF-1* ") {
				t.Errorf("Alice was told %q, not how far OFF-1 is", told)
			}
			s.start()
			s.thread(card, "Denied by")
			s.uncalled(town.Dana)
		})
	}
}
