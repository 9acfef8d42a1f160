package book_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
)

func TestNotFound(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	_, byID := s.Get(t.Context(), "nope")
	_, byNumber := s.Numbered(t.Context(), 7)
	_, held := s.Holder(t.Context(), "nope")
	_, changed := s.Update(t.Context(), "nope", book.Wish(approvals.Withdraw{By: alice}), "d1")
	_, waited := s.Wait(t.Context(), "nope", func(*approvals.Request) bool { return false })
	for _, err := range []error{byID, byNumber, held, changed, waited} {
		if !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("err = %v", err)
		}
	}
}

// foreign is a request with a record of a newer version.
func (s *shelf) foreign(wake time.Time) *approvals.Request {
	s.t.Helper()
	r := s.create(ask("1"))
	l, err := s.j.Load(s.t.Context(), r.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	w := journal.Write{
		ID: r.ID, Expect: l.Version(), Now: s.at, Wake: wake, Open: true,
		Records: journal.Seal(l, journal.Draft{Body: []byte(`{"v":2,"kind":"scheduled"}`), Chained: true}),
	}
	if _, err := s.j.Append(s.t.Context(), w); err != nil {
		s.t.Fatal(err)
	}
	if r, err = s.Get(s.t.Context(), r.ID); err != nil || !r.Foreign {
		s.t.Fatalf("foreign: %+v (%v)", r, err)
	}
	return r
}

// What a newer version wrote is left alone: nobody's wish is recorded, and when it is due next, its place in the list and its
// reservation stay as they were.
func TestForeignEventsAreLeftAlone(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	wake := s.at.Add(37 * time.Minute)
	r := s.foreign(wake)
	for _, w := range []approvals.Wish{
		approvals.Approve{By: bob, Approver: true, Digest: r.Digest}, approvals.Deny{By: bob, Right: true},
		approvals.Withdraw{By: alice}, approvals.Expire{}, approvals.Refuse{By: bob},
		approvals.Receipt{Event: approvals.Event{Kind: approvals.Told, Key: approvals.KeyCard}},
	} {
		_, err := s.Update(t.Context(), r.ID, book.Wish(w), fmt.Sprintf("d/%T", w))
		if f, ok := errors.AsType[*approvals.Refusal](err); !ok || f.Code != approvals.NotUnderstood {
			t.Errorf("%T: %v", w, err)
		}
	}
	nothing := func(*approvals.Request, time.Time) ([]approvals.Event, error) { return nil, nil }
	if _, err := s.Update(t.Context(), r.ID, nothing, "d1"); err != nil {
		t.Error(err)
	}
	l, err := s.j.Load(t.Context(), r.ID)
	if err != nil || l.Version() != r.Version() || !l.Wake.Equal(wake) || !l.Open || s.holder(r) != r.ID {
		t.Errorf("%d records, wake %s, open %t, held by %q (%v)", l.Version(), l.Wake, l.Open, s.holder(r), err)
	}
	if len(approvals.Next(r)) != 0 {
		t.Errorf("owed: %+v", approvals.Next(r))
	}
}

// Wait returns as soon as it holds, whoever wrote it, and at the latest when its time is over.
func TestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(t)
		r := s.create(ask("1"))
		other := book.New(s.j, func() time.Time { return s.at }) // another replica over the same store
		withdrawn := func(r *approvals.Request) bool { return r.State == approvals.StateWithdrawn }
		wait := func(d time.Duration) (approvals.State, time.Duration) {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			began := time.Now()
			got, err := s.Wait(ctx, r.ID, withdrawn)
			if err != nil {
				t.Fatal(err)
			}
			return got.State, time.Since(began)
		}
		if state, took := wait(time.Second); state != approvals.StatePending || took != time.Second {
			t.Errorf("never withdrawn: %s after %s", state, took)
		}
		for name, b := range map[string]*book.Book{"ours": s.Book, "another's": other} {
			r = s.create(ask(name))
			go func() {
				<-time.After(330 * time.Millisecond)
				if _, err := b.Update(t.Context(), r.ID, book.Wish(approvals.Withdraw{By: alice})); err != nil {
					t.Error(err)
				}
			}()
			most := 330 * time.Millisecond // our own writes are noticed at once, others' within a look
			if name != "ours" {
				most += 100 * time.Millisecond
			}
			if state, took := wait(time.Minute); state != approvals.StateWithdrawn || took > most {
				t.Errorf("%s: %s after %s", name, state, took)
			}
		}
		if state, took := wait(time.Minute); state != approvals.StateWithdrawn || took != 0 {
			t.Errorf("withdrawn already: %s after %s", state, took)
		}
	})
}

// A due request is handed out once; giving it up, or writing, lets those who wait look again.
func TestClaims(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	r := s.create(ask("1"))
	<-s.Changed()
	due, err := s.Claim(t.Context(), time.Minute, 10)
	if err != nil || len(due) != 1 || due[0].ID != r.ID {
		t.Fatalf("due: %+v (%v)", due, err)
	}
	if again, err := s.Claim(t.Context(), time.Minute, 10); err != nil || len(again) != 0 {
		t.Errorf("handed out twice: %+v (%v)", again, err)
	}
	if err := s.Renew(t.Context(), due[0], time.Minute); err != nil {
		t.Error(err)
	}
	if err := s.Done(t.Context(), due[0]); err != nil {
		t.Error(err)
	}
	<-s.Changed()
	if err := s.Renew(t.Context(), due[0], time.Minute); !errors.Is(err, journal.ErrClaimLost) {
		t.Errorf("a claim that was given up is renewed: %v", err)
	}
	s.update(r.ID, approvals.Withdraw{By: alice})
	<-s.Changed()
}

// counted counts the reads of a journal, and can make them hang until their context ends.
type counted struct {
	journal.Journal
	loads atomic.Int64
	hangs atomic.Bool
}

func (c *counted) Load(ctx context.Context, id string) (journal.Log, error) {
	c.loads.Add(1)
	if c.hangs.Load() {
		<-ctx.Done()
		return journal.Log{}, ctx.Err()
	}
	return c.Journal.Load(ctx, id)
}

// Hundreds of requests may be waited for while a store serves others: what is written to one request makes nobody look who waits for
// another, and looking becomes rare.
func TestWaitingIsCheap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(t)
		c := &counted{Journal: s.j}
		b := book.New(c, time.Now)
		waited, busy := s.create(ask("1")), s.create(ask("2"))
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		const waiters = 100
		var all sync.WaitGroup
		for range waiters {
			all.Go(func() { _, _ = b.Wait(ctx, waited.ID, func(*approvals.Request) bool { return false }) })
		}
		synctest.Wait()
		before := c.loads.Load()
		for i := range 50 {
			e := approvals.Event{Kind: approvals.Waiting, Proof: fmt.Sprint(i)}
			if _, err := b.Update(t.Context(), busy.ID, book.Wish(approvals.Receipt{Event: e})); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if n := c.loads.Load() - before; n > 50 {
			t.Errorf("50 writes to another request cost %d reads", n)
		}
		all.Wait()
		if n := (c.loads.Load() - before) / waiters; n > 45 {
			t.Errorf("who waits for half a minute looks %d times", n)
		}
	})
}

// A store that hangs holds nobody beyond the time that they have.
func TestWaitingCanBeEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(t)
		c := &counted{Journal: s.j}
		b := book.New(c, time.Now)
		r := s.create(ask("1"))
		never := func(*approvals.Request) bool { return false }
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		time.AfterFunc(500*time.Millisecond, func() { c.hangs.Store(true) })
		if got, err := b.Wait(ctx, r.ID, never); err != nil || got.ID != r.ID {
			t.Errorf("got %v, %v", got, err)
		}
		short, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if got, err := b.Wait(short, r.ID, never); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, %v", got, err)
		}
	})
}
