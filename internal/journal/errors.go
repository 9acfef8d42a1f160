package journal

import (
	"errors"
	"fmt"
	"time"
)

// The errors of the contract.
var (
	ErrConflict   = errors.New("journal: the log has changed since it was read")
	ErrNotFound   = errors.New("journal: no such log")
	ErrNotDurable = errors.New("journal: the write could not be confirmed durable")
	ErrClaimLost  = errors.New("journal: the claim was lost")
	ErrClosed     = errors.New("journal: closed")
	// ErrMalformed: the write is wrong whatever the store holds, see [Write.Check]; nothing was written.
	ErrMalformed = errors.New("journal: malformed write")
	// ErrBusy: another process has the store open.
	ErrBusy = errors.New("journal: another process has it open")
	// ErrForeign: the file or server holds something that is not a journal of ours, or a damaged one. It was left as it was.
	ErrForeign = errors.New("journal: not a journal of this program, or damaged")
	// ErrLost: the store no longer holds what it acknowledged to this process, or what was reported of it elsewhere. Nothing was
	// written, and nothing will be until a person has looked.
	ErrLost = errors.New("journal: the store has lost what was recorded")
	// ErrUnchecked: the store was not held yet against what was reported of it elsewhere. Nothing was written.
	ErrUnchecked = errors.New("journal: it was not held yet against what was reported of it")
)

// ReservedError says that another log holds the key: the account is another open request's, or the write was not to happen while it is held.
type ReservedError struct {
	Key    string
	Holder string // id of the log that holds it
}

func (e *ReservedError) Error() string {
	return fmt.Sprintf("journal: %s is reserved by %s", e.Key, e.Holder)
}

// DuplicateError says that a delivery was handled before.
type DuplicateError struct{ Delivery string }

func (e *DuplicateError) Error() string { return "journal: delivery was handled before" }

// LimitError says that a count has no room.
type LimitError struct {
	Key   string
	Limit int
	Free  time.Time // when there is room again
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("journal: limit of %d reached for %s", e.Limit, e.Key)
}
