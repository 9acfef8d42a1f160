package redis

import (
	"fmt"
	"sync/atomic"

	"offboard/internal/journal"
)

// store is what this process knows of the store it was opened with.
type store struct {
	install string
	total   atomic.Int64 // records ever written, the most that the server has told
	lost    atomic.Pointer[error]
}

func (s *store) seen() int64 { return s.total.Load() }

// saw takes in how many records the server says were ever written.
func (s *store) saw(total int64) {
	for {
		known := s.total.Load()
		if total <= known || s.total.CompareAndSwap(known, total) {
			return
		}
	}
}

// fault is why nothing is written any more; nil: nothing was lost.
func (s *store) fault() error {
	if err := s.lost.Load(); err != nil {
		return *err
	}
	return nil
}

// lose notes that the server holds another store, or an older state of ours, and returns journal.ErrLost with what was found.
func (s *store) lose(install string, total, seen int64) error {
	err := fmt.Errorf("%w: it holds %d records of at least %d", journal.ErrLost, total, seen)
	switch install {
	case s.install:
	case "":
		err = fmt.Errorf("%w: it is empty", journal.ErrLost)
	default:
		err = fmt.Errorf("%w: it holds another journal", journal.ErrLost)
	}
	s.lost.CompareAndSwap(nil, &err)
	return err
}
