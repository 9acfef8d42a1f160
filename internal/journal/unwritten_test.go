package journal_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"offboard/internal/journal"
)

func TestUnwritten(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]bool{
		journal.ErrConflict: true, journal.ErrNotFound: true, journal.ErrClosed: true, journal.ErrMalformed: true, journal.ErrLost: true,
		journal.ErrUnchecked: true, &journal.ReservedError{}: true, &journal.DuplicateError{}: true, &journal.LimitError{}: true,
		journal.NotWritten(context.Canceled): true, journal.NotWritten(journal.ErrNotDurable): true,
		journal.ErrNotDurable: false, context.Canceled: false, errors.New("cut"): false,
	} {
		if got := journal.Unwritten(fmt.Errorf("around: %w", err)); got != want {
			t.Errorf("%v: %t", err, got)
		}
	}
	if journal.Unwritten(nil) || journal.NotWritten(nil) != nil {
		t.Error("no error at all")
	}
	if err := journal.NotWritten(context.Canceled); !errors.Is(err, context.Canceled) || err.Error() != context.Canceled.Error() {
		t.Errorf("the error itself is not kept: %v", err)
	}
}
