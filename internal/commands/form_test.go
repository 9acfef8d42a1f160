package commands_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
	"offboard/internal/commands"
	"offboard/internal/journal"
)

func TestTheCommandAloneOpensAForm(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	if o := s.types(alice, ""); o.text() != "" || o.err != nil {
		t.Errorf("said %q, %v", o.text(), o.err)
	}
	want := commands.AskForm{Providers: []string{"eins", "zwei"}, Actions: []string{"delete", "deactivate"}, Private: "C1"}
	if d := cmp.Diff([]commands.AskForm{want}, s.forms.asks); d != "" {
		t.Error(d)
	}
	s.forms.fail = errors.New("expired_trigger_id")
	check(t, s.types(alice, ""), "The form could not be opened. Nothing was done. Type it instead:\n/goodbye who")
}

func TestTheAskForm(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		user    string
		values  map[string]string
		arrange func(s *stage)
		field   string // where the fault stands; empty: the form closes
		says    string
		records int
	}{
		"who alone": {
			values: map[string]string{"who": " dana@example.com "}, says: "OFF-1 is recorded: delete", records: 1,
		},
		"everything": {
			values: map[string]string{"who": "both@example.com", "provider": "zwei", "action": "delete"}, says: "OFF-1 is recorded: delete", records: 1,
		},
		"quoted": {values: map[string]string{"who": "“dana@example.com”"}, says: "OFF-1 is recorded", records: 1},
		"nobody": {values: map[string]string{"who": "  "}, field: "who", says: "Say who"},
		"two": {
			values: map[string]string{"who": "dana@example.com pat@example.com"}, field: "who", says: "Name one person at a time",
		},
		"a ping":           {values: map[string]string{"who": "<!channel>"}, field: "who", says: "not an e-mail address"},
		"an oversized who": {values: map[string]string{"who": strings.Repeat("x", 400)}, field: "who", says: "too long"},
		"an unknown action": {
			values: map[string]string{"who": "101", "action": "explode"}, field: "action", says: "I do not know the action",
		},
		"a long reason": {
			values: map[string]string{"who": "101", "reason": strings.Repeat("x", 501)}, field: "reason", says: "longer than 500",
		},
		"unknown to them": {values: map[string]string{"who": "101", "provider": "drei"}, says: "There is no provider drei"},
		"may not ask":     {user: carol, values: map[string]string{"who": "101"}, says: "You may not ask"},
		"a guest":         {user: gus, values: map[string]string{"who": "101"}, says: "Guests cannot."},
		"records are away": {
			values:  map[string]string{"who": "101"},
			arrange: func(s *stage) { s.store.down = errors.New("x") }, field: "who",
			says: "cannot record this now",
		},
		"no card may go out": {
			values:  map[string]string{"who": "101"},
			arrange: func(s *stage) { s.set.CardsMayGoOut = shared },
			says:    "No card can be posted",
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
			o := s.submit(commands.Submit{From: commands.Sender{UserID: tc.user}, Form: commands.FormAsk, Values: tc.values})
			check(t, o, tc.says)
			if _, ok := o.ack.Errors[tc.field]; ok != (tc.field != "") || len(o.ack.Errors) > 1 {
				t.Errorf("errors = %v, want one under %q", o.ack.Errors, tc.field)
			}
			if s.store.down = nil; s.recorded() != tc.records {
				t.Errorf("%d requests", s.recorded())
			}
		})
	}
}

func TestAFormIsHandledOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v := commands.Submit{
		From: commands.Sender{UserID: alice}, Delivery: s.delivery(), Form: commands.FormAsk,
		Values: map[string]string{commands.FieldWho: "dana@example.com", commands.FieldReason: "left"},
	}
	check(t, s.submit(v), "OFF-1 is recorded")
	if o := s.submit(v); o.text() != "" || o.err != nil {
		t.Errorf("again: %q, %v", o.text(), o.err)
	}
	v.Form, v.Delivery = "theirs", s.delivery()
	if o := s.submit(v); o.text() != "" || o.err != nil || s.recorded() != 1 {
		t.Errorf("a foreign form: %q, %v", o.text(), o.err)
	}
	if r := s.number(1); r.Reason != "left" {
		t.Errorf("reason = %q", r.Reason)
	}
}

// typing is a stage whose policy asks for typing, and Alice's request.
func typing(t *testing.T) (*stage, *approvals.Request) {
	t.Helper()
	s := newStage(t)
	s.set.Policies = []approvals.Policy{{Confirm: approvals.ConfirmTyped}}
	r := s.requested()
	return s, r
}

// typed is the form that the click opened, sent off.
func (s *stage) typed(user, private, text string) outcome {
	return s.submit(commands.Submit{
		From: commands.Sender{UserID: user}, Form: commands.FormTyped, Private: private, Values: map[string]string{commands.FieldTyped: text},
	})
}

// private is what the form carries that was opened first.
func (s *stage) private() string {
	s.t.Helper()
	if len(s.forms.typed) == 0 {
		s.t.Fatal("no form was opened")
	}
	return s.forms.typed[0].Private
}

func TestApprovingOpensAForm(t *testing.T) {
	t.Parallel()
	s, r := typing(t)
	c := s.click(bob, approve, r)
	for range 2 { // the second is a repeat
		if o := s.send(c); o.text() != "" || o.err != nil {
			t.Errorf("said %q, %v", o.text(), o.err)
		}
	}
	s.private()
	if len(s.forms.typed) != 1 || s.forms.typed[0].Title != "Approve OFF-1" || len(s.forms.typed[0].Plan.Steps) != 1 {
		t.Errorf("opened %+v", s.forms.typed)
	}
	if strings.Contains(s.forms.typed[0].Ask, "dana@example.com") {
		t.Error("the form shows what is to be typed")
	}
	if got := decisions(s.number(1)); len(got) != 0 {
		t.Errorf("on record: %+v", got)
	}
	check(t, s.send(s.click(alice, approve, r)), "a second person must decide")
	check(t, s.send(s.click(carol, approve, r)), "not one of the approvers")
	if len(s.forms.typed) != 1 {
		t.Error("a form opened for somebody who may not approve")
	}
	s.forms.fail = errors.New("expired_trigger_id")
	check(t, s.send(s.click(bob, approve, r)), "The form could not be opened. Nothing was recorded. Click Approve again.")
}

func TestTyping(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		by      string
		text    string
		arrange func(s *stage) // between the click and the sending
		says    string         // under the field; empty: the form closes
		state   approvals.State
		why     string // the reason of a refusal on record
	}{
		"right":                             {text: "dana@example.com", state: approvals.StateApproved},
		"in another case":                   {text: " DANA@Example.com ", state: approvals.StateApproved},
		"wrong":                             {text: "pat@example.com", says: "type it exactly: 2 tries are left."},
		"nothing":                           {text: "", says: "That is not what the card shows"},
		"the id, where there is an address": {text: "101", says: "That is not what the card shows"},
		"somebody else's form": {
			by: carol, text: "dana@example.com", says: "not one of the approvers", why: "not_approver",
		},
		"the requester": {
			by: alice, text: "dana@example.com", says: "a second person must decide", why: "own_request",
		},
		"a guest":    {by: gus, text: "dana@example.com", says: "Guests cannot.", why: "guest"},
		"a stranger": {by: sid, text: "dana@example.com", why: "stranger"},
		"rights lost in between": {
			text:    "dana@example.com",
			arrange: func(s *stage) { s.set.Approvers.Users = nil },
			says:    "not one of the approvers", why: "not_approver",
		},
		"the account changed in between": {
			text: "dana@example.com", arrange: drifts, says: "has changed since this card was shown", why: "plan_changed",
		},
		"denied in between": {
			text: "dana@example.com", arrange: beaDenies, says: "OFF-1 is already over", state: approvals.StateDenied,
		},
		"who it is cannot be said": {
			text:    "dana@example.com",
			arrange: func(s *stage) { s.dir.down = errors.New("x") },
			says:    "cannot check who you are",
		},
		"records are away": {
			text:    "dana@example.com",
			arrange: func(s *stage) { s.store.writes = errors.New("x") },
			says:    "nobody can say whether this was recorded",
		},
		"records take nothing": {
			text:    "dana@example.com",
			arrange: func(s *stage) { s.store.writes = journal.NotWritten(errors.New("x")) },
			says:    "Nothing was done",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, r := typing(t)
			s.send(s.click(bob, approve, r))
			if tc.arrange != nil {
				tc.arrange(s)
			}
			if tc.by == "" {
				tc.by = bob
			}
			if tc.state == "" {
				tc.state = approvals.StatePending
			}
			o := s.typed(tc.by, s.private(), tc.text)
			check(t, o, tc.says)
			if _, ok := o.ack.Errors[commands.FieldTyped]; ok != (tc.says != "") {
				t.Errorf("errors = %v", o.ack.Errors)
			}
			got := s.number(1)
			if got.State != tc.state || refusals(got) != tc.why {
				t.Errorf("the request is %s, refused %q; want %s, %q", got.State, refusals(got), tc.state, tc.why)
			}
		})
	}
}

// Three wrong tries, and this approver is out for this request, also with a new form; a delivery that comes again counts once, and others
// may go on.
func TestThreeWrongTries(t *testing.T) {
	t.Parallel()
	s, r := typing(t)
	s.send(s.click(bob, approve, r))
	wrong := func(text string) commands.Submit {
		return commands.Submit{
			From: commands.Sender{UserID: bob}, Delivery: s.delivery(), Form: commands.FormTyped, Private: s.private(),
			Values: map[string]string{commands.FieldTyped: text},
		}
	}
	first := wrong("pat@example.com")
	for range 3 {
		check(t, s.submit(first), "2 tries are left.")
	}
	check(t, s.submit(wrong("101")), "1 try is left.")
	check(t, s.submit(wrong("dana@example.org")), "you cannot approve OFF-1 any more")
	check(t, s.submit(wrong("dana@example.com")), "so you cannot approve OFF-1 any more")
	forms := len(s.forms.typed)
	check(t, s.send(s.click(bob, approve, r)), "so you cannot approve OFF-1 any more")
	if got := s.number(1); len(s.forms.typed) != forms || got.State != approvals.StatePending || len(got.Slips) != 3 {
		t.Errorf("%d forms more, %s, %d slips", len(s.forms.typed)-forms, got.State, len(got.Slips))
	}
	s.send(s.click(bea, approve, r))
	if o := s.typed(bea, s.private(), "dana@example.com"); o.text() != "" || s.number(1).State != approvals.StateApproved {
		t.Errorf("another approver: %q, %s", o.text(), s.number(1).State)
	}
}

// refusals are the reasons of the refusals on record.
func refusals(r *approvals.Request) string {
	var out []string
	for _, e := range decisions(r) {
		if e.Kind == approvals.Refused {
			out = append(out, e.Reason)
		}
	}
	return strings.Join(out, " ")
}

func beaDenies(s *stage) { s.send(s.click(bea, deny, s.number(1))) }

func drifts(s *stage) {
	r := s.number(1)
	plan := r.Plan
	plan.Steps = append([]approvals.Step(nil), plan.Steps...)
	plan.Steps[0].Account.Roles = []string{"OWNER"}
	s.happens(r, approvals.Event{Kind: approvals.Drifted, At: s.now(), Plan: &plan})
}

func TestTypingTheIDWhereThereIsNoAddress(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.set.Policies = []approvals.Policy{{Confirm: approvals.ConfirmTyped}}
	check(t, s.types(alice, "105"), "OFF-1 is recorded")
	s.send(s.click(bob, approve, s.number(1)))
	private := s.private()
	check(t, s.typed(bob, private, ""), "That is not what the card shows")
	check(t, s.typed(bob, private, "105"), "")
	if got := s.number(1).State; got != approvals.StateApproved {
		t.Errorf("the request is %s", got)
	}
}

// What a form carries is a hint: it names the request and the plan that was seen, and gives nobody a right.
func TestWhatATypedFormCarries(t *testing.T) {
	t.Parallel()
	s, r := typing(t)
	for _, private := range []string{"", "OFF-1", `{"r":""}`, `{"r":"nope","d":"x"}`} {
		if o := s.typed(bob, private, "dana@example.com"); o.text() != "" || o.err != nil {
			t.Errorf("%q: said %q, %v", private, o.text(), o.err)
		}
	}
	check(t, s.typed(bob, `{"r":"`+r.ID+`","d":"other"}`, "dana@example.com"), "has changed since this card was shown")
	if got := s.number(1).State; got != approvals.StatePending {
		t.Errorf("the request is %s", got)
	}
	s.store.down = errors.New("x")
	if o := s.typed(bob, `{"r":"`+r.ID+`","d":"`+r.Digest+`"}`, "dana@example.com"); o.err == nil {
		t.Error("acknowledged although nothing could be read")
	}
}

func TestATypedFormIsHandledOnce(t *testing.T) {
	t.Parallel()
	s, r := typing(t)
	s.set.Policies[0].Approvals = 2
	s.send(s.click(bob, approve, r))
	v := commands.Submit{
		From: commands.Sender{UserID: bob}, Delivery: s.delivery(), Form: commands.FormTyped, Private: s.private(),
		Values: map[string]string{commands.FieldTyped: "dana@example.com"},
	}
	s.submit(v)
	before := s.number(1).Version()
	if o := s.submit(v); o.text() != "" || o.err != nil || s.number(1).Version() != before {
		t.Errorf("again: %q, %v", o.text(), o.err)
	}
}
