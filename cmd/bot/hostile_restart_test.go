package main

import (
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/town"
)

// A pending request keeps its approvals and its buttons over a restart.
func TestHostileRestartPending(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: []string{"approvals: 1", "approvals: 2"}})
	card := s.ask(town.Dana, "")
	s.press(town.Bob, card, "approve")
	s.thread(card, "1 of 2")
	s.stop()
	s.start()
	s.press(town.Bob, card, "approve")
	s.told(town.Bob, "counts once")
	s.press(town.Carol, card, "approve")
	s.thread(card, "Done")
	s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
	s.stop()
	s.onceDoneBy(card.TS, 2)
}

// A click that was acknowledged is carried out, even when the bot is stopped right after it.
func TestHostileRestartAfterClick(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	card := s.ask(town.Dana, "")
	s.press(town.Bob, card, "approve")
	s.stop()
	s.start()
	s.thread(card, "Done")
	s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
	s.stop()
	s.onceDoneBy(card.TS, 1)
}

// An approved request that waits for its provider goes on waiting after a restart.
func TestHostileRestartProviderAway(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: hurry})
	card := s.ask(town.Dana, "")
	s.town.ECGrid.Faults().Set("any", fault.Fault{Mode: fault.Status500})
	s.press(town.Bob, card, "approve")
	s.until("it was looked for", func() bool { return len(s.out.entries("recheck postponed")) > 0 })
	s.stop()
	s.town.ECGrid.Faults().Clear()
	s.start()
	s.thread(card, "Done")
	s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
	s.stop()
	s.onceDoneBy(card.TS, 1)
}

// A call under way is let come to its end, and its outcome is told after the restart.
func TestHostileRestartDuringCall(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	card := s.ask(town.Dana, "")
	s.town.ECGrid.Faults().Set("write", fault.Fault{Mode: fault.Slow, Delay: time.Second})
	s.press(town.Bob, card, "approve")
	s.until("the call is under way", func() bool { return s.town.Record("ecgrid", town.Dana.ID).Writes == 1 })
	if code := s.stop(); code != 0 {
		t.Errorf("stopped with %d", code)
	}
	if r := s.town.Record("ecgrid", town.Dana.ID); r.State != "Terminated" {
		t.Errorf("the call was cut off: %+v", r)
	}
	s.start()
	s.thread(card, "Done")
	s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
	s.stop()
	s.onceDoneBy(card.TS, 1)
}

// An unknown outcome is read back after a restart, and nothing is called again.
func TestHostileRestartUnknown(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: hurry})
	d := deeds()[4]
	card := s.approved(d, fault.Fault{Mode: fault.TimeoutAfter})
	s.until("the call is under way", func() bool { return s.town.Record(d.at, d.leaver.ID).Writes == 1 })
	s.faults(d.at).Set("read", fault.Fault{Mode: fault.Status500})
	s.outcome(card, "Outcome unknown")
	s.stop()
	s.faults(d.at).Clear()
	s.start()
	s.outcome(card, "Done")
	s.stop()
	s.holds(d, true, 1, 1)
}

// onceDoneBy is onceDone after a number of approvals.
func (s *stage) onceDoneBy(cardTS string, approvals int) {
	s.t.Helper()
	if n := len(s.audited(" approved ")); n != approvals {
		s.t.Errorf("%d approvals are audited, not %d", n, approvals)
	}
	if approvals == 1 {
		s.onceDone(cardTS)
	}
	if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 1 {
		s.t.Errorf("ECGrid got %d calls, not one", r.Writes)
	}
	for _, l := range s.requests() {
		if strings.Contains(l, "CHANGED") {
			s.t.Errorf("the journal is not whole: %s", l)
		}
	}
}

// Writes that are switched on after a rehearsal was approved void the approval: a rehearsal is not what would be done.
func TestHostileRehearsalTurnedReal(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{rehearsal: true})
	card := s.ask(town.Dana, "")
	s.stop()
	s.rewrite("writes: false", "writes: true")
	s.start()
	s.press(town.Bob, card, "approve")
	s.thread(card, "void")
	s.until("the card asks again", func() bool { return buttonsOn(s.now(card)) && valueOf(s.now(card)) != valueOf(card) })
	if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 0 {
		t.Fatalf("ECGrid got %d calls", r.Writes)
	}
	s.press(town.Bob, s.now(card), "approve")
	s.thread(card, "Done")
}

// Who is not an approver any more after a restart approves nothing.
func TestHostileRightsTakenAway(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	card := s.ask(town.Dana, "")
	s.stop()
	s.rewrite("approvers: {groups: [S0APPROVERS]}", "approvers: {users: [U0CAROL]}")
	s.start()
	s.press(town.Bob, card, "approve")
	s.told(town.Bob, "not one of the approvers")
	s.press(town.Carol, card, "approve")
	s.thread(card, "Done")
}
