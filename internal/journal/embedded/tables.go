package embedded

import (
	"bytes"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"offboard/internal/journal"
)

// table is one top-level bucket.
type table string

// The tables, see the package comment.
const (
	metaTable    table = "meta"
	recordsTable table = "records"
	numbersTable table = "numbers"
	openTable    table = "open"
	heldTable    table = "held"
	countsTable  table = "counts"
	expiryTable  table = "expiry"
)

func tables() []table {
	return []table{metaTable, recordsTable, numbersTable, openTable, heldTable, countsTable, expiryTable}
}

func (t table) in(tx *bbolt.Tx) *bbolt.Bucket { return tx.Bucket([]byte(t)) }

// put writes nothing when the entry is there as it is: a page less for the disk.
func (t table) put(tx *bbolt.Tx, key, value []byte) error {
	stored, old := stamp(key, value), t.in(tx).Get(key)
	if bytes.Equal(old, stored) {
		return nil
	}
	if err := t.reweigh(tx, old, stored); err != nil {
		return fmt.Errorf("put into %s: %w", t, err)
	}
	if err := t.in(tx).Put(key, stored); err != nil {
		return fmt.Errorf("put into %s: %w", t, err)
	}
	return nil
}

func (t table) remove(tx *bbolt.Tx, key []byte) error {
	if err := t.reweigh(tx, t.in(tx).Get(key), nil); err != nil {
		return fmt.Errorf("delete from %s: %w", t, err)
	}
	if err := t.in(tx).Delete(key); err != nil {
		return fmt.Errorf("delete from %s: %w", t, err)
	}
	return nil
}

// reweigh keeps the table's weight in step with an entry that comes, changes or goes; nil is no entry. The weight is what the bucket
// calls its sequence, which stands beside the bucket's root.
func (t table) reweigh(tx *bbolt.Tx, old, stored []byte) error {
	b := t.in(tx)
	return b.SetSequence(b.Sequence() - weight(old) + weight(stored))
}

// get returns the value, valid until the transaction ends, or ErrNotFound.
func (t table) get(tx *bbolt.Tx, key []byte) ([]byte, error) {
	stored := t.in(tx).Get(key)
	if stored == nil {
		return nil, journal.ErrNotFound
	}
	return unstamp(key, stored)
}

// text returns the value as a string, empty when there is none.
func (t table) text(tx *bbolt.Tx, key []byte) (string, error) {
	v, err := t.get(tx, key)
	if errors.Is(err, journal.ErrNotFound) {
		return "", nil
	}
	return string(v), err
}

// readHead returns the zero head for a log that was never begun.
func readHead(tx *bbolt.Tx, id string) (head, error) {
	v, err := recordsTable.get(tx, headKey(id))
	if errors.Is(err, journal.ErrNotFound) {
		return head{}, nil
	}
	if err != nil {
		return head{}, err
	}
	return decodeHead(v)
}
