package book_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
	"offboard/internal/providers"
)

// decided is a decision that comes to these events.
func decided(events ...approvals.Event) book.Decision {
	return func(_ *approvals.Request, now time.Time) ([]approvals.Event, error) {
		out := slices.Clone(events)
		for i := range out {
			out[i].At, out[i].Deadline = now, now.Add(time.Minute)
		}
		return out, nil
	}
}

// What stops a call is looked at in the write that begins it, and nowhere else: an end without a call is recorded all the same.
func TestOnlyABeginIsStoppedByTheGate(t *testing.T) {
	t.Parallel()
	rechecked := approvals.Event{Kind: approvals.Rechecked}
	for name, tc := range map[string]struct {
		events  []approvals.Event
		stopped bool
	}{
		"a begin":            {[]approvals.Event{rechecked, {Kind: approvals.Begun, Attempt: 1}}, true},
		"a rehearsal's end":  {[]approvals.Event{rechecked, {Kind: approvals.Ended, Outcome: approvals.Rehearsed}}, true},
		"already so":         {[]approvals.Event{{Kind: approvals.Ended, Outcome: approvals.Already}}, false},
		"protected by now":   {[]approvals.Event{{Kind: approvals.Ended, Outcome: approvals.NotDone}}, false},
		"a changed account":  {[]approvals.Event{{Kind: approvals.Drifted}}, false},
		"an approval lapsed": {[]approvals.Event{{Kind: approvals.Lapsed, By: bob}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShelf(t)
			r := s.create(ask("1"))
			stop := s.create(ask("2"))
			gate := book.Gate{Unless: []string{"nobody has it", stop.Keys()[0]}}
			after, err := s.Begin(t.Context(), r.ID, decided(tc.events...), gate)
			held, refused := errors.AsType[*journal.ReservedError](err)
			if refused != tc.stopped || refused && held.Holder != stop.ID {
				t.Fatalf("err = %v", err)
			}
			now, err := s.Get(t.Context(), r.ID)
			if err != nil || tc.stopped && now.Version() != r.Version() || !tc.stopped && now.Version() != after.Version() {
				t.Errorf("version %d (%v)", now.Version(), err)
			}
		})
	}
}

func TestAnOpenGateStopsNothing(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	r := s.create(ask("1"))
	begun := decided(approvals.Event{Kind: approvals.Begun, Attempt: 1})
	after, err := s.Begin(t.Context(), r.ID, begun, book.Gate{Unless: []string{"nobody has it"}})
	if err != nil || after.State != approvals.StateExecuting {
		t.Errorf("%v (%v)", after, err)
	}
	if _, err := s.Holder(t.Context(), "nobody has it"); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("the key is taken: %v", err)
	}
}

// Somebody was faster: the gate goes along with what is decided then.
func TestTheGateIsAskedAgainAfterAConflict(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	r := s.create(ask("1"))
	s.j.before = func() {
		s.create(ask("2"))
		s.update(r.ID, approvals.Refuse{By: bea, Button: approvals.ButtonApprove, Reason: "x"})
	}
	key := approvals.Step{Account: providers.Account{Provider: "idp", Tenant: "t", ID: "2"}}.Key()
	_, err := s.Begin(t.Context(), r.ID, decided(approvals.Event{Kind: approvals.Begun, Attempt: 1}), book.Gate{Unless: []string{key}})
	if _, held := errors.AsType[*journal.ReservedError](err); !held {
		t.Errorf("err = %v", err)
	}
}
