package embedded

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"

	"offboard/internal/journal"
)

// gate stands before each transaction of a journal: it says that one has come and holds it until it is let through.
type gate struct {
	*Journal
	come, pass chan struct{}
	commits    int
}

func newGate(t *testing.T) *gate {
	t.Helper()
	j, err := Open(filepath.Join(t.TempDir(), "offboard.db"))
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{Journal: j, come: make(chan struct{}), pass: make(chan struct{})}
	j.update = func(f func(*bbolt.Tx) error) error {
		g.come <- struct{}{}
		<-g.pass
		g.commits++
		return j.db.Update(f)
	}
	return g
}

func beginning(id string) journal.Write {
	return journal.Write{ID: id, Records: journal.Seal(journal.Log{ID: id}, journal.Draft{Body: []byte(`{}`)})}
}

// begin appends in its own goroutine.
func (g *gate) begin(ctx context.Context, id string) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := g.Append(ctx, beginning(id))
		done <- err
	}()
	return done
}

func (g *gate) letThrough() {
	<-g.come
	g.pass <- struct{}{}
}

func TestWaitingWritesShareACommit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		results := []<-chan error{g.begin(t.Context(), "first")}
		<-g.come
		for i := range 63 {
			results = append(results, g.begin(t.Context(), fmt.Sprint("log-", i%60))) // three are refused, the others go through
		}
		synctest.Wait()
		g.pass <- struct{}{}
		g.letThrough()
		conflicts := 0
		for _, r := range results {
			if err := <-r; errors.Is(err, journal.ErrConflict) {
				conflicts++
			} else if err != nil {
				t.Error(err)
			}
		}
		if info, err := g.Info(t.Context()); g.commits != 2 || conflicts != 3 || err != nil || info.Length != 61 {
			t.Errorf("%d commits, %d conflicts, %+v, %v", g.commits, conflicts, info, err)
		}
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestContextWithdrawsOnlyWhatWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		ctx, cancel := context.WithCancel(t.Context())
		taken := g.begin(ctx, "taken")
		<-g.come
		waiting := g.begin(ctx, "waiting")
		synctest.Wait()
		cancel()
		if err := <-waiting; !errors.Is(err, context.Canceled) || !journal.Unwritten(err) {
			t.Errorf("the waiting write: %v", err)
		}
		synctest.Wait()
		select {
		case err := <-taken:
			t.Errorf("the taken write did not wait for its result: %v", err)
		default:
		}
		g.pass <- struct{}{}
		if err := <-taken; err != nil {
			t.Errorf("the taken write: %v", err)
		}
		if _, err := g.Load(t.Context(), "waiting"); !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("the withdrawn write: %v", err)
		}
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestCloseFinishesTheCommitUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		path := g.db.Path()
		taken := g.begin(t.Context(), "taken")
		<-g.come
		waiting := g.begin(t.Context(), "waiting")
		closed := make(chan error, 1)
		go func() { closed <- g.Close() }()
		if err := <-waiting; !errors.Is(err, journal.ErrClosed) {
			t.Errorf("the waiting write: %v", err)
		}
		g.pass <- struct{}{}
		if err := errors.Join(<-taken, <-closed); err != nil {
			t.Error(err)
		}
		j, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := j.Load(t.Context(), "taken"); err != nil {
			t.Errorf("the taken write: %v", err)
		}
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
}

func opened(t *testing.T) *Journal {
	t.Helper()
	j, err := Open(filepath.Join(t.TempDir(), "offboard.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// failing lets the next transaction fail after its effects, as a disk or a fault in this program would.
func failing(j *Journal, fail func() error) {
	j.update = func(f func(*bbolt.Tx) error) error {
		j.update = j.db.Update
		return j.db.Update(func(tx *bbolt.Tx) error {
			if err := f(tx); err != nil {
				return err
			}
			return fail()
		})
	}
}

func TestFailedCommitStopsWrites(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"a failed sync": func() error { return syscall.EIO },
		"a panic":       func() error { panic("a fault") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := opened(t)
			failing(j, fail)
			for _, id := range []string{"a", "b"} {
				_, err := j.Append(t.Context(), beginning(id))
				if err == nil || journal.Unwritten(err) != (id == "b") { // of the first only a fresh start knows
					t.Errorf("%s: unwritten is %t for: %v", id, journal.Unwritten(err), err)
				}
				if _, err := j.Load(t.Context(), id); !errors.Is(err, journal.ErrNotFound) {
					t.Errorf("%s can be read: %v", id, err)
				}
			}
			if j.Err() == nil {
				t.Error("nobody is told that writes have stopped")
			}
		})
	}
}

func TestFullDiskCanBeWrittenAgain(t *testing.T) {
	t.Parallel()
	j := opened(t)
	failing(j, func() error { return fmt.Errorf("write: %w", syscall.ENOSPC) })
	if _, err := j.Append(t.Context(), beginning("a")); !errors.Is(err, syscall.ENOSPC) || !journal.Unwritten(err) {
		t.Errorf("error %v", err)
	}
	if n, err := j.Append(t.Context(), beginning("a")); err != nil || n != 1 {
		t.Errorf("number %d, %v", n, err)
	}
}

// TestFailedCommitLeavesNothingInMemory: deliveries and wake times are known from memory, and a write that was not committed has none.
func TestFailedCommitLeavesNothingInMemory(t *testing.T) {
	t.Parallel()
	j := opened(t)
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	w := beginning("a")
	w.Now, w.Wake, w.Keep, w.Deliveries = now, now, time.Hour, []string{"d"}
	failing(j, func() error { return syscall.ENOSPC })
	if _, err := j.Append(t.Context(), w); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v", err)
	}
	if due, err := j.Claim(t.Context(), now, time.Hour, 1); len(due) != 0 || err != nil {
		t.Errorf("due are %v, %v", due, err)
	}
	if _, err := j.Append(t.Context(), w); err != nil {
		t.Errorf("the same delivery again: %v", err)
	}
	if due, err := j.Claim(t.Context(), now, time.Hour, 1); len(due) != 1 || err != nil {
		t.Errorf("due are %v, %v", due, err)
	}
}

func TestRefusedWriteIsNotCommitted(t *testing.T) {
	t.Parallel()
	j := opened(t)
	if _, err := j.Append(t.Context(), beginning("a")); err != nil {
		t.Fatal(err)
	}
	before := lastTx(t, j)
	if _, err := j.Append(t.Context(), beginning("a")); !errors.Is(err, journal.ErrConflict) {
		t.Errorf("error %v", err)
	}
	if after := lastTx(t, j); after != before {
		t.Errorf("transaction %d followed %d", after, before)
	}
}

func lastTx(t *testing.T, j *Journal) int {
	t.Helper()
	id := 0
	if err := j.db.View(func(tx *bbolt.Tx) error { id = tx.ID(); return nil }); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestCommitsAreSynced(t *testing.T) {
	t.Parallel()
	if j := opened(t); j.db.NoSync || j.db.NoGrowSync || j.db.NoFreelistSync {
		t.Errorf("bbolt leaves a sync out: %+v", j.db)
	}
}

// TestOldMarksAreCleared writes for ten hours what is kept for one, a delivery and a count at a time: the last thirty of each are young, and
// fewer than forgetAtOnce marks are old and wait for company.
func TestOldMarksAreCleared(t *testing.T) {
	t.Parallel()
	j := opened(t)
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for i := range 300 {
		w := beginning(fmt.Sprint("log-", i))
		w.Now, w.Keep, w.Deliveries = now.Add(time.Duration(i)*2*time.Minute), time.Hour, []string{fmt.Sprint("d", i)}
		w.Counts = []journal.Count{{Key: "c", Limit: 100, Within: time.Hour}}
		if _, err := j.Append(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(j.index.seen); n < 30 || n >= 30+forgetAtOnce {
		t.Errorf("%d deliveries are remembered", n)
	}
	err := j.db.View(func(tx *bbolt.Tx) error {
		for tb, want := range map[table]int{countsTable: 30, expiryTable: 60} {
			if n := tb.in(tx).Stats().KeyN; n < want || n >= want+forgetAtOnce {
				t.Errorf("%s has %d entries, want %d", tb, n, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
