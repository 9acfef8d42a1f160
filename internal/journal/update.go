package journal

import (
	"context"
	"errors"
	"fmt"
)

// Update changes a log by a decision that may have to be taken again: it loads the log, lets decide say what to write, and appends.
// When another writer was faster it loads the log again and asks decide again, until ctx ends.
//
// Decide may run several times and must have no effects of its own. It leaves the write's ID and Expect alone: they are those of the
// log it was given. When it returns an error nothing is written, and Update returns the log it was given and that error as it is.
//
// Update returns the log as it is after the write, without a second load. Other errors are those of [Journal.Load] and
// [Journal.Append]; ErrNotFound means that the log was never begun.
func Update(ctx context.Context, j Journal, id string, decide func(Log) (Write, error)) (Log, error) {
	for {
		l, err := j.Load(ctx, id)
		if err != nil {
			return Log{}, NotWritten(err)
		}
		w, err := decide(l)
		if err != nil {
			return l, err
		}
		w.ID, w.Expect = l.ID, l.Version()
		_, err = j.Append(ctx, w)
		if err == nil {
			return after(l, w), nil
		}
		if !errors.Is(err, ErrConflict) {
			return l, err
		}
		if err := ctx.Err(); err != nil {
			return l, NotWritten(fmt.Errorf("journal: %s: another writer was always faster: %w", id, err))
		}
	}
}

// after is the log l once w is written. It shares no backing array with l that an append could write into.
func after(l Log, w Write) Log {
	l.Records = append(l.Records[:len(l.Records):len(l.Records)], w.Records...)
	l.Wake, l.Open = w.Wake, w.Open
	return l
}
