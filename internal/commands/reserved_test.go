package commands_test

import (
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/journal"
	"offboard/internal/providers"
)

func TestAnAccountUnderRequestIsNotAskedForTwice(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.requested()
	for _, user := range []string{alice, bea} {
		o := s.types(user, "101")
		check(t, o, "OFF-1 is already open for this account (pending). Nothing was added.")
		if o.told[0].Card != home {
			t.Errorf("the reply links to %v", o.told[0].Card)
		}
	}
	if s.recorded() != 1 {
		t.Errorf("%d requests", s.recorded())
	}
}

func TestAnEndedRequestFreesTheAccount(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	r := s.requested()
	s.send(s.click(bob, approvals.ButtonDeny, r))
	check(t, s.types(alice, "101"), "OFF-2 is recorded")
	if again := s.number(2); again.Linked != "" {
		t.Errorf("it is linked to %s", again.Linked)
	}
}

// ended brings a request to an outcome as the dispatcher would.
func ended(s *stage, r *approvals.Request, outcomes ...approvals.Outcome) {
	s.t.Helper()
	at := s.now()
	events := []approvals.Event{
		{Kind: approvals.Approved, At: at, By: approvals.Person{ID: bob}, Digest: r.Digest},
		{Kind: approvals.Begun, At: at, Attempt: 1, Replica: "a", Deadline: at.Add(time.Minute)},
	}
	for _, o := range outcomes {
		events = append(events, approvals.Event{Kind: approvals.Ended, At: at, Attempt: 1, Outcome: o, Proof: "p", Sent: true})
	}
	s.happens(r, events...)
}

// While the outcome is unknown the account stays reserved; once it is not done, as far as can be seen, a new request takes it over and
// knows of the call that was sent.
func TestTakeover(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first := s.requested()
	ended(s, first, approvals.Unknown)
	check(t, s.types(alice, "101"), "OFF-1 is already open for this account (outcome unknown)")
	s.happens(first, approvals.Event{Kind: approvals.Ended, At: s.now(), Attempt: 1, Outcome: approvals.Unseen, Proof: "p"})
	check(t, s.types(alice, "101"), "OFF-2 is recorded")
	second := s.number(2)
	if second.Linked != first.ID || !second.Earlier || second.State != approvals.StatePending || len(second.Approvals) != 0 {
		t.Errorf("the new request: linked to %q, earlier %t, %s", second.Linked, second.Earlier, second.State)
	}
	if holder, err := s.book.Holder(t.Context(), second.Keys()[0]); err != nil || holder != second.ID {
		t.Errorf("the account is held by %s (%v)", holder, err)
	}
	check(t, s.types(bea, "101"), "OFF-2 is already open")
	if old := s.number(1); !old.Over || old.Open() {
		t.Errorf("OFF-1 is still open: %s, superseded %t", old.State, old.Over)
	}
}

// Two people see the outcome and ask again at the same moment: one takes over, the other is told who did.
func TestTakeoverByTwoAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first := s.requested()
	ended(s, first, approvals.Unknown, approvals.Unseen)
	s.book.creates = 0
	s.book.before = func() {
		step := approvals.Step{Host: "eins.example.com", Account: account("eins", "101", "dana@example.com"), Action: providers.Delete}
		plan := approvals.Plan{Writes: true, Steps: []approvals.Step{step}}
		s.book.before = nil
		_, err := s.book.Create(t.Context(), approvals.Ask{
			By: approvals.Person{ID: bea}, Requester: true, Plan: plan, Policy: approvals.Strictest(nil, plan), Linked: first,
		})
		if err != nil {
			t.Error(err)
		}
	}
	check(t, s.types(alice, "101"), "OFF-2 is already open for this account")
	if s.recorded() != 2 {
		t.Errorf("%d requests", s.recorded())
	}
}

// A request that a newer version wrote keeps its account, whatever it looks like from here.
func TestNothingIsTakenOverFromWhatIsNotUnderstood(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	step := approvals.Step{Host: "eins.example.com", Account: account("eins", "101", "dana@example.com")}
	card, err := approvals.Encode(approvals.Event{Kind: approvals.Told, Key: approvals.KeyCard, Place: home})
	if err != nil {
		t.Fatal(err)
	}
	w := journal.Write{
		ID: "newer", Now: s.now(), Open: true, Reserve: []journal.Reservation{{Key: step.Key()}},
		Records: journal.Seal(journal.Log{ID: "newer"},
			journal.Draft{Body: []byte(`{"v":2,"kind":"requested"}`), Chained: true}, journal.Draft{Body: card}),
	}
	if _, err := s.store.Append(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	check(t, s.types(alice, "101"), "OFF-1 is already open")
	if holder, err := s.book.Holder(t.Context(), step.Key()); err != nil || holder != "newer" || s.recorded() != 1 {
		t.Errorf("the account is held by %s (%v); %d requests", holder, err, s.recorded())
	}
}
