package book_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
	"offboard/internal/journal/embedded"
	"offboard/internal/providers"
)

var (
	alice = approvals.Person{ID: "U1", Email: "alice@example.com"}
	bob   = approvals.Person{ID: "U2", Email: "bob@example.com"}
	bea   = approvals.Person{ID: "U3", Email: "bea@example.com"}
)

// spy is a journal that shows what is written, and lets somebody else be faster.
type spy struct {
	journal.Journal
	writes []journal.Write
	before func() // runs once, before the next Append
}

func (s *spy) Append(ctx context.Context, w journal.Write) (int, error) {
	if f := s.before; f != nil {
		s.before = nil
		f()
	}
	s.writes = append(s.writes, w)
	return s.Journal.Append(ctx, w)
}

// shelf is a book over a real journal, and its clock.
type shelf struct {
	*book.Book
	t  *testing.T
	j  *spy
	at time.Time
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	j, err := embedded.Open(filepath.Join(t.TempDir(), "offboard.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &shelf{t: t, j: &spy{Journal: j}, at: time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC)}
	s.Book = book.New(s.j, func() time.Time { return s.at })
	return s
}

// ask is Alice's wish to have accounts with these ids deleted.
func ask(ids ...string) approvals.Ask {
	a := approvals.Ask{
		By: alice, Requester: true, Plan: approvals.Plan{Writes: true},
		Policy: approvals.Policy{Approvals: 1, Expires: 24 * time.Hour, Window: time.Hour},
	}
	for _, id := range ids {
		a.Plan.Steps = append(a.Plan.Steps, approvals.Step{
			Account: providers.Account{Provider: "idp", Tenant: "t", ID: id, State: providers.StateActive}, Action: providers.Delete,
		})
	}
	return a
}

func (s *shelf) create(a approvals.Ask, limits ...book.Limit) *approvals.Request {
	s.t.Helper()
	r, err := s.Create(s.t.Context(), a, limits...)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *shelf) update(id string, w approvals.Wish, deliveries ...string) *approvals.Request {
	s.t.Helper()
	r, err := s.Update(s.t.Context(), id, book.Wish(w), deliveries...)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// append puts events on record whatever the core thinks of them.
func (s *shelf) append(id string, events ...approvals.Event) *approvals.Request {
	s.t.Helper()
	for i := range events {
		events[i].At, events[i].Deadline = s.at, s.at.Add(time.Minute)
	}
	r, err := s.Update(s.t.Context(), id, func(*approvals.Request, time.Time) ([]approvals.Event, error) { return events, nil })
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *shelf) holder(r *approvals.Request) string {
	s.t.Helper()
	id, err := s.Holder(s.t.Context(), r.Keys()[0])
	if err != nil && !errors.Is(err, journal.ErrNotFound) {
		s.t.Fatal(err)
	}
	return id
}

// Everything that must be true with a new request is one write.
func TestCreateIsOneWrite(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	r := s.create(ask("1", "2"), book.Limit{Key: "requests", Most: 3, Within: time.Hour})
	if len(s.j.writes) != 1 {
		t.Fatalf("%d writes", len(s.j.writes))
	}
	w := s.j.writes[0]
	if w.Expect != 0 || len(w.Records) != 1 || !w.Records[0].Chained() || !w.Confirm || !w.Open || !w.Now.Equal(s.at) {
		t.Errorf("write = %+v", w)
	}
	if len(w.Reserve) != 2 || w.Reserve[0].Key != r.Keys()[0] || w.Reserve[1].Key != r.Keys()[1] || w.Reserve[0].From != "" {
		t.Errorf("reserved %+v", w.Reserve)
	}
	if len(w.Counts) != 1 || w.Counts[0] != (journal.Count{Key: "requests", Limit: 3, Within: time.Hour}) {
		t.Errorf("counted %+v", w.Counts)
	}
	if !w.Wake.Equal(s.at) {
		t.Errorf("the card is owed at %s, woken at %s", s.at, w.Wake)
	}
	if r.Number != 1 || r.State != approvals.StatePending || len(r.ID) < 20 || !r.Created.Equal(s.at) {
		t.Errorf("request = %+v", r)
	}
	if got, err := s.Numbered(t.Context(), 1); err != nil || got.ID != r.ID || got.Digest != r.Digest {
		t.Errorf("OFF-1 is %+v (%v)", got, err)
	}
}

// What is refused for one reason leaves no trace for another: no count, no reservation, no number.
func TestCreateIsAllOrNothing(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	limit := book.Limit{Key: "requests", Most: 2, Within: time.Hour}
	first := s.create(ask("1"), limit)
	for range 3 {
		_, err := s.Create(t.Context(), ask("2", "1"), limit)
		if held, ok := errors.AsType[*journal.ReservedError](err); !ok || held.Holder != first.ID {
			t.Fatalf("err = %v", err)
		}
	}
	second := s.create(ask("2"), limit) // neither counted nor reserved by the attempts above
	if second.Number != 2 {
		t.Errorf("the second is %s", second.Name())
	}
	_, err := s.Create(t.Context(), ask("3"), limit)
	if full, ok := errors.AsType[*journal.LimitError](err); !ok || full.Limit != 2 || !full.Free.Equal(s.at.Add(time.Hour)) {
		t.Errorf("err = %v", err)
	}
	s.create(ask("3")) // not reserved by the attempt above
	writes := len(s.j.writes)
	a := ask("4")
	a.Requester = false
	if _, err := s.Create(t.Context(), a); err == nil || len(s.j.writes) != writes {
		t.Errorf("err = %v, %d writes", err, len(s.j.writes)-writes)
	}
}

// Somebody else was faster: the decision is taken again, over what they wrote.
func TestAConflictIsDecidedAgain(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	r := s.create(ask("1"))
	s.j.before = func() { s.update(r.ID, approvals.Deny{By: bea, Right: true}) }
	var seen []approvals.State
	_, err := s.Update(t.Context(), r.ID, func(r *approvals.Request, now time.Time) ([]approvals.Event, error) {
		seen = append(seen, r.State)
		return approvals.Decide(r, approvals.Approve{By: bob, Approver: true, Digest: r.Digest}, now)
	}, "d1")
	if f, ok := errors.AsType[*approvals.Refusal](err); !ok || f.Code != approvals.AlreadyDecided {
		t.Errorf("err = %v", err)
	}
	if len(seen) != 2 || seen[0] != approvals.StatePending || seen[1] != approvals.StateDenied {
		t.Errorf("decided over %v", seen)
	}
	if got, err := s.Get(t.Context(), r.ID); err != nil || got.State != approvals.StateDenied || len(got.Approvals) != 0 {
		t.Errorf("the request is %+v (%v)", got.State, err)
	}
	if err := s.Remember(t.Context(), "d1"); err != nil {
		t.Errorf("a delivery that was not handled is remembered: %v", err)
	}
}

func TestDeliveries(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	r := s.create(ask("1"))
	approve := approvals.Approve{By: bob, Approver: true, Digest: r.Digest}
	r = s.update(r.ID, approve, "d1", "d2")
	if w := s.j.writes[len(s.j.writes)-1]; len(w.Records) != 1 || len(w.Deliveries) != 2 || w.Keep != book.Keep {
		t.Errorf("write = %+v", w)
	}
	again := func(keys ...string) bool {
		_, err := s.Update(t.Context(), r.ID, book.Wish(approvals.Withdraw{By: alice}), keys...)
		_, dup := errors.AsType[*journal.DuplicateError](err)
		return dup
	}
	if !again("d1") || !again("d9", "d2") {
		t.Error("a repeat was handled")
	}
	s.at = s.at.Add(time.Hour)
	if !again("d2") {
		t.Error("a repeat within the hour was handled")
	}
	if got, err := s.Get(t.Context(), r.ID); err != nil || got.State != approvals.StateApproved || got.Version() != r.Version() {
		t.Errorf("%d events, %s (%v)", got.Version(), got.State, err)
	}
	nothing := func(*approvals.Request, time.Time) ([]approvals.Event, error) { return nil, nil }
	if _, err := s.Update(t.Context(), r.ID, nothing, "d3"); err != nil || !again("d3") {
		t.Errorf("a delivery that changed nothing is not remembered (%v)", err)
	}
	writes := len(s.j.writes)
	if _, err := s.Update(t.Context(), r.ID, nothing); err != nil || len(s.j.writes) != writes {
		t.Errorf("nothing was written all the same (%v)", err)
	}
}

func TestAReservationLastsAsLongAsTheRequest(t *testing.T) {
	t.Parallel()
	begun := approvals.Event{Kind: approvals.Begun, Attempt: 1}
	ended := func(o approvals.Outcome) approvals.Event {
		return approvals.Event{Kind: approvals.Ended, Attempt: 1, Outcome: o}
	}
	for name, tc := range map[string]struct {
		events []approvals.Event
		held   bool
	}{
		"pending":   {nil, true},
		"approved":  {[]approvals.Event{{Kind: approvals.Approved, By: bob}}, true},
		"executing": {[]approvals.Event{{Kind: approvals.Approved, By: bob}, begun}, true},
		"unknown":   {[]approvals.Event{{Kind: approvals.Approved, By: bob}, begun, ended(approvals.Unknown)}, true},
		"unseen":    {[]approvals.Event{begun, ended(approvals.Unknown), ended(approvals.Unseen)}, true},
		"done":      {[]approvals.Event{{Kind: approvals.Approved, By: bob}, begun, ended(approvals.Done)}, false},
		"not done":  {[]approvals.Event{{Kind: approvals.Approved, By: bob}, begun, ended(approvals.NotDone)}, false},
		"denied":    {[]approvals.Event{{Kind: approvals.Denied, By: bob}}, false},
		"withdrawn": {[]approvals.Event{{Kind: approvals.Withdrawn, By: alice}}, false},
		"expired":   {[]approvals.Event{{Kind: approvals.Expired}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShelf(t)
			r := s.create(ask("1"))
			for _, e := range tc.events {
				r = s.append(r.ID, e)
			}
			open, err := s.Open(t.Context(), 10)
			if held := s.holder(r) == r.ID; err != nil || held != tc.held || (len(open) == 1) != tc.held {
				t.Errorf("held: %t, listed: %d; want %t (%v)", held, len(open), tc.held, err)
			}
		})
	}
}

// A linked request takes the account over; when the old one ends after that, the account stays with the new one.
func TestTakeover(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	old := s.create(ask("1"))
	s.append(old.ID, approvals.Event{Kind: approvals.Approved, By: bob}, approvals.Event{Kind: approvals.Begun, Attempt: 1},
		approvals.Event{Kind: approvals.Ended, Attempt: 1, Outcome: approvals.Unknown, Sent: true})
	old = s.append(old.ID, approvals.Event{Kind: approvals.Ended, Attempt: 1, Outcome: approvals.Unseen, Sent: true})
	a := ask("1")
	if _, err := s.Create(t.Context(), a); err == nil {
		t.Fatal("taken over without saying from whom")
	}
	a.Linked = old
	fresh := s.create(a)
	if s.holder(fresh) != fresh.ID || fresh.Linked != old.ID || !fresh.Earlier {
		t.Errorf("held by %s; linked to %q, earlier: %t", s.holder(fresh), fresh.Linked, fresh.Earlier)
	}
	s.append(old.ID, approvals.Event{Kind: approvals.Superseded, Linked: fresh.ID})
	if s.holder(fresh) != fresh.ID {
		t.Error("the end of the old request freed the account")
	}
}
