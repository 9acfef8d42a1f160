package commands_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"

	"offboard/internal/approvals"
	"offboard/internal/commands"
)

// chooses clicks on a button of a private list.
func (s *stage) chooses(user, value string) outcome {
	return s.send(commands.Click{
		From: commands.Sender{UserID: user}, Delivery: s.delivery(), Action: commands.ActionChoose, Value: value,
		Channel: "C1", TS: "1.2", TriggerID: "t",
	})
}

func TestChoosing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	o := s.types(alice, `twin@example.com action:delete reason:"left" <us> & all`)
	check(t, o, "2 accounts were found for twin@example.com. Nothing was done yet.")
	choices := o.told[0].Choices
	if len(choices) != 2 || !strings.Contains(choices[0].Text, "102") || !strings.Contains(choices[1].Text, "103") {
		t.Fatalf("choices = %+v", choices)
	}
	check(t, s.chooses(alice, choices[1].Value), "OFF-1 is recorded")
	if r := s.number(1); r.Plan.Steps[0].Account.ID != "103" || r.Reason != `"left" <us> & all` || r.Requester.ID != alice {
		t.Errorf("recorded %+v for %q by %s", r.Plan.Steps[0].Account, r.Reason, r.Requester.ID)
	}
}

// The person that was mentioned stays the target through the private list.
func TestAChoiceKeepsTheTarget(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.dir.people[dana] = approvals.Person{ID: dana, Email: "both@example.com"}
	o := s.types(alice, "<@"+dana+">")
	if len(o.told) != 1 || len(o.told[0].Choices) != 2 {
		t.Fatalf("told %+v", o.told)
	}
	s.chooses(alice, o.told[0].Choices[0].Value)
	if r := s.number(1); r.Plan.Target.ID != dana {
		t.Errorf("target = %+v", r.Plan.Target)
	}
}

func value(change map[string]string) string {
	v := map[string]string{"p": "eins", "i": "101", "a": "delete", "w": "left"}
	maps.Copy(v, change)
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// What a button carries gives nobody a right, and nothing that could not have been typed.
func TestAChoiceIsAHint(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5000)
	for name, tc := range map[string]struct {
		user    string
		value   string
		arrange func(s *stage)
		says    string // empty: nothing at all
		records int
	}{
		"as it was offered":     {value: value(nil), says: "OFF-1 is recorded", records: 1},
		"somebody else's list":  {user: carol, value: value(nil), says: "You may not ask"},
		"a guest":               {user: gus, value: value(nil), says: "Guests cannot."},
		"a stranger":            {user: sid, value: value(nil)},
		"no such provider":      {value: value(map[string]string{"p": "drei"}), says: "There is no provider drei"},
		"no such id":            {value: value(map[string]string{"i": "31337"}), says: "Eins knows no such id"},
		"an action it has not":  {value: value(map[string]string{"a": "deactivate"}), says: "eins has no action deactivate"},
		"an action nobody has":  {value: value(map[string]string{"a": "explode"})},
		"no provider":           {value: value(map[string]string{"p": ""})},
		"no id":                 {value: value(map[string]string{"i": ""})},
		"not JSON":              {value: "101"},
		"nothing":               {value: ""},
		"an oversized id":       {value: value(map[string]string{"i": long})},
		"an oversized reason":   {value: value(map[string]string{"w": long})},
		"an oversized provider": {value: value(map[string]string{"p": long}), says: "There is no provider xxx"},
		"a mention of nobody":   {value: value(map[string]string{"m": "<!channel>"})},
		"the bot's own":         {value: value(map[string]string{"i": "999"}), says: "is the bot's own"},
		"the requester's own":   {value: value(map[string]string{"p": "zwei", "i": "203"}), says: "This account is your own"},
		"protected since": {
			value: value(nil), says: "is protected",
			arrange: func(s *stage) { s.set.Guard = protects(approvals.Shield{ID: "101", Providers: []string{"eins"}}) },
		},
		"rights lost since": {
			value: value(nil), arrange: func(s *stage) { s.set.Requesters.Users = nil }, says: "You may not ask",
		},
		"no card may go out": {
			value: value(nil), arrange: func(s *stage) { s.set.CardsMayGoOut = shared }, says: "No card can be posted",
		},
		"nobody can say who asks": {
			value:   value(nil),
			arrange: func(s *stage) { s.dir.down = errors.New("x") },
			says:    "The bot cannot check who you are now",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			if tc.arrange != nil {
				tc.arrange(s)
			}
			if tc.user == "" {
				tc.user = alice
			}
			o := s.chooses(tc.user, tc.value)
			check(t, o, tc.says)
			if (tc.says == "") != (len(o.told) == 0) || s.recorded() != tc.records {
				t.Errorf("told %q; %d requests", o.text(), s.recorded())
			}
		})
	}
}

func shared(context.Context) error { return errors.New("the channel is shared") }

func TestAChoiceIsHandledOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	c := commands.Click{From: commands.Sender{UserID: alice}, Delivery: s.delivery(), Action: commands.ActionChoose, Value: value(nil)}
	check(t, s.send(c), "OFF-1 is recorded")
	if o := s.send(c); o.text() != "" || o.err != nil {
		t.Errorf("again: %q, %v", o.text(), o.err)
	}
	s.store.writes = errors.New("disk full")
	c.Delivery = s.delivery()
	if o := s.send(c); o.err == nil {
		t.Error("acknowledged although it could not be recorded")
	}
}

// Every choice that a list offers fits Slack's 2,000 code points, whatever reason was typed.
func TestChoicesFitTheirButtons(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{strings.Repeat("<", 500), strings.Repeat(`"`, 500), strings.Repeat("\x01\u2028", 250), strings.Repeat("ä", 500)} {
		s := newStage(t)
		o := s.submit(commands.Submit{
			From: commands.Sender{UserID: alice}, Form: commands.FormAsk,
			Values: map[string]string{commands.FieldWho: "twin@example.com", commands.FieldReason: reason},
		})
		check(t, o, "2 accounts were found")
		for _, c := range o.told[0].Choices {
			if n := len([]rune(c.Value)); n == 0 || n > 2000 {
				t.Errorf("a value of %d code points for the reason %.10q", n, reason)
			}
		}
	}
}
