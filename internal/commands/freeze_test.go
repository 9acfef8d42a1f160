package commands_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/commands"
)

// frozen is the state of request OFF-n, which is a freeze.
func (s *stage) frozen(n int, want approvals.State) {
	s.t.Helper()
	if got := s.number(n); !got.Freeze || got.State != want {
		s.t.Errorf("OFF-%d is %s, a freeze: %t; want %s", n, got.State, got.Freeze, want)
	}
}

func TestFreezeAndUnfreeze(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.set.Approvers.Users = []string{alice, bob, dana, gus, sid}
	s.requested()
	for user, want := range map[string]string{carol: "You may not stop everything", nomail: "You may not stop everything", gus: "Guests cannot.", sid: ""} {
		check(t, s.types(user, "freeze"), want)
	}
	check(t, s.types(bob, "unfreeze"), "Nothing is stopped.")
	if s.recorded() != 1 {
		t.Fatalf("%d logs", s.recorded())
	}
	check(t, s.types(bob, "freeze odd &lt;things&gt; happen"), "Everything is stopped (OFF-2): no call begins on any replica. No call was under way. "+
		"Two approvers end it, each with `/goodbye unfreeze`.")
	s.frozen(2, approvals.StateFrozen)
	if got := s.number(2); got.Reason != "odd <things> happen" || got.Requester.ID != bob {
		t.Errorf("frozen by %s because of %q", got.Requester.ID, got.Reason)
	}
	check(t, s.types(bea, "freeze"), "Everything is stopped already (OFF-2, by <@"+bob+">,")
	check(t, s.types(carol, "unfreeze"), "not one of the approvers")
	check(t, s.types(bob, "unfreeze it was a drill"), "Everything stays stopped until a second approver types `/goodbye unfreeze` too")
	check(t, s.types(bob, "unfreeze"), "You have asked for the end of OFF-2 already.")
	check(t, s.types(carol, "unfreeze"), "not one of the approvers")
	check(t, s.types(gus, "unfreeze"), "Guests cannot.")
	s.frozen(2, approvals.StateFrozen)
	check(t, s.types(bea, "unfreeze"), "The freeze OFF-2 is over.")
	s.frozen(2, approvals.StateThawed)
	check(t, s.types(bea, "unfreeze"), "Nothing is stopped.")
	check(t, s.types(bob, "freeze"), "Everything is stopped (OFF-3)")
}

// One person by two names of Enterprise Grid, or by two accounts with one confirmed address, is one of the two.
func TestUnfreezingIsForTwoPeople(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]approvals.Person{
		"by another id":        {ID: "W0BOB", Also: []string{bob}},
		"by the other's id":    {ID: "W0BOB", Email: "else@example.com"},
		"by the same address":  {ID: "U0BOBTOO", Email: "BOB@example.com"},
		"who froze in between": {ID: bob, Email: "bob@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.dir.people[bob] = approvals.Person{ID: bob, Also: []string{"W0BOB"}, Email: "bob@example.com"}
			s.dir.people[other.ID] = other
			s.set.Approvers = commands.Rights{Users: []string{bob, other.ID, bea}}
			s.types(bob, "freeze")
			s.types(bob, "unfreeze")
			check(t, s.types(other.ID, "unfreeze"), "You have asked for the end of OFF-1 already.")
			s.frozen(1, approvals.StateFrozen)
			check(t, s.types(bea, "unfreeze"), "is over")
		})
	}
}

// Whoever gave the first word and is no approver any more does not count, nor a word that is older than an hour; where nobody can be asked
// nothing is recorded.
func TestTheFirstWordToUnfreezeIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.types(bob, "freeze")
	s.types(bob, "unfreeze")
	s.set.Approvers.Users = []string{alice}
	check(t, s.types(bea, "unfreeze"), "Everything stays stopped")
	s.frozen(1, approvals.StateFrozen)
	s.at = s.at.Add(time.Hour)
	check(t, s.types(alice, "unfreeze"), "Everything stays stopped")
	s.dir.noGroups = errors.New("x")
	check(t, s.types(bea, "unfreeze"), "cannot check who you are")
	s.frozen(1, approvals.StateFrozen)
	s.dir.noGroups = nil
	check(t, s.types(bea, "unfreeze"), "is over")
}

// A right to freeze of its own gives no right to unfreeze.
func TestARightToFreezeOfItsOwn(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.set.Own = map[approvals.Right]commands.Rights{approvals.MayFreeze: {Users: []string{carol}}}
	check(t, s.types(bob, "freeze"), "You may not stop everything")
	check(t, s.types(carol, "freeze"), "Everything is stopped (OFF-1)")
	check(t, s.types(carol, "unfreeze"), "not one of the approvers")
	s.frozen(1, approvals.StateFrozen)
}

func TestAFreezeInListAndStatus(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.types(bob, "freeze reason:odd things")
	check(t, s.types(bob, "list"), "*OFF-1* freeze, by <@"+bob+">, ")
	check(t, s.types(bob, "list"), ": odd things. *Everything is stopped.* Two approvers end it, each with `/goodbye unfreeze`.\nNo request is open.")
	s.types(alice, "dana@example.com")
	o := s.types(bea, "list")
	check(t, o, "*OFF-2* pending")
	if !strings.HasPrefix(o.told[0].Text, "*OFF-1* freeze") || strings.Count(o.text(), "OFF-1") != 1 {
		t.Errorf("listed %q", o.text())
	}
	s.types(bob, "unfreeze")
	check(t, s.types(alice, "status OFF-1"), "<@"+bob+"> has done so already.")
	r := s.number(2)
	s.send(s.click(bob, approve, r))
	s.happens(r, approvals.Event{Kind: approvals.Waiting, At: s.now(), Until: s.now(), Proof: "stopped by the freeze OFF-1"})
	check(t, s.types(alice, "status OFF-2"), "It waits: stopped by the freeze OFF-1.")
	s.happens(r, approvals.Event{Kind: approvals.Begun, At: s.now(), Attempt: 1, Replica: "a", Deadline: s.now().Add(time.Minute)})
	s.types(bea, "unfreeze")
	check(t, s.types(alice, "status OFF-1"), "It is over.")
	check(t, s.types(bob, "freeze"), "Not stopped, because the call had begun before: OFF-2.")
}

// What is meant for removals does nothing to a freeze: it would end it by one person's word.
func TestAFreezeIsNoRequest(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.set.Own = map[approvals.Right]commands.Rights{approvals.MayWithdraw: {Users: []string{bea}}}
	s.types(bob, "freeze")
	for line, want := range map[string]string{
		"withdraw OFF-1": "is a freeze, not a removal", "release OFF-1": "is a freeze, not a removal", "reschedule OFF-1 at:now": "is a freeze, not a removal", "resolve OFF-1 done I saw it": "is a freeze, not a removal",
	} {
		check(t, s.types(bob, line), want)
		check(t, s.types(bea, line), want)
	}
	f := s.number(1)
	s.happens(f, approvals.Event{Kind: approvals.Told, Key: approvals.KeyCard, Place: home, Upto: f.Version()})
	for _, b := range []approvals.Button{approve, deny, withdraw} {
		s.send(s.click(bea, b, f))
		s.send(s.click(bob, b, f))
	}
	s.frozen(1, approvals.StateFrozen)
}

// A repeat is silent, and what cannot be recorded is not acknowledged.
func TestAFreezeIsRecordedBeforeItIsAnswered(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.store.writes = errors.New("x")
	checkUndecided(t, s.types(bob, "freeze"), "")
	s.store.writes = nil
	check(t, s.types(bob, "freeze"), "Everything is stopped (OFF-1)")
	s.sent-- // the same delivery
	if o := s.types(bob, "freeze"); o.text() != "" || o.err != nil {
		t.Errorf("again: %q, %v", o.text(), o.err)
	}
	s.types(bob, "unfreeze")
	s.sent--
	if o := s.types(bea, "unfreeze"); o.text() != "" || o.err != nil {
		t.Errorf("again: %q, %v", o.text(), o.err)
	}
	s.frozen(1, approvals.StateFrozen)
	check(t, s.types(alice, "freeze "+strings.Repeat("x", 501)), "The reason is longer")
}

// A call that had begun is named, however many requests are newer than its own; where not all could be looked at, the answer does not say that none
// was under way.
func TestAFreezeNamesWhatHadBegunLongAgo(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first := s.requested()
	s.happens(first, approvals.Event{Kind: approvals.Begun, At: s.at, Attempt: 1, Deadline: s.at.Add(time.Hour)})
	more := func(from, to int) {
		for i := from; i < to; i++ {
			plan := first.Plan
			plan.Steps = slices.Clone(plan.Steps)
			plan.Steps[0].Account.ID = fmt.Sprint("more", i)
			if _, err := s.book.Create(t.Context(), approvals.Ask{By: first.Requester, Requester: true, Plan: plan, Policy: first.Policy}); err != nil {
				t.Fatal(err)
			}
		}
	}
	more(0, 40)
	check(t, s.types(bob, "freeze"), "the call had begun before: OFF-1.")
	s.types(bob, "unfreeze")
	check(t, s.types(bea, "unfreeze"), "is over")
	more(40, 200)
	check(t, s.types(bob, "freeze"), "No call of the newest 200 open requests was under way. One of an older request that had begun before is not stopped.")
}
