package redis

import (
	"fmt"
	"sync/atomic"

	"offboard/internal/journal"
)

// store is what this process knows of the store it was opened with.
type store struct {
	install string
	seen    atomic.Pointer[mark] // the latest write that the server has told of
	lost    atomic.Pointer[error]
}

// mark is a write to a log: its number, counted over all logs, and its operation id. A server that holds fewer writes, or another under that
// number, has lost it.
type mark struct {
	writes int64
	op     string
}

func (s *store) mark() mark {
	if m := s.seen.Load(); m != nil {
		return *m
	}
	return mark{}
}

// saw takes in a write that the server says it holds.
func (s *store) saw(m mark) {
	for {
		known := s.seen.Load()
		if known != nil && m.writes <= known.writes || s.seen.CompareAndSwap(known, &m) {
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

// lose notes that the server holds another store, or another state than it acknowledged, and returns journal.ErrLost with what was found.
func (s *store) lose(install string, writes int64, seen mark) error {
	why := "it holds another journal"
	switch {
	case install == "":
		why = "it is empty"
	case install == s.install && writes < seen.writes:
		why = fmt.Sprintf("it holds %d writes of at least %d", writes, seen.writes)
	case install == s.install:
		why = "it holds other writes than it has acknowledged"
	}
	err := fmt.Errorf("%w: %s", journal.ErrLost, why)
	s.lost.CompareAndSwap(nil, &err)
	return err
}
