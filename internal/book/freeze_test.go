package book_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
)

func (s *shelf) freeze(by approvals.Person, deliveries ...string) (*approvals.Request, error) {
	return s.Freeze(s.t.Context(), approvals.Freeze{By: by, Right: true, Reason: "odd"}, deliveries...)
}

// A freeze is one write: its log, its number, its key and its delivery. It holds until two people have ended it, over any restart of the book.
func TestAFreezeHoldsUntilTwoEndIt(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.create(ask("1"))
	if f, err := s.Frozen(t.Context()); f != nil || err != nil {
		t.Fatalf("frozen by %v (%v)", f, err)
	}
	f, err := s.freeze(bob, "d1")
	if err != nil || f.Number != 2 || f.State != approvals.StateFrozen {
		t.Fatalf("%v (%v)", f, err)
	}
	if w := s.j.writes[len(s.j.writes)-1]; len(s.j.writes) != 2 || !w.Confirm || !w.Open || len(w.Reserve) != 1 || !w.Wake.Equal(s.at) {
		t.Errorf("write = %+v", w)
	}
	if _, err := s.freeze(bob, "d1"); !is[*journal.DuplicateError](err) {
		t.Errorf("the same delivery again: %v", err)
	}
	if _, err := s.freeze(bea, "d2"); !is[*journal.ReservedError](err) {
		t.Errorf("a second freeze: %v", err)
	}
	again := book.New(s.j, func() time.Time { return s.at })
	thaw := approvals.Thaw{By: bea, Right: true}
	for _, w := range []approvals.Thaw{thaw, {By: bob, Right: true, First: approvals.Standing{ID: bea.ID, Person: bea}}} {
		if got, err := again.Frozen(t.Context()); err != nil || got == nil || got.ID != f.ID {
			t.Fatalf("frozen by %v (%v)", got, err)
		}
		s.update(f.ID, w)
	}
	if got, err := again.Frozen(t.Context()); err != nil || got != nil {
		t.Errorf("frozen by %v (%v) after two have ended it", got, err)
	}
	if second, err := s.freeze(bea); err != nil || second.Number != 3 {
		t.Errorf("frozen anew: %v (%v)", second, err)
	}
	if _, err := s.Freeze(t.Context(), approvals.Freeze{By: bob}); !is[*approvals.Refusal](err) {
		t.Errorf("without the right: %v", err)
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// Calls are about to begin on two replicas while everything is stopped: each has begun before the freeze was answered, or never does.
func TestFreezeAgainstBegin(t *testing.T) {
	t.Parallel()
	for name, onRedis := range map[string]bool{"a file": false, "Redis": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			both := replicas(t, onRedis, func() time.Time { return time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC) })
			for round := range 5 {
				f := freezeRace(t, both, fmt.Sprint("round", round, "/"))
				for _, w := range []approvals.Thaw{{By: bob, Right: true}, {By: bea, Right: true, First: approvals.Standing{ID: bob.ID, Person: bob}}} {
					if _, err := both[1].Update(t.Context(), f.ID, book.Wish(w)); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

func freezeRace(t *testing.T, both []*book.Book, prefix string) (freeze *approvals.Request) {
	t.Helper()
	const many = 24
	ids := make([]string, many)
	for i := range ids {
		ids[i] = askFor(t, both[0], prefix+fmt.Sprint(i))
	}
	var frozen atomic.Bool
	var late [many]bool
	errs := make([]error, many)
	gate := make(chan struct{})
	var all sync.WaitGroup
	for i, id := range ids {
		all.Go(func() {
			<-gate
			late[i] = frozen.Load()
			_, errs[i] = both[i%2].Begin(t.Context(), id, decided(approvals.Event{Kind: approvals.Begun, Attempt: 1}), book.Gate{Unless: []string{approvals.FreezeKey}})
		})
	}
	all.Go(func() {
		<-gate
		var err error
		if freeze, err = both[1].Freeze(t.Context(), approvals.Freeze{By: bob, Right: true}); err != nil {
			t.Error(err)
		}
		frozen.Store(true)
	})
	close(gate)
	all.Wait()
	for i, err := range errs {
		if err != nil && !is[*journal.ReservedError](err) || err == nil && late[i] {
			t.Errorf("begin %d, after the freeze was answered: %t, ended with %v", i, late[i], err)
		}
		r, getErr := both[0].Get(t.Context(), ids[i])
		if getErr != nil || (r.State == approvals.StateExecuting) != (err == nil) {
			t.Errorf("begin %d ended with %v, and it is %s (%v)", i, err, r.State, getErr)
		}
	}
	_, err := both[0].Begin(t.Context(), askFor(t, both[0], prefix+"late"), decided(approvals.Event{Kind: approvals.Begun, Attempt: 1}),
		book.Gate{Unless: []string{approvals.FreezeKey}})
	if !is[*journal.ReservedError](err) {
		t.Errorf("a begin after the freeze was answered: %v", err)
	}
	return freeze
}

// askFor records a request for another account.
func askFor(t *testing.T, b *book.Book, id string) string {
	t.Helper()
	r, err := b.Create(t.Context(), ask(id))
	if err != nil {
		t.Fatal(err)
	}
	return r.ID
}
