package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"offboard/internal/journal/redis/redistest"
	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

const lacking = "the journal lacks what the audit channel has reported"

// barred starts a bot whose journal lacks something, and holds that it says so in the log, at /readyz and in Slack, in these words, and takes
// nothing in.
func (s *stage) barred(words string) {
	s.t.Helper()
	before, ready := len(s.out.entries(lacking)), len(s.out.entries("ready"))
	s.launch()
	s.until("the bot says that its journal lacks something", func() bool { return len(s.out.entries(lacking)) > before })
	e := s.out.entries(lacking)[before]
	listen, _ := e["listen"].(string)
	s.base = "http://" + listen
	if do, _ := e["do"].(string); !strings.Contains(do, "bot journal accept-loss") {
		s.t.Errorf("the log names no way out: %v", e)
	}
	s.until("requests are taken in", func() bool {
		status, text := s.send(hand{method: http.MethodGet, path: "/readyz"})
		return status == http.StatusServiceUnavailable && strings.Contains(text, lacking) && strings.Contains(text, words)
	})
	s.until("the audit channel and the approvers are told", func() bool {
		return len(s.alarms(town.Audit)) == 1 && len(s.alarms(town.Approvals)) == 1
	})
	if text := s.alarms(town.Audit)[0]; !strings.Contains(text, words) || !strings.Contains(text, "accept-loss") {
		s.t.Errorf("the alarm is %q", text)
	}
	if got := s.deliver(commandsPath, s.command(town.Alice, town.Priya.Email)); !strings.Contains(got, "has lost what was recorded") {
		s.t.Errorf("Alice is told %q", got)
	}
	if len(s.out.entries("ready")) != ready {
		s.t.Error("the bot says that it is ready")
	}
}

// alarms are the messages in a channel that say that the journal lacks something.
func (s *stage) alarms(channel string) []string {
	var out []string
	for _, m := range s.slack.Messages(channel) {
		if strings.Contains(m.Text, "Alarm: "+lacking) {
			out = append(out, m.Text)
		}
	}
	return out
}

// acceptsLoss is what an operator types when the journal is gone for good.
func (s *stage) acceptsLoss(words ...string) {
	s.t.Helper()
	code, text := said(s.t, s.getenv, "journal", "accept-loss", "--config", s.file)
	if code != 0 {
		s.t.Errorf("accept-loss ends with %d", code)
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			s.t.Errorf("accept-loss does not say %q: %s", w, text)
		}
	}
}

// acceptsNothing is what an operator types too early.
func (s *stage) acceptsNothing(says string) {
	s.t.Helper()
	code, text := said(s.t, s.getenv, "journal", "accept-loss", "--config", s.file)
	if code == 0 || !strings.Contains(text, says) {
		s.t.Errorf("accept-loss ends with %d and says %q", code, text)
	}
}

// asksAgain asks for Dana where a card of hers stands already, and returns the new one.
func (s *stage) asksAgain() workspace.Message {
	s.t.Helper()
	before := len(s.cards(town.Dana.ID))
	s.deliver(commandsPath, s.command(town.Alice, town.Dana.Email))
	s.until("there is a new card", func() bool { return len(s.cards(town.Dana.ID)) > before })
	return s.card(town.Dana.ID)
}

// A new file beside an audit channel that has told of an earlier one: nothing in it can be called a second time, so the bot says that numbers begin
// anew and goes on, also at the start after that. A copy of the new file from before an approval is noticed all the same.
func TestWitnessNewFile(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: []string{"approvals: 1", "approvals: 2"}})
	s.ask(town.Dana, "")
	s.until("it is audited", func() bool { return len(s.audited(" requested ")) == 1 })
	s.stop()
	file := filepath.Join(s.dir, "offboard.db")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	s.acceptsNothing("there is no journal")
	s.start()
	if n := len(s.out.entries(numbersAgain)); n != 1 {
		t.Errorf("it is logged %d times that numbers begin again", n)
	}
	card := s.asksAgain()
	s.until("it is audited", func() bool { return len(s.audited(" requested ", "*OFF-1*")) == 2 })
	s.stop()
	old := s.read(file)
	s.acceptsLoss("nothing to accept")
	s.start()
	s.press(town.Bob, card, "approve")
	s.until("it is audited", func() bool { return len(s.audited(" approved ")) == 1 })
	s.stop()
	s.write(file, old)
	s.barred("OFF-1 #")
}

// A file that was restored from an old backup: what was decided since is not on record, so nothing is begun. The newer file opens the bot again.
func TestWitnessOldCopy(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: []string{"approvals: 1", "approvals: 2"}})
	file := filepath.Join(s.dir, "offboard.db")
	card := s.ask(town.Dana, "")
	s.until("it is audited", func() bool { return len(s.audited(" requested ")) == 1 })
	s.stop()
	old := s.read(file)
	s.start()
	s.press(town.Bob, card, "approve")
	s.until("it is audited", func() bool { return len(s.audited(" approved ")) == 1 })
	s.stop()
	newer := s.read(file)
	s.write(file, old)
	s.barred("OFF-1 #")
	if status, _ := s.send(hand{path: interactionsPath, body: interaction(s.click(town.Carol, card, "approve"))}); status < 500 {
		t.Errorf("a click is answered with %d", status)
	}
	s.told(town.Carol, "has lost what was recorded")
	s.uncalled(town.Dana)
	s.stop()
	s.write(file, newer)
	s.start()
	s.press(town.Carol, card, "approve")
	s.thread(card, "Done")
	s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
	s.stop()
	s.onceDoneBy(card.TS, 2)
}

// A journal that came back from before its call: after the loss was accepted that call is not made again, whatever the old journal says of it. The
// account is read back instead.
func TestWitnessNoSecondCall(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: hurry})
	file := filepath.Join(s.dir, "offboard.db")
	card := s.ask(town.Dana, "")
	s.town.ECGrid.Faults().Set("any", fault.Fault{Mode: fault.Status500})
	s.press(town.Bob, card, "approve")
	s.until("it waits for ECGrid", func() bool { return len(s.out.entries("recheck postponed")) > 0 })
	s.until("it is audited", func() bool { return len(s.audited(" approved ")) == 1 })
	s.stop()
	old := s.read(file)
	s.town.ECGrid.Faults().Clear()
	s.town.ECGrid.Faults().Set("write", fault.Fault{Mode: fault.TimeoutBefore})
	s.start()
	s.outcome(card.TS, "Outcome unknown")
	s.until("the call is audited", func() bool { return len(s.audited(" call begun ")) == 1 })
	s.stop()
	s.town.ECGrid.Faults().Clear()
	s.write(file, old)
	s.barred("OFF-1 #")
	s.stop()
	looked := len(s.audited(" looked "))
	s.acceptsLoss("OFF-1 #", "1 open request")
	s.acceptsLoss("nothing to accept")
	s.start()
	s.until("it is read back", func() bool { return len(s.audited(" looked ")) > looked })
	s.press(town.Bob, card, "approve")
	s.told(town.Bob, "already over")
	s.stop()
	if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 1 || r.State != "Active" {
		t.Errorf("ECGrid has %+v on record", r)
	}
}

func (s *stage) read(file string) []byte {
	s.t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	return raw
}

func (s *stage) write(file string, raw []byte) {
	s.t.Helper()
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// A Redis that was wiped while no bot was there to see it. A replica that is up goes on by itself once the loss is accepted.
func TestWitnessWipedRedis(t *testing.T) {
	t.Parallel()
	s, server := onRedis(t, props{}, redistest.Durable()...)
	s.start()
	s.ask(town.Dana, "")
	s.until("it is audited", func() bool { return len(s.audited(" requested ")) == 1 })
	s.stop()
	server.Must(t, "FLUSHALL")
	s.barred("OFF-1 #1")
	s.stop()
	s.barred("OFF-1 #1") // and says so in Slack no second time
	s.acceptsLoss("OFF-1 #1", "Start the bot")
	s.until("the bot goes on", func() bool { return s.readiness() == http.StatusOK })
	card := s.asksAgain()
	s.press(town.Bob, card, "approve")
	s.thread(card, "Done")
	s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
	s.stop()
	server.Must(t, "FLUSHALL")
	s.launch()
	s.until("the second loss is told of too", func() bool { return len(s.alarms(town.Audit)) == 2 })
}

// What others write into the audit channel counts for nothing, and so does what we wrote elsewhere. What stands there under our own name and is
// not as the journal has it does.
func TestWitnessForgeries(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	s.ask(town.Dana, "")
	s.until("it is audited", func() bool { return len(s.audited(" requested ")) == 1 })
	s.stop()
	own := s.slack.Messages(town.Audit)[0]
	hash := strings.Repeat("0123456789abcdef", 4)
	forged := strings.ReplaceAll(own.Text, "OFF-1", "OFF-99")
	s.slack.Say(town.Bob, town.Audit, "", forged)
	s.slack.Insert(workspace.Message{Channel: town.Audit, User: "U0OTHER", BotID: "B0OTHER", AppID: "A0OTHER", Text: forged, Metadata: own.Metadata})
	elsewhere := own
	elsewhere.Channel, elsewhere.Text = town.General, forged
	s.slack.Insert(elsewhere)
	s.slack.Insert(workspace.Message{Channel: town.Audit, ThreadTS: own.TS, User: own.User, BotID: own.BotID, Text: forged})
	s.start()
	s.stop()
	changed := own
	changed.Text = own.Text[:len(own.Text)-len(hash)-1] + hash + "`"
	s.slack.Insert(changed)
	s.barred("OFF-1 #1")
}

// An audit channel that cannot be read back is no witness, and the bot says so in place of going on without one.
func TestWitnessUnreadable(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"missing_scope", "not_in_channel", "channel_not_found", "no_permission"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{later: true})
			s.slack.Fault(workspace.Fault{Method: "conversations.history", Kind: workspace.FaultRefuse, Error: code})
			s.wontStart("slack.audit_channel "+town.Audit, "cannot be read", code, "scopes of the manifest")
		})
	}
}

// Slack does not let the audit channel be read for a while: the bot starts all the same, records nothing and says why, and goes on by itself.
func TestWitnessWaits(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]workspace.Fault{
		"500":       {Kind: workspace.FaultStatus},
		"429":       {Kind: workspace.FaultThrottle, RetryAfter: 1},
		"no answer": {Kind: workspace.FaultTimeout},
		"nothing":   {Kind: workspace.FaultOKWithNothing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{edit: []string{"approvals: 1", "approvals: 2"}})
			card := s.ask(town.Dana, "")
			s.press(town.Bob, card, "approve")
			s.thread(card, "1 of 2")
			s.stop()
			f.Method = "conversations.history"
			s.slack.Fault(f)
			began := time.Now()
			s.launch()
			const waits = "the journal is not held against the audit channel yet"
			s.until("the bot says that it waits", func() bool { return len(s.out.entries(waits)) > 0 })
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("the start took %s", took)
			}
			listen, _ := s.out.entries(waits)[0]["listen"].(string)
			s.base = "http://" + listen
			s.until("requests are taken in", func() bool {
				_, text := s.send(hand{method: http.MethodGet, path: "/readyz"})
				return strings.Contains(text, waits)
			})
			if got := s.deliver(commandsPath, s.command(town.Alice, town.Priya.Email)); !strings.Contains(got, "Nothing was done") ||
				!strings.Contains(got, "audit channel") {
				t.Errorf("Alice is told %q", got)
			}
			if status, _ := s.send(hand{path: interactionsPath, body: interaction(s.click(town.Carol, card, "approve"))}); status < 500 {
				t.Errorf("Carol's click is answered with %d", status)
			}
			s.told(town.Carol, "Nothing was done")
			s.uncalled(town.Dana)
			s.slack.ClearFaults()
			s.until("the bot goes on", func() bool { return s.readiness() == http.StatusOK && len(s.out.entries("ready")) == 2 })
			s.press(town.Carol, card, "approve")
			s.thread(card, "Done")
		})
	}
}
