package embedded

import (
	"bytes"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"offboard/internal/journal"
)

// What an expiry entry forgets: its byte stands between the time and the key.
const (
	kindSeen  = 'd'
	kindCount = 'c'
)

// forgetAtOnce is how many old marks a write clears away, once there are so many: they stand on pages that the write would not change
// otherwise. A write leaves a handful, so clearing keeps ahead.
const forgetAtOnce = 32

func (x *index) refuseSeen(deliveries []string, now time.Time) error {
	for _, d := range deliveries {
		if now.Before(x.until(d)) {
			return &journal.DuplicateError{Delivery: d}
		}
	}
	return nil
}

func (j *Journal) remember(tx *bbolt.Tx, deliveries []string, until time.Time) error {
	for _, d := range deliveries {
		j.index.remember(d, until)
		if err := expire(tx, until, kindSeen, []byte(d)); err != nil {
			return err
		}
	}
	return nil
}

func refuseCounts(tx *bbolt.Tx, w journal.Write) error {
	for _, c := range w.Counts {
		young := countedSince(tx, c.Key, w.Now.Add(-c.Within))
		if over := len(young) - c.Limit; over >= 0 {
			return &journal.LimitError{Key: c.Key, Limit: c.Limit, Free: young[over].Add(c.Within)}
		}
	}
	return nil
}

// countedSince returns the times counted for a key after t, oldest first.
func countedSince(tx *bbolt.Tx, key string, t time.Time) []time.Time {
	var times []time.Time
	p := prefix(key)
	c := countsTable.in(tx).Cursor()
	for k, _ := c.Seek(append(p, timeKey(t)...)); k != nil && bytes.HasPrefix(k, p); k, _ = c.Next() {
		if at := decodeTime(k[len(p):]); at.After(t) {
			times = append(times, at)
		}
	}
	return times
}

// count adds one entry for each count; a sequence keeps entries of the same moment apart.
func count(tx *bbolt.Tx, w journal.Write) error {
	for _, c := range w.Counts {
		moment := append(prefix(c.Key), timeKey(w.Now)...)
		key := slices.Concat(moment, numberKey(countedAt(tx, moment)+1))
		if err := countsTable.put(tx, key, nil); err != nil {
			return err
		}
		if err := expire(tx, w.Now.Add(c.Within), kindCount, key); err != nil {
			return err
		}
	}
	return nil
}

// countedAt returns the highest sequence of a moment's entries, 0 when there is none.
func countedAt(tx *bbolt.Tx, moment []byte) int {
	last := 0
	c := countsTable.in(tx).Cursor()
	for k, _ := c.Seek(moment); k != nil && bytes.HasPrefix(k, moment); k, _ = c.Next() {
		last = decodeNumber(k[len(moment):])
	}
	return last
}

func expire(tx *bbolt.Tx, at time.Time, kind byte, key []byte) error {
	return expiryTable.put(tx, append(append(timeKey(at), kind), key...), nil)
}

// forget clears away the oldest forgetAtOnce marks when as many have expired at or before now.
func (j *Journal) forget(tx *bbolt.Tx, now time.Time) error {
	if now.IsZero() {
		return nil
	}
	keys := expired(tx, timeKey(now))
	if len(keys) < forgetAtOnce {
		return nil
	}
	for _, k := range keys {
		if err := j.forgetOne(tx, k[:timeSize], k[timeSize], k[timeSize+1:]); err != nil {
			return err
		}
		if err := expiryTable.remove(tx, k); err != nil {
			return err
		}
	}
	return nil
}

func expired(tx *bbolt.Tx, now []byte) [][]byte {
	var keys [][]byte
	c := expiryTable.in(tx).Cursor()
	for k, _ := c.First(); k != nil && len(keys) < forgetAtOnce && bytes.Compare(k[:timeSize], now) <= 0; k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}

func (j *Journal) forgetOne(tx *bbolt.Tx, at []byte, kind byte, key []byte) error {
	if kind == kindCount {
		return countsTable.remove(tx, key)
	}
	j.index.forget(string(key), decodeTime(at))
	return nil
}
