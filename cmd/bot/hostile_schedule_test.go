package main

import (
	"testing"
	"time"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// What is scheduled is not called before its time, and an approval holds for the time that the card showed.
func TestHostileSchedule(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{before: func(tw *town.Town) {
		tw.Slack.AddPerson(workspace.Person{ID: town.Alice, Name: "alice", Email: "alice@example.com", Zone: "Asia/Kolkata"})
	}})
	day := time.Now().UTC().AddDate(0, 0, 2)
	first := s.ask(town.Dana, "at:"+day.Format("2006-01-02")+"T18:00")
	s.press(town.Bob, first, "approve")
	s.thread(first, day.Format("2006-01-02")+" 12:30 UTC") // India is five and a half hours ahead
	s.uncalled(town.Dana)

	at := time.Now().UTC().Truncate(time.Second).Add(4 * time.Second)
	s.deliver(commandsPath, s.command(town.Bob, "reschedule OFF-1 at:"+at.Format(time.RFC3339)))
	s.told(town.Bob, "Only the person who asked")
	s.deliver(commandsPath, s.command(town.Alice, "reschedule OFF-1 at:"+at.Format(time.RFC3339)))
	s.thread(first, "Moved by <@"+town.Alice+">")
	s.until("the card asks again", func() bool { return buttonsOn(s.now(first)) })
	s.press(town.Bob, first, "approve")
	s.told(town.Bob, "has changed")
	s.uncalled(town.Dana)
	s.press(town.Bob, s.now(first), "approve")
	s.outcome(first.TS, "Done")
	s.stop()
	calls := s.town.Record("ecgrid", town.Dana.ID)
	if calls.Writes != 1 {
		t.Fatalf("ECGrid got %d calls", calls.Writes)
	}
	for _, c := range s.town.ECGrid.Calls() {
		if c.Write && c.At.Before(at) {
			t.Errorf("called at %s, scheduled for %s", c.At, at)
		}
	}
}
