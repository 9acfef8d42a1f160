package book_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
	"offboard/internal/journal/embedded"
	"offboard/internal/journal/redis"
	"offboard/internal/journal/redis/redistest"
)

// replicas are two books over one store: two connections to one server, or one file that one process has open.
func replicas(t *testing.T, onRedis bool, now func() time.Time) []*book.Book {
	t.Helper()
	if !onRedis {
		j, err := embedded.Open(filepath.Join(t.TempDir(), "offboard.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = j.Close() })
		return []*book.Book{book.New(j, now), book.New(j, now)}
	}
	server := redistest.Start(t, redistest.Durable()...)
	var out []*book.Book
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		j, err := redis.Open(ctx, redis.Options{Kind: redis.Single, Addrs: []string{server.Addr()}, Prefix: "race", Strict: true})
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = j.Close() })
		out = append(out, book.New(j, now))
	}
	return out
}

// beginOnce begins an approved request, and counts it.
func beginOnce(b *book.Book, id string, most int) error {
	caps := approvals.Caps{All: approvals.Allowance{PerHour: most}, Pair: approvals.Allowance{PerHour: most, PerDay: 2 * most}}
	limits := func(r *approvals.Request, events []approvals.Event) []book.Limit {
		var out []book.Limit
		for _, c := range caps.Of(r) {
			out = append(out, book.Limit{Key: c.Key, Most: c.Most, Within: c.Within})
		}
		return out
	}
	_, err := b.Begin(context.Background(), id, func(r *approvals.Request, now time.Time) ([]approvals.Event, error) {
		if r.State != approvals.StateApproved {
			return nil, &approvals.Refusal{Code: approvals.NotNow}
		}
		return []approvals.Event{{Kind: approvals.Begun, At: now, Attempt: 1, Deadline: now.Add(time.Minute)}}, nil
	}, book.Gate{Limits: limits})
	return err
}

// Many begins at once, each tried by both replicas: never more than the cap pass, whoever is faster, and the next ones an hour later.
func TestTheCapHoldsInARace(t *testing.T) {
	t.Parallel()
	for name, onRedis := range map[string]bool{"a file": false, "Redis": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const requests, most = 24, 5
			var later atomic.Int64
			start := time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC)
			both := replicas(t, onRedis, func() time.Time { return start.Add(time.Duration(later.Load())) })
			var ids []string
			for i := range requests {
				r, err := both[0].Create(t.Context(), ask(fmt.Sprint(i)))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := both[0].Update(t.Context(), r.ID, book.Wish(approvals.Approve{By: bob, Approver: true, Digest: r.Digest})); err != nil {
					t.Fatal(err)
				}
				ids = append(ids, r.ID)
			}
			for round, want := range []int{most, most, 0} { // the third meets the pair's cap for the day
				later.Store(int64(time.Duration(round) * 61 * time.Minute))
				if got := race(t, both, ids, most); got != want {
					t.Errorf("round %d: %d begun, the cap is %d", round+1, got, want)
				}
			}
		})
	}
}

// race returns how many began.
func race(t *testing.T, both []*book.Book, ids []string, most int) int {
	t.Helper()
	var begun atomic.Int64
	var all sync.WaitGroup
	for _, id := range ids {
		for _, b := range both {
			all.Go(func() {
				err := beginOnce(b, id, most)
				_, full := errors.AsType[*journal.LimitError](err)
				_, taken := errors.AsType[*approvals.Refusal](err)
				switch {
				case err == nil:
					begun.Add(1)
				case !full && !taken:
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	return int(begun.Load())
}

// Nothing is counted for what does not begin, and what is refused leaves no trace: no event, and no count under another key.
func TestOnlyABeginCounts(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	r := s.create(ask("1"))
	s.update(r.ID, approvals.Approve{By: bob, Approver: true, Digest: r.Digest})
	limits := func(*approvals.Request, []approvals.Event) []book.Limit {
		return []book.Limit{{Key: "roomy", Most: 9, Within: time.Hour}, {Key: "one", Most: 1, Within: time.Hour}}
	}
	try := func(id string, k approvals.Kind) error {
		_, err := s.Begin(t.Context(), id, func(*approvals.Request, time.Time) ([]approvals.Event, error) {
			return []approvals.Event{{Kind: k, At: s.at, Deadline: s.at.Add(time.Minute), Reason: "x", Outcome: approvals.Already}}, nil
		}, book.Gate{Limits: limits})
		return err
	}
	for _, k := range []approvals.Kind{approvals.Alarmed, approvals.Rechecked} {
		if err := try(r.ID, k); err != nil || len(s.j.writes[len(s.j.writes)-1].Counts) != 0 {
			t.Errorf("%s counts (%v)", k, err)
		}
	}
	if err := try(r.ID, approvals.Begun); err != nil || len(s.j.writes[len(s.j.writes)-1].Counts) != 2 {
		t.Errorf("a begin does not count (%v)", err)
	}
	other := s.create(ask("2"))
	err := try(other.ID, approvals.Begun)
	if full, ok := errors.AsType[*journal.LimitError](err); !ok || full.Key != "one" {
		t.Errorf("err = %v", err)
	}
	if got, err := s.Get(t.Context(), other.ID); err != nil || got.Version() != other.Version() {
		t.Errorf("something was written all the same (%v)", err)
	}
}
