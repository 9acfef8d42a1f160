package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"offboard/internal/journal/redis/redistest"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// types delivers a command, and waits until its sender is told the words.
func (s *stage) types(user, line, told string) {
	s.t.Helper()
	s.deliver(commandsPath, s.command(user, line))
	s.told(user, told)
}

// waits waits until a card says that it is stopped by the freeze.
func (s *stage) waits(card workspace.Message, freeze string) {
	s.t.Helper()
	s.until("the card says that it waits", func() bool {
		return strings.Contains(string(s.now(card).Blocks), "stopped by the freeze "+freeze)
	})
}

// postponed waits until the bot has put a call off once more.
func (s *stage) postponed(out *tape) {
	s.t.Helper()
	const msg = "recheck postponed"
	before := len(out.entries(msg))
	s.until("a call is put off once more", func() bool { return len(out.entries(msg)) > before })
}

// metric reports whether /metrics shows the line.
func (s *stage) metric(line string) bool {
	s.t.Helper()
	_, text := s.send(hand{method: http.MethodGet, path: "/metrics"})
	return strings.Contains(text, "\n"+line+"\n")
}

// pingsOnce waits until the thread of a freeze's card has addressed the approvers, once.
func (s *stage) pingsOnce(title string) {
	s.t.Helper()
	s.until("the approvers are addressed", func() bool {
		pings := 0
		for _, card := range s.slack.Messages(town.Approvals) {
			if !strings.HasPrefix(card.Text, title) {
				continue
			}
			for _, m := range s.slack.Thread(card.Channel, card.TS) {
				if strings.Contains(m.Text, "<!subteam^"+town.Approvers+">") && strings.Contains(m.Text, "no call begins until two of you have typed") {
					pings++
				}
			}
		}
		return pings == 1
	})
}

// One approver stops everything, through a restart; one alone, a requester and somebody who is nobody do not end it; two approvers do.
func TestHostileFreeze(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) *stage{
		"on a file": func(t *testing.T) *stage { return newStage(t, props{}) },
		"on Redis": func(t *testing.T) *stage {
			s, _ := onRedis(t, props{}, redistest.Durable()...)
			s.start()
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			card := s.ask(town.Dana, "")
			s.types(town.Alice, "freeze", "You may not stop everything here")
			s.types(town.Nadia, "freeze", "You may not stop everything here")
			if !s.metric("offboard_frozen 0") {
				t.Error("offboard_frozen is not 0")
			}
			s.types(town.Bob, "freeze odd things happen", "Everything is stopped (OFF-2)")
			s.types(town.Carol, "freeze", "Everything is stopped already (OFF-2, by <@"+town.Bob+">")
			s.press(town.Carol, card, "approve")
			s.waits(card, "OFF-2")
			s.pingsOnce("OFF-2 ·")
			if !s.metric("offboard_frozen 1") {
				t.Error("offboard_frozen is not 1")
			}
			s.stop()
			s.start()
			s.postponed(s.out)
			for who, told := range map[string]string{town.Alice: "not one of the approvers", town.Nadia: "not one of the approvers", town.Bob: "Everything stays stopped"} {
				s.types(who, "unfreeze", told)
			}
			s.types(town.Bob, "unfreeze", "You have asked for the end of OFF-2 already")
			s.types(town.Bob, "withdraw OFF-2", "is a freeze, not a removal")
			s.types(town.Alice, "list", "*OFF-2* freeze, by <@"+town.Bob+">")
			s.postponed(s.out)
			s.uncalledYet(town.Dana)
			s.types(town.Carol, "unfreeze", "The freeze OFF-2 is over")
			s.thread(card, "Done")
			s.until("all is audited", func() bool {
				return len(s.audited(" completed ")) == 1 && len(s.audited(" freeze ended ", "everything")) == 1
			})
			s.stop()
			s.onceDone(card.TS)
			if n, m := len(s.audited(" frozen ", "everything", "odd things")), len(s.audited("end of the freeze asked for", "<@"+town.Bob+">")); n != 1 || m != 1 {
				t.Errorf("frozen is audited %d times, the first word to end it %d times", n, m)
			}
			if got := s.cards("odd"); len(got) != 0 {
				t.Errorf("%d cards name nobody's account", len(got))
			}
			if n := len(s.requests()); n != 2 {
				t.Errorf("%d logs, not a request and a freeze", n)
			}
		})
	}
}

// uncalledYet holds that nothing was called, while the bot runs on.
func (s *stage) uncalledYet(l town.Leaver) {
	s.t.Helper()
	if r := s.town.Record("ecgrid", l.ID); r.Writes != 0 {
		s.t.Errorf("ECGrid got %d calls", r.Writes)
	}
}

// What one replica is told holds on all, and survives that one: the second stops as well, and so does one that starts later.
func TestReplicasFreeze(t *testing.T) {
	t.Parallel()
	f := newFleet(t, props{})
	a, b := f.add(), f.add()
	card := f.at(a).ask(town.Dana, "")
	f.types(town.Bob, "freeze", "Everything is stopped (OFF-2)")
	a.kill()
	f.at(b).press(town.Carol, card, "approve")
	f.waits(card, "OFF-2")
	c := f.add()
	b.kill()
	f.postponed(c.out)
	f.at(c).types(town.Bob, "unfreeze", "Everything stays stopped")
	d := f.add()
	f.uncalledYet(town.Dana)
	f.at(d).types(town.Carol, "unfreeze", "The freeze OFF-2 is over")
	f.thread(card, "Done")
	f.over(card.TS)
}

// Many calls are about to begin, on two replicas, while a third is told to stop everything: each of them has begun before that was answered, or
// waits. Nothing is called afterwards.
func TestReplicasFreezeAgainstBegin(t *testing.T) {
	t.Parallel()
	f := newFleet(t, props{edit: []string{"\nproviders:", "\nlimits: {per_hour: 1000, per_requester_per_day: 1000}\nproviders:"}})
	f.slack.Switch(workspace.Switches{NoRateLimits: true})
	a := f.add()
	f.add()
	third := f.add()
	const many = 8
	var cards []workspace.Message
	for i := range many {
		l := f.hire(i)
		f.at(a).deliver(commandsPath, f.command(town.Alice, l.Email))
		cards = append(cards, f.card(l.ID))
	}
	approving := *f.at(a).stage
	var all sync.WaitGroup
	all.Go(func() {
		for _, card := range cards {
			approving.press(town.Carol, card, "approve")
		}
	})
	f.until("a call is made", func() bool { return f.writes() > 0 })
	f.at(third).deliver(commandsPath, f.command(town.Bob, "freeze"))
	all.Wait()
	name := fmt.Sprintf("OFF-%d", many+1)
	f.told(town.Bob, "Everything is stopped ("+name+")")
	done := 0
	for _, card := range cards {
		f.until("it has ended or waits", func() bool {
			now := string(f.now(card).Blocks)
			return strings.Contains(now, "*Done") || strings.Contains(now, "stopped by the freeze "+name)
		})
		if strings.Contains(string(f.now(card).Blocks), "*Done") {
			done++
		}
	}
	f.postponed(third.out)
	if n := f.writes(); n != done {
		t.Errorf("%d calls, and %d cards say that it is done", n, done)
	}
	t.Logf("%d of %d had begun before everything was stopped", done, many)
}

// writes is how many calls ECGrid has got.
func (f *fleet) writes() int {
	n := 0
	for _, c := range f.town.ECGrid.Calls() {
		if c.Write {
			n++
		}
	}
	return n
}

// A freeze goes along when the journal is copied, and holds there.
func TestAFreezeIsCopied(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	s.types(town.Bob, "freeze", "Everything is stopped (OFF-1)")
	s.stop()
	other := filepath.Join(s.dir, "other.yaml")
	s.variant(other, "journal: file:"+filepath.Join(s.dir, "offboard.db"), "journal: file:"+filepath.Join(s.dir, "other.db"))
	s.copies(s.file, other, "")
	s.file = other
	s.start()
	s.types(town.Carol, "freeze", "Everything is stopped already (OFF-1")
}
