package main

import (
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// ends holds that a request has ended without a call: told in the thread, shown on the card without buttons, audited in one line, and
// that clicks get an answer and nothing else.
func (s *stage) ends(card workspace.Message, told, audited string) {
	s.t.Helper()
	s.outcome(card.TS, told)
	s.until("the card has ended", func() bool {
		now := s.now(card)
		return !buttonsOn(now) && strings.Contains(strings.ToLower(string(now.Blocks)), audited)
	})
	s.until("the end is audited", func() bool { return len(s.audited(" · "+audited+" · ")) == 1 })
	posts := len(s.slack.Calls("chat.postMessage"))
	s.press(town.Bob, card, "approve")
	s.told(town.Bob, "already over")
	s.press(town.Carol, card, "deny")
	s.told(town.Carol, "already over")
	s.stop()
	if n := len(s.slack.Calls("chat.postMessage")); n != posts {
		s.t.Errorf("clicks on a finished request posted %d messages", n-posts)
	}
	if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 0 || r.State != "Active" {
		s.t.Errorf("ECGrid has %+v on record", r)
	}
}

// The endings that need no call.
func TestHostileEndings(t *testing.T) {
	t.Parallel()
	t.Run("denied", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, props{})
		card := s.ask(town.Dana, "")
		s.press(town.Bob, card, "deny")
		s.ends(card, "Denied", "denied")
	})
	t.Run("withdrawn by its button", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, props{})
		card := s.ask(town.Dana, "")
		s.press(town.Bob, card, "withdraw")
		s.told(town.Bob, "Only the person who asked")
		s.press(town.Alice, card, "withdraw")
		s.ends(card, "Withdrawn", "withdrawn")
	})
	t.Run("withdrawn by command", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, props{})
		card := s.ask(town.Dana, "")
		s.deliver(commandsPath, s.command(town.Bob, "withdraw OFF-1"))
		s.told(town.Bob, "Only the person who asked")
		s.deliver(commandsPath, s.command(town.Alice, "withdraw OFF-1"))
		s.ends(card, "Withdrawn", "withdrawn")
	})
	t.Run("expired", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, props{edit: []string{"expires: 24h", "expires: 1500ms"}})
		card := s.ask(town.Dana, "")
		s.ends(card, "Expired", "expired")
	})
}

// An approval that comes after the time is none, and one that cannot begin in its window ends without a call.
func TestHostileWindows(t *testing.T) {
	t.Parallel()
	t.Run("the provider is away for the whole window", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, props{edit: append([]string{"window: 1h", "window: 2s"}, hurry...)})
		card := s.ask(town.Dana, "")
		s.town.ECGrid.Faults().Set("any", fault.Fault{Mode: fault.Status500})
		s.press(town.Bob, card, "approve")
		s.outcome(card.TS, "Expired", "Not done")
		s.town.ECGrid.Faults().Clear()
		s.until("the card has lost its buttons", func() bool { return !buttonsOn(s.now(card)) })
		s.stop()
		s.uncalled(town.Dana)
	})
	t.Run("the bot is away when the time runs out", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, props{edit: []string{"expires: 24h", "expires: 1s"}})
		card := s.ask(town.Dana, "")
		s.stop()
		over := time.Now().Add(1100 * time.Millisecond)
		s.until("the time is over", func() bool { return time.Now().After(over) })
		s.start()
		s.press(town.Bob, card, "approve")
		s.told(town.Bob, "over")
		s.outcome(card.TS, "Expired")
		s.stop()
		s.uncalled(town.Dana)
	})
	t.Run("the bot is away for the whole window", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, props{edit: append([]string{"window: 1h", "window: 1s"}, hurry...)})
		card := s.ask(town.Dana, "")
		s.town.ECGrid.Faults().Set("read", fault.Fault{Mode: fault.Status500})
		s.press(town.Bob, card, "approve")
		s.stop()
		over := time.Now().Add(1100 * time.Millisecond)
		s.until("the window is over", func() bool { return time.Now().After(over) })
		s.town.ECGrid.Faults().Clear()
		s.start()
		s.outcome(card.TS, "Expired", "Not done")
		s.stop()
		s.uncalled(town.Dana)
	})
}

// The questions that can be asked, and who gets an answer.
func TestHostileQuestions(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	card := s.ask(town.Dana, "reason:left")
	s.ask(town.Rosa, "")
	ask := func(who, line string) string {
		t.Helper()
		before := len(s.heard(who))
		s.deliver(commandsPath, s.command(who, line))
		s.until(who+" is answered "+line, func() bool { return len(s.heard(who)) > before })
		return s.heard(who)[before]
	}
	s.until("both are told", func() bool { return len(s.heard(town.Alice)) == 2 })
	for _, x := range []struct {
		who, line string
		told      []string
	}{
		{town.Alice, "list", []string{"OFF-1", "OFF-2", "Dana Hill"}},
		{town.Bob, "list", []string{"OFF-1", "OFF-2"}},
		{town.Nadia, "list", []string{"Only requesters and approvers"}},
		{town.Alice, "status OFF-1", []string{"OFF-1", "0 of 1", "|Open the card>"}},
		{town.Bob, "status off-2", []string{"OFF-2"}},
		{town.Nadia, "status OFF-1", []string{"Only requesters and approvers"}},
		{town.Alice, "status OFF-99", []string{"There is no OFF-99"}},
		{town.Alice, "status OFF-999999999", []string{"There is no OFF-999999999"}},
		{town.Alice, "withdraw OFF-99", []string{"There is no OFF-99"}},
		{town.Gus, "list", []string{"Guests cannot"}},
	} {
		got := ask(x.who, x.line)
		for _, w := range x.told {
			if !strings.Contains(got, w) {
				t.Errorf("%s asks %q and is told %q, not %q", town.Name(x.who), x.line, got, w)
			}
		}
	}
	s.press(town.Bob, card, "deny")
	s.thread(card, "Denied")
	if got := ask(town.Alice, "list"); strings.Contains(got, "OFF-1*") || !strings.Contains(got, "OFF-2") {
		t.Errorf("the list of open requests is %q", got)
	}
	if got := ask(town.Alice, "status OFF-1"); !strings.Contains(got, "denied") {
		t.Errorf("the status of what was denied is %q", got)
	}
}
