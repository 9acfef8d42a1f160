package journal

import "errors"

// ErrUnwritten stands in the chain of every error that proves that nothing was written, see [Unwritten].
var ErrUnwritten = errors.New("journal: nothing was written")

// Unwritten reports whether an error of [Journal.Append], [Journal.Remember] or [Update] proves that nothing was written. Where it does not,
// the write may be on record, or may come on record in a moment.
func Unwritten(err error) bool {
	for _, refused := range []error{ErrUnwritten, ErrConflict, ErrNotFound, ErrClosed, ErrMalformed, ErrLost, ErrUnchecked} {
		if errors.Is(err, refused) {
			return true
		}
	}
	_, reserved := errors.AsType[*ReservedError](err)
	_, duplicate := errors.AsType[*DuplicateError](err)
	_, full := errors.AsType[*LimitError](err)
	return reserved || duplicate || full
}

// NotWritten is the error, in whose chain ErrUnwritten stands besides; nil stays nil.
func NotWritten(err error) error {
	if err == nil {
		return nil
	}
	return &unwritten{err}
}

type unwritten struct{ error }

// Unwrap keeps the text that of the error alone.
func (u *unwritten) Unwrap() []error { return []error{u.error, ErrUnwritten} }
