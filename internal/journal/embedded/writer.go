package embedded

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"go.etcd.io/bbolt"

	"offboard/internal/journal"
)

// maxBatch bounds how many writes share a commit.
const maxBatch = 1024

// job is one write on its way into a commit. Check reads and refuses; apply changes and cannot refuse.
type job struct {
	check func(*bbolt.Tx) error
	apply func(*bbolt.Tx) error
	done  chan error // takes one, never blocks
}

// errNoEffect rolls back a transaction in which every write was refused: there is nothing to sync.
var errNoEffect = errors.New("no effect")

// submit waits for the turn to write, or for whoever has it to take this write along, and for the result. The channel of jobs has no buffer: a
// write is either not yet taken, and then ctx or Close withdraws it without effect, or it is in a commit, and then its result is waited
// for whatever ctx says. A lone caller commits by itself: no other goroutine has to wake up.
func (j *Journal) submit(ctx context.Context, check, apply func(*bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return journal.NotWritten(err)
	}
	w := &job{check: check, apply: apply, done: make(chan error, 1)}
	select {
	case <-j.turn:
		j.commit(j.gather(w))
		j.turn <- struct{}{}
		return <-w.done
	case j.jobs <- w:
		return <-w.done
	case <-ctx.Done():
		return journal.NotWritten(ctx.Err())
	case <-j.closing:
		return journal.ErrClosed
	}
}

// gather takes every write that waits at this moment; it waits for none.
func (j *Journal) gather(first *job) []*job {
	batch := []*job{first}
	for len(batch) < maxBatch {
		select {
		case w := <-j.jobs:
			batch = append(batch, w)
		default:
			return batch
		}
	}
	return batch
}

// Err says why nothing can be written any more until the store is opened anew; nil: all is well.
func (j *Journal) Err() error {
	if err := j.broken.Load(); err != nil {
		return *err
	}
	return nil
}

// commit carries a batch out and tells each writer. Only who has the turn calls it: nobody else changes the file.
func (j *Journal) commit(batch []*job) {
	refused := make([]error, len(batch))
	err := journal.NotWritten(j.Err())
	if err == nil {
		err = j.transact(batch, refused)
		if stop := stopAfter(err); stop != nil {
			j.broken.Store(&stop)
		} else {
			err = journal.NotWritten(err)
		}
	}
	for i, w := range batch {
		if err != nil {
			w.done <- err
		} else {
			w.done <- refused[i]
		}
	}
}

// transact puts the batch into one transaction, each write checked against what those before it have done. An error, a panic included,
// is the whole batch's.
func (j *Journal) transact(batch []*job, refused []error) (err error) {
	committed := false
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("journal: commit: panic: %v", p)
		}
		j.index.settle(committed)
	}()
	err = j.update(func(tx *bbolt.Tx) error {
		effects := 0
		for i, w := range batch {
			if refused[i] = w.check(tx); refused[i] != nil {
				continue
			}
			if err := w.apply(tx); err != nil {
				return err
			}
			effects++
		}
		if effects == 0 {
			return errNoEffect
		}
		return nil
	})
	committed = err == nil
	if committed || errors.Is(err, errNoEffect) {
		return nil
	}
	return fmt.Errorf("journal: commit: %w", err)
}

// stopAfter says with which error all later writes are refused. After a sync that failed the kernel may have dropped what it could not
// write, and a second try would succeed without it: only a fresh start, which reads the file, knows what is there. A full disk is told
// by the write before any sync, so the next write may try again.
func stopAfter(err error) error {
	if err == nil || errors.Is(err, syscall.ENOSPC) {
		return nil
	}
	return fmt.Errorf("journal: no more writes until restart: %w", err)
}
