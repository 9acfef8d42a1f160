package embedded

import (
	"slices"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// index is what the file's entries say in another order. It is in memory alone, and made when the file is opened: in the file each table that
// a commit changes costs the disk two pages, at places of their own.
type index struct {
	mu   sync.RWMutex         // held to change due and seen, which only who has the turn to write does
	due  map[string]time.Time // log → wake time
	seen map[string]time.Time // delivery → until when it is remembered
	next changes              // only who has the turn looks at it
}

// changes are those of the transaction under way. The zero time is for what goes.
type changes struct{ due, seen map[string]time.Time }

func newChanges() changes { return changes{due: map[string]time.Time{}, seen: map[string]time.Time{}} }

// readIndex makes the index from the logs' heads and from what may be forgotten one day.
func readIndex(tx *bbolt.Tx) (*index, error) {
	x := &index{due: map[string]time.Time{}, seen: map[string]time.Time{}, next: newChanges()}
	numbers := numbersTable.in(tx).Cursor()
	for k, v := numbers.First(); k != nil; k, v = numbers.Next() {
		id, err := unstamp(k, v)
		if err != nil {
			return nil, err
		}
		h, err := readHead(tx, string(id))
		if err != nil {
			return nil, err
		}
		x.wake(string(id), h.Wake)
	}
	marks := expiryTable.in(tx).Cursor()
	for k, _ := marks.First(); k != nil; k, _ = marks.Next() {
		if k[timeSize] == kindSeen {
			x.remember(string(k[timeSize+1:]), decodeTime(k)) // in order: the last time counts
		}
	}
	x.settle(true)
	return x, nil
}

func (x *index) wake(id string, at time.Time) { x.next.due[id] = at }

func (x *index) remember(delivery string, until time.Time) { x.next.seen[delivery] = until }

// forget takes away a delivery, unless it was remembered anew since.
func (x *index) forget(delivery string, at time.Time) {
	if x.until(delivery).Equal(at) {
		x.next.seen[delivery] = time.Time{}
	}
}

// until says how long a delivery is remembered, as the transaction under way sees it; zero: it is not known.
func (x *index) until(delivery string) time.Time {
	if t, ok := x.next.seen[delivery]; ok {
		return t
	}
	return x.seen[delivery]
}

// settle takes over what the transaction has changed when it is committed, and lets go of it when it is not.
func (x *index) settle(committed bool) {
	if committed {
		x.mu.Lock()
		merge(x.due, x.next.due)
		merge(x.seen, x.next.seen)
		x.mu.Unlock()
	}
	x.next = newChanges()
}

func merge(into, from map[string]time.Time) {
	for k, t := range from {
		if t.IsZero() {
			delete(into, k)
		} else {
			into[k] = t
		}
	}
}

// dueAt returns the logs whose wake time is at or before now, the oldest first.
func (x *index) dueAt(now time.Time) []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var ids []string
	for id, at := range x.due {
		if !at.After(now) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		if c := x.due[a].Compare(x.due[b]); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	return ids
}
