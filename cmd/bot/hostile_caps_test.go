package main

import (
	"strings"
	"testing"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// onePair lets one requester and one approver remove one account an hour together.
var onePair = []string{town.Roomy, "pair: {per_hour: 1}"}

const pinged = "<!subteam^" + town.Approvers + ">"

// pings counts the messages of a thread that address the approvers.
func (s *stage) pings(card workspace.Message) int {
	n := 0
	for _, line := range s.lines(card) {
		n += strings.Count(line, pinged)
	}
	return n
}

// Alice and Bob remove one account, and want to remove a second within the hour. It is held: none of the two, and nobody without the right,
// lets it go, over a restart. Carol does.
func TestHostileOverTheCap(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: onePair})
	first := s.ask(town.Dana, "")
	s.press(town.Bob, first, "approve")
	s.thread(first, "Done")
	card := s.ask(town.Rosa, "")
	s.press(town.Bob, card, "approve")
	s.thread(card, "Held: 1 removal an hour is the cap for one requester with the same approver, and this would be one more. Nothing was called. "+pinged)
	s.until("the card says so", func() bool {
		return strings.Contains(string(s.now(card).Blocks), "somebody who neither asked nor approved must release it")
	})
	s.until("the audit channel is told", func() bool { return len(s.audited(" held ")) == 1 })
	for user, words := range map[string]string{
		town.Alice: "You asked for OFF-2 yourself", town.Bob: "You approved OFF-2 yourself", town.Nadia: "not one of those who may release", town.Gus: "uest",
	} {
		s.deliver(commandsPath, s.command(user, "release OFF-2"))
		s.told(user, words)
	}
	s.stop()
	s.start()
	s.until("it is counted", func() bool { return s.metric("offboard_held 1") })
	s.uncalled(town.Rosa)
	s.deliver(commandsPath, s.command(town.Carol, "release OFF-2"))
	s.thread(card, "Released by <@"+town.Carol+">, over the cap.")
	s.thread(card, "Done")
	s.until("the release is audited", func() bool { return len(s.audited(" released ", "<@"+town.Carol+">")) == 1 })
	if n := s.pings(card) + s.pings(first); n != 1 {
		t.Errorf("the approvers were pinged %d times", n)
	}
	s.stop()
	if r := s.town.Record("ecgrid", town.Rosa.ID); r.Writes != 1 {
		t.Errorf("ECGrid got %d calls", r.Writes)
	}
}

// Two replicas share the cap: what one has let begin the other counts.
func TestReplicasShareTheCap(t *testing.T) {
	t.Parallel()
	f := newFleet(t, props{edit: []string{town.Roomy, "approver: {per_hour: 2, per_day: 2}"}})
	a, b := f.add(), f.add()
	all := []town.Leaver{town.Dana, town.Rosa, town.Jonas, town.Kim}
	var cards []workspace.Message
	for i, l := range all {
		cards = append(cards, f.at([]*replicaProcess{a, b}[i%2]).ask(l, ""))
	}
	for i, card := range cards {
		f.at([]*replicaProcess{a, b}[i%2]).press(town.Bob, card, "approve")
	}
	told := func(words string) int {
		n := 0
		for _, card := range cards {
			if strings.Contains(strings.Join(f.lines(card), "\n"), words) {
				n++
			}
		}
		return n
	}
	f.until("two are done and two held", func() bool { return told("Done") == 2 && told("Held") == 2 })
	calls := 0
	for i, l := range all {
		calls += f.town.Record([]string{"ecgrid", "ecgrid", "torii", "torii"}[i], l.ID).Writes
	}
	if calls != 2 {
		t.Errorf("%d calls left, the cap is 2", calls)
	}
}
