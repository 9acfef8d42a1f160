package main

import (
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/town"
)

// Design §9, "Same delivery": the same signed body, or the same trigger id in another, is one delivery: at once, after the request has
// ended, and after a restart. It is acknowledged and has no effect, and nobody is told anything again.
func TestHostileReplays(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	at := time.Now()
	trigger := trigger()
	asked := s.command(town.Alice, town.Dana.Email, "trigger_id", trigger)
	copied := s.command(town.Alice, town.Rosa.Email, "trigger_id", trigger)
	replay := func(bodies ...string) {
		t.Helper()
		for _, b := range bodies {
			path := commandsPath
			if strings.HasPrefix(b, "payload=") {
				path = interactionsPath
			}
			if status, answer := s.send(hand{path: path, body: b, at: at}); status != 200 || answer != "" {
				t.Errorf("a repeat is answered with %d %q, not 200 with nothing", status, answer)
			}
		}
	}
	if status, answer := s.send(hand{path: commandsPath, body: asked, at: at}); status != 200 || !strings.Contains(answer, "Looking up") {
		t.Fatalf("the command is answered with %d %q", status, answer)
	}
	replay(asked, copied)
	card := s.card(town.Dana.ID)
	s.told(town.Alice, "is recorded")
	payload := s.click(town.Bob, card, "approve")
	approved := interaction(payload)
	payload["user"] = object{"id": town.Carol, "team_id": "T0LOCAL"}
	payload["actions"] = []object{{"type": "button", "action_id": "deny", "value": valueOf(card)}}
	denied := interaction(payload) // the same trigger id in another body
	s.deliver(interactionsPath, approved)
	replay(approved, denied)
	s.thread(card, "Done")
	replay(asked, copied, approved, denied)
	s.until("the end is audited", func() bool { return len(s.audited("completed")) == 1 })
	s.stop()
	s.start()
	replay(asked, copied, approved, denied)
	s.press(town.Bob, card, "approve") // a fresh click is answered, so the bot is not merely deaf
	s.told(town.Bob, "already over")
	s.stop()

	if r := s.requests(); len(r) != 1 {
		t.Errorf("the journal has %q, not one request", r)
	}
	if n := len(s.slack.Messages(town.Approvals)); n != 1 {
		t.Errorf("there are %d cards, not one", n)
	}
	for who, n := range map[string]int{town.Alice: 1, town.Bob: 1, town.Carol: 0} {
		if got := s.heard(who); len(got) != n {
			t.Errorf("%s was told %d things, not %d: %q", who, len(got), n, got)
		}
	}
	if n := len(s.audited("approved")); n != 1 {
		t.Errorf("%d approvals are audited, not one", n)
	}
	if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 1 {
		t.Errorf("ECGrid got %d calls, not one", r.Writes)
	}
}

// What only reads is one delivery too.
func TestHostileReplayedQuestions(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	for _, line := range []string{"list", "status OFF-1"} {
		body := s.command(town.Alice, line)
		s.deliver(commandsPath, body)
		s.until(line+" is answered", func() bool { return len(s.heard(town.Alice)) > 0 })
		s.deliver(commandsPath, body)
	}
	s.stop()
	if got := s.heard(town.Alice); len(got) != 2 {
		t.Errorf("two questions got %d answers: %q", len(got), got)
	}
}

// The private list's button is one delivery too.
func TestHostileReplayedChoice(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{before: twins})
	s.deliver(commandsPath, s.command(town.Alice, town.Dana.Email))
	list := s.told(town.Alice, "2 accounts were found")
	body := interaction(s.choice(town.Alice, list, "1301"))
	s.deliver(interactionsPath, body)
	s.card("1301")
	s.deliver(interactionsPath, body)
	s.told(town.Alice, "is recorded")
	s.stop()
	if got := s.heard(town.Alice); len(got) != 2 {
		t.Errorf("Alice was told %d things, not the list and that it is recorded: %q", len(got), got)
	}
}

// A body that names no trigger is known by itself.
func TestHostileReplayedBody(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: []string{"approvals: 1", "approvals: 2"}})
	asked := s.command(town.Alice, town.Dana.Email, "trigger_id", "-")
	s.deliver(commandsPath, asked)
	card := s.card(town.Dana.ID)
	s.told(town.Alice, "is recorded")
	payload := s.click(town.Bob, card, "approve")
	delete(payload, "trigger_id")
	approved := interaction(payload)
	s.deliver(interactionsPath, approved)
	s.thread(card, "1 of 2")
	for _, answer := range []string{s.deliver(commandsPath, asked), s.deliver(interactionsPath, approved)} {
		if answer != "" {
			t.Errorf("a repeat is answered with %q, not with nothing", answer)
		}
	}
	s.stop()
	if alice, bob := s.heard(town.Alice), s.heard(town.Bob); len(alice) != 1 || len(bob) != 0 {
		t.Errorf("Alice was told %q and Bob %q", alice, bob)
	}
}
