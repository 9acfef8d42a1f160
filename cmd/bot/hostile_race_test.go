package main

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/sandbox/town"
)

// together sends bodies at one moment.
func (s *stage) together(bodies ...string) {
	var all sync.WaitGroup
	gate := make(chan struct{})
	for _, b := range bodies {
		all.Go(func() {
			<-gate
			s.send(hand{path: interactionsPath, body: b})
		})
	}
	close(gate)
	all.Wait()
}

// Many clicks at once, alike or not, make one approval and one call.
func TestHostileClicksAtOnce(t *testing.T) {
	t.Parallel()
	const clicks = 20
	for name, two := range map[string]bool{"identical": false, "distinct, by two people": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{})
			card := s.ask(town.Dana, "")
			same := interaction(s.click(town.Bob, card, "approve"))
			var bodies []string
			for i := range clicks {
				b := same
				if two {
					b = interaction(s.click([]string{town.Bob, town.Carol}[i%2], card, "approve"))
				}
				bodies = append(bodies, b)
			}
			s.together(bodies...)
			s.thread(card, "Done")
			s.until("the end is audited", func() bool { return len(s.audited("completed")) == 1 })
			s.stop()
			s.onceDone(card.TS)
		})
	}
}

// onceDone holds that Dana was approved once, called once, and told of once.
func (s *stage) onceDone(cardTS string) {
	s.t.Helper()
	if n := len(s.audited(" approved ")); n != 1 {
		s.t.Errorf("%d approvals are audited, not one", n)
	}
	if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 1 || r.State != "Terminated" {
		s.t.Errorf("ECGrid has %+v on record, not one call that terminated", r)
	}
	done := 0
	for _, m := range s.slack.Thread(town.Approvals, cardTS) {
		if strings.HasPrefix(m.Text, "Done") {
			done++
		}
	}
	if done != 1 {
		s.t.Errorf("the outcome is told %d times, not once", done)
	}
}

// Approve and deny at one moment: one of them counts.
func TestHostileApproveAgainstDeny(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	card := s.ask(town.Dana, "")
	s.together(interaction(s.click(town.Bob, card, "approve")), interaction(s.click(town.Carol, card, "deny")))
	s.until("it is over", func() bool { return len(s.audited(" completed "))+len(s.audited(" denied ")) > 0 })
	s.stop()
	approved, denied := len(s.audited(" approved ")), len(s.audited(" denied "))
	r := s.town.Record("ecgrid", town.Dana.ID)
	if approved+denied != 1 || r.Writes != approved {
		t.Errorf("%d approved, %d denied, %d calls", approved, denied, r.Writes)
	}
}

// Two people must be two people.
func TestHostileTwoApprovals(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: []string{"approvals: 1", "approvals: 2"}})
	card := s.ask(town.Dana, "")
	s.press(town.Bob, card, "approve")
	s.thread(card, "1 of 2")
	s.press(town.Bob, card, "approve")
	s.told(town.Bob, "counts once")
	s.together(interaction(s.click(town.Bob, card, "approve")), interaction(s.click(town.Alice, card, "approve")))
	s.told(town.Alice, "a second person must decide")
	if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 0 {
		t.Fatalf("ECGrid got %d calls on one person's approval", r.Writes)
	}
	s.press(town.Carol, card, "approve")
	s.thread(card, "2 of 2")
	s.thread(card, "Done")
	s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
	s.stop()
	if n := len(s.audited(" approved ")); n != 2 {
		t.Errorf("%d approvals are audited, not two", n)
	}
	if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 1 {
		t.Errorf("ECGrid got %d calls, not one", r.Writes)
	}
}

// The same command many times at once, by hand and each with a trigger id of its own: one request, and the others are led to it.
func TestHostileCommandsAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	var all sync.WaitGroup
	const asked = 8
	for range asked {
		body := s.command(town.Alice, town.Dana.Email)
		all.Go(func() { s.send(hand{path: commandsPath, body: body}) })
	}
	all.Wait()
	s.until("everybody is answered", func() bool { return len(s.heard(town.Alice)) == asked })
	s.stop()
	recorded := 0
	for _, text := range s.heard(town.Alice) {
		switch {
		case strings.Contains(text, "is recorded"):
			recorded++
		case !strings.Contains(text, "already open") || !strings.Contains(text, "|Open the card>"):
			t.Errorf("told %q, not that it is open already, with a link", text)
		}
	}
	if n := len(s.requests()); n != 1 || recorded != 1 || len(s.cards(town.Dana.ID)) != 1 {
		t.Errorf("%d requests, %d told, %d cards; not one each", n, recorded, len(s.cards(town.Dana.ID)))
	}
}

// The two administrators of a network, approved in the same moment: one goes, and the other is then the last one.
func TestHostileTwoAdministratorsAtOnce(t *testing.T) {
	t.Parallel()
	admins := []localecgrid.User{
		{ID: 1611, Login: "one@example.com", Email: "one@example.com", NetworkID: 71, AuthLevel: "NetworkAdmin"},
		{ID: 1612, Login: "other@example.com", Email: "other@example.com", NetworkID: 71, AuthLevel: "NetworkAdmin"},
	}
	s := newStage(t, props{before: func(tw *town.Town) {
		for _, u := range admins {
			tw.ECGrid.Put(u)
		}
	}})
	var bodies []string
	for _, u := range admins {
		s.deliver(commandsPath, s.command(town.Alice, u.Login+" provider:ecgrid"))
		bodies = append(bodies, interaction(s.click(town.Bob, s.card(strconv.Itoa(u.ID)), "approve")))
	}
	s.town.Faults("ecgrid").Set("any", fault.Fault{Mode: fault.Slow, Delay: 200 * time.Millisecond}) // both are counted before either goes
	s.together(bodies...)
	s.until("both have ended", func() bool { return len(s.audited("completed")) == 2 })
	gone := 0
	for _, u := range admins {
		gone += s.town.Record("ecgrid", strconv.Itoa(u.ID)).Writes
	}
	if last := s.audited("by now nobody else administers there; nothing was"); gone != 1 || len(last) != 1 {
		t.Errorf("%d of two are gone; the audit channel was told of the other: %q", gone, last)
	}
}
