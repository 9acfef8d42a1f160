package commands_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/commands"
	"offboard/internal/journal"
)

const (
	approve  = approvals.ButtonApprove
	deny     = approvals.ButtonDeny
	withdraw = approvals.ButtonWithdraw
)

// One click each on the card of Alice's request for Dana's account.
func TestClicks(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		by      string
		button  approvals.Button
		arrange func(s *stage)
		change  func(c *commands.Click)
		says    string         // empty: nothing
		kind    approvals.Kind // of the one event it leaves; empty: none
		why     string         // the reason of a refusal on record
	}{
		"a second person approves":      {by: bob, button: approve, kind: approvals.Approved},
		"an approver by group approves": {by: bea, button: approve, kind: approvals.Approved},
		"a second person denies":        {by: bob, button: deny, kind: approvals.Denied},
		"who asked withdraws":           {by: alice, button: withdraw, kind: approvals.Withdrawn},

		"who asked approves": {
			by: alice, button: approve, says: "a second person must decide", kind: approvals.Refused, why: "own_request",
		},
		"who asked denies": {
			by: alice, button: deny, says: "a second person must decide", kind: approvals.Refused, why: "own_request",
		},
		"who is to be removed": {
			by: dana, button: approve, says: "your own account", kind: approvals.Refused, why: "own_account",
		},
		"who may not approve": {
			by: carol, button: approve, says: "not one of the approvers", kind: approvals.Refused, why: "not_approver",
		},
		"who may not deny": {
			by: carol, button: deny, says: "not one of those who may deny", kind: approvals.Refused, why: "not_approver",
		},
		"somebody else withdraws": {
			by: bob, button: withdraw, says: "Only the person who asked", kind: approvals.Refused, why: "not_yours",
		},
		"a guest": {
			by: gus, button: approve, says: "Guests cannot.", kind: approvals.Refused, why: "guest",
		},
		"a stranger is not answered": {by: sid, button: approve, kind: approvals.Refused, why: "stranger"},
		"approver no more": {
			by: bob, button: approve,
			arrange: func(s *stage) { s.set.Approvers.Users = nil },
			says:    "not one of the approvers", kind: approvals.Refused, why: "not_approver",
		},
		"the group is empty now": {
			by: bea, button: approve,
			arrange: func(s *stage) { s.dir.groups = nil },
			says:    "not one of the approvers", kind: approvals.Refused, why: "not_approver",
		},
		"another id of the requester": {
			by: "W0ALICE", button: approve,
			arrange: aliceAgain,
			says:    "a second person must decide", kind: approvals.Refused, why: "own_request",
		},
		"too late": {
			by: bob, button: approve,
			arrange: func(s *stage) { s.at = s.at.Add(25 * time.Hour) },
			says:    "The time to decide on OFF-1 is over", kind: approvals.Refused, why: "out_of_time",
		},

		"another channel": {
			by: bob, button: approve,
			change: func(c *commands.Click) { c.Channel = "C0OTHER" },
			says:   "This is not the card of OFF-1", kind: approvals.Refused, why: "wrong_place",
		},
		"another message": {
			by: bob, button: approve,
			change: func(c *commands.Click) { c.TS = "1.2" },
			says:   "This is not the card of OFF-1", kind: approvals.Refused, why: "wrong_place",
		},
		"no place": {
			by: bob, button: approve,
			change: func(c *commands.Click) { c.Channel, c.TS = "", "" },
			says:   "This is not the card of OFF-1", kind: approvals.Refused, why: "wrong_place",
		},
		"an older card": {
			by: bob, button: approve,
			change: func(c *commands.Click) { c.Value = tampered(c, "d", "0ld") },
			says:   "has changed since", kind: approvals.Refused, why: "plan_changed",
		},
		"no digest": {
			by: bob, button: approve,
			change: func(c *commands.Click) { c.Value = tampered(c, "d", "") },
			says:   "has changed since", kind: approvals.Refused, why: "plan_changed",
		},
		"unknown request": {
			by: bob, button: approve,
			change: func(c *commands.Click) { c.Value = tampered(c, "r", "nope") },
			says:   "belongs to no request on record",
		},
		"and by a nobody":   {by: sid, button: approve, change: func(c *commands.Click) { c.Value = tampered(c, "r", "nope") }},
		"no request":        {by: bob, button: approve, change: func(c *commands.Click) { c.Value = tampered(c, "r", "") }},
		"not JSON":          {by: bob, button: approve, change: func(c *commands.Click) { c.Value = "OFF-1" }},
		"an unknown button": {by: bob, button: "launch"},

		"who clicks cannot be said": {
			by: bob, button: approve,
			arrange: func(s *stage) { s.dir.down = errors.New("x") },
			says:    "The bot cannot check who you are now",
		},
		"a group cannot be read": {
			by: bea, button: approve,
			arrange: func(s *stage) { s.dir.noGroups = errors.New("x") },
			says:    "The bot cannot check who you are now",
		},
		"over already":            {by: bob, button: approve, arrange: denied, says: "OFF-1 is already over (denied)"},
		"withdrawn after the end": {by: alice, button: withdraw, arrange: denied, says: "OFF-1 is already over (denied)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			c := s.click(tc.by, tc.button, s.requested())
			if tc.arrange != nil {
				tc.arrange(s)
			}
			if tc.change != nil {
				tc.change(&c)
			}
			before := len(decisions(s.number(1)))
			o := s.send(c)
			check(t, o, tc.says)
			if (tc.says == "") != (len(o.told) == 0) {
				t.Errorf("told %q, want %q", o.text(), tc.says)
			}
			checkLeft(t, decisions(s.number(1))[before:], tc.kind, tc.why, tc.by)
			if tc.why == "wrong_place" && o.told[0].Card != home {
				t.Errorf("the card is at %v", o.told[0].Card)
			}
		})
	}
}

// checkLeft compares what a click left on record.
func checkLeft(t *testing.T, got []approvals.Event, kind approvals.Kind, why, by string) {
	t.Helper()
	switch {
	case kind == "" && len(got) == 0:
	case kind == "" || len(got) != 1 || got[0].Kind != kind || got[0].By.ID != by || kind == approvals.Refused && got[0].Reason != why:
		t.Errorf("on record: %+v; want %s %s by %s", got, kind, why, by)
	}
}

func aliceAgain(s *stage) {
	s.dir.people["W0ALICE"] = approvals.Person{ID: "W0ALICE", Email: "ALICE@example.com"}
	s.set.Approvers.Users = append(s.set.Approvers.Users, "W0ALICE")
}

func denied(s *stage) { s.send(s.click(bob, deny, s.number(1))) }

// tampered is the click's value with one of its entries changed.
func tampered(c *commands.Click, key, to string) string {
	var v map[string]string
	if err := json.Unmarshal([]byte(c.Value), &v); err != nil {
		return err.Error()
	}
	v[key] = to
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// A redelivered click is silent and does nothing, also after the request has ended, and when it was refused the first time.
func TestAClickIsHandledOnce(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		by     string
		button approvals.Button
	}{"approved": {bob, approve}, "refused": {carol, approve}, "a stranger's": {sid, approve}, "ended": {bob, deny}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.set.Policies = []approvals.Policy{{Approvals: 2}}
			c := s.click(tc.by, tc.button, s.requested())
			s.send(c)
			before := s.number(1).Version()
			keys := c.Delivery.Keys
			for _, again := range [][]string{keys, {keys[0], "body/other"}, {"trigger/other", keys[1]}} {
				c.Delivery.Keys = again
				if o := s.send(c); o.text() != "" || o.err != nil || s.number(1).Version() != before {
					t.Errorf("again: %q, %v, %d events more", o.text(), o.err, s.number(1).Version()-before)
				}
			}
		})
	}
}

// A click that could not be decided is forgotten, so that the same delivery counts once things are well again.
func TestWhatWasNotRecordedIsNotHandled(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(s *stage){
		"directory":          func(s *stage) { s.dir.down = errors.New("x") },
		"store, for writing": func(s *stage) { s.store.writes = errors.New("x") },
		"store altogether":   func(s *stage) { s.store.down = errors.New("x") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			c := s.click(bob, approve, s.requested())
			breaks(s)
			if o := s.send(c); (o.err == nil) != (name == "directory") {
				t.Errorf("err = %v", o.err)
			}
			s.dir.down, s.store.writes, s.store.down = nil, nil, nil
			if r := s.number(1); r.State != approvals.StatePending {
				t.Fatalf("the request is %s", r.State)
			}
			s.send(c)
			if r := s.number(1); r.State != approvals.StateApproved {
				t.Errorf("the request is %s", r.State)
			}
		})
	}
}

// What people are told of a click or a command that could not be recorded is true: "nothing was done" is said on proof only.
func TestPerhapsRecorded(t *testing.T) {
	t.Parallel()
	const nothing, perhaps = "Nothing was done", "nobody can say whether this was recorded"
	for name, tc := range map[string]struct {
		breaks func(s *stage)
		says   string
	}{
		"certainly not":   {func(s *stage) { s.store.writes = journal.NotWritten(errors.New("x")) }, nothing},
		"perhaps":         {func(s *stage) { s.store.writes = errors.New("x") }, perhaps},
		"not durable":     {func(s *stage) { s.store.writes = journal.ErrNotDurable }, perhaps},
		"lost":            {func(s *stage) { s.store.writes = journal.ErrLost }, "has lost what was recorded"},
		"not checked yet": {func(s *stage) { s.store.writes = journal.ErrUnchecked }, "audit channel"},
		"nothing is read": {func(s *stage) { s.store.down = errors.New("x") }, nothing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			r := s.requested()
			c := s.click(bob, approve, r)
			tc.breaks(s)
			o := s.send(c)
			for _, got := range []outcome{o, s.types(alice, "withdraw OFF-1")} {
				if text := got.ack.Text; got.err == nil || !strings.Contains(text, tc.says) || strings.Contains(text, nothing) == (tc.says == perhaps) {
					t.Errorf("told %q, %v", text, got.err)
				}
			}
		})
	}
}

// Of whom Slack does not say who they are knows that the click did not count before it is acknowledged; else it is not.
func TestAnUnclearClickIsAnsweredBeforeItIsAcknowledged(t *testing.T) {
	t.Parallel()
	for _, fails := range []error{nil, errors.New("x")} {
		s := newStage(t)
		c := s.click(bob, approve, s.requested())
		s.dir.down = errors.New("x")
		to := &replies{fail: fails}
		c.Reply = to
		ack, _, err := s.service().Click(t.Context(), c)
		if len(to.got) != 1 || (err == nil) != (fails == nil) || (ack.Text == "") != (fails == nil) {
			t.Errorf("answers fail with %v: %d answers before, err = %v", fails, len(to.got), err)
		}
	}
}

// A refusal that cannot be recorded is not acknowledged either.
func TestARefusalIsRecordedOrNotAcknowledged(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	c := s.click(carol, approve, s.requested())
	s.store.writes = errors.New("disk full")
	if o := s.send(c); o.err == nil || len(o.told) != 0 {
		t.Errorf("err = %v, told %q", o.err, o.text())
	}
}

// Every refused click is answered; one line for each person and request is audited.
func TestRefusedClicksAreAuditedOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	r := s.requested()
	for range 3 {
		check(t, s.send(s.click(alice, approve, r)), "a second person must decide")
		check(t, s.send(s.click(gus, deny, r)), "Guests cannot.")
	}
	if got := decisions(s.number(1)); len(got) != 2 {
		t.Errorf("on record: %+v", got)
	}
}

func TestApprovingTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.set.Policies = []approvals.Policy{{Approvals: 2}}
	r := s.requested()
	s.send(s.click(bob, approve, r))
	check(t, s.send(s.click(bob, approve, r)), "You have approved OFF-1 already")
	if got := s.number(1); len(got.Approvals) != 1 || got.State != approvals.StatePending || len(decisions(got)) != 1 {
		t.Errorf("%d approvals, %s, %+v", len(got.Approvals), got.State, decisions(got))
	}
	s.send(s.click(bea, approve, r))
	if got := s.number(1); got.State != approvals.StateApproved {
		t.Errorf("the request is %s", got.State)
	}
}

// User groups can be read about twenty times a minute only: nobody who is refused anyway costs a read.
func TestGroupsAreReadOnlyWhenItMatters(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	r := s.requested()
	s.dir.reads = 0
	for _, user := range []string{alice, dana, gus} {
		s.send(s.click(user, approve, r))
	}
	s.send(s.click(alice, withdraw, r))
	s.send(s.click(carol, approve, r))
	if s.dir.reads != 0 {
		t.Errorf("groups were read %d times", s.dir.reads)
	}
}

// Slack may have taken the card and not answered yet: then the card is found by what the bot itself has posted, not by what the click says.
func TestAClickFindsItsCard(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]approvals.Place{"the card": home, "another message": {Channel: home.Channel, TS: "9.9"}} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t)
			s.book.heldBack = true
			s.set.FindCard = func(context.Context, *approvals.Request) (approvals.Place, bool, error) { return at, true, nil }
			r := s.requested()
			sending := approvals.Receipt{Event: approvals.Event{Kind: approvals.Sending, Key: approvals.KeyCard}}
			if _, err := s.book.Update(t.Context(), r.ID, book.Wish(sending)); err != nil {
				t.Fatal(err)
			}
			o := s.send(s.click(bob, approve, r))
			want := map[bool]approvals.State{true: approvals.StateApproved, false: approvals.StatePending}[at == home]
			if after := s.number(1); after.State != want || after.Card.Place != at || o.err != nil {
				t.Errorf("%s: the request is %s, its card at %v, %v", name, after.State, after.Card.Place, o.err)
			}
		})
	}
}

// A click can come before the card's place is on record; it waits for that, and not for ever.
func TestAClickWaitsForItsCard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.book.heldBack = true
		r := s.requested()
		c := s.click(bob, approve, r)
		checkUndecided(t, s.send(c), "only just being put on record")
		if got := decisions(s.number(1)); len(got) != 0 {
			t.Errorf("on record: %+v", got)
		}
		c = s.click(bob, approve, r)
		clicked := make(chan outcome)
		began := time.Now()
		go func() { clicked <- s.send(c) }()
		<-time.After(500 * time.Millisecond)
		if _, err := s.book.Update(t.Context(), r.ID, shown); err != nil {
			t.Fatal(err)
		}
		o := <-clicked
		if took := time.Since(began); o.err != nil || o.text() != "" || took > time.Second {
			t.Errorf("%q, %v, after %s", o.text(), o.err, took)
		}
		if got := s.number(1).State; got != approvals.StateApproved {
			t.Errorf("the request is %s", got)
		}
	})
}
