package book_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
)

// Somebody stops a request in the moment in which it begins, on another replica: one of the two wins, and the other is told so.
func TestStopAgainstBegin(t *testing.T) {
	t.Parallel()
	for name, onRedis := range map[string]bool{"a file": false, "Redis": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC)
			both := replicas(t, onRedis, func() time.Time { return now })
			for i := range 40 {
				r, err := both[0].Create(t.Context(), ask(fmt.Sprint(i)))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := both[0].Update(t.Context(), r.ID, book.Wish(approvals.Approve{By: bob, Approver: true, Digest: r.Digest})); err != nil {
					t.Fatal(err)
				}
				begun, stopped := against(both, r.ID)
				r, err = both[1].Get(t.Context(), r.ID)
				if err != nil {
					t.Fatal(err)
				}
				want := approvals.StateExecuting
				if stopped == nil {
					want = approvals.StateStopped
				}
				if (begun == nil) == (stopped == nil) || r.State != want {
					t.Errorf("begun: %v, stopped: %v, and it is %s", begun, stopped, r.State)
				}
				for _, err := range []error{begun, stopped} {
					if _, refused := errors.AsType[*approvals.Refusal](err); err != nil && !refused {
						t.Error(err)
					}
				}
			}
		})
	}
}

func against(both []*book.Book, id string) (begun, stopped error) {
	var all sync.WaitGroup
	all.Go(func() { begun = beginOnce(both[0], id, 1000) })
	all.Go(func() {
		_, stopped = both[1].Update(context.Background(), id, book.Wish(approvals.Stop{By: bea, Right: true}))
	})
	all.Wait()
	return begun, stopped
}
