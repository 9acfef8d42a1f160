package embedded

import (
	"bytes"
	"context"
	"errors"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"offboard/internal/journal"
)

// alive is nil while the journal is open and ctx has not ended.
func (j *Journal) alive(ctx context.Context) error {
	select {
	case <-j.closing:
		return journal.ErrClosed
	default:
		return ctx.Err()
	}
}

// view reads in one short transaction. None stays open while a caller's code runs: an append in there could wait for it for ever.
func (j *Journal) view(ctx context.Context, read func(*bbolt.Tx) error) error {
	if err := j.alive(ctx); err != nil {
		return err
	}
	err := j.db.View(read)
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return journal.ErrClosed
	}
	return err
}

// Load returns the log.
func (j *Journal) Load(ctx context.Context, id string) (journal.Log, error) {
	var l journal.Log
	err := j.view(ctx, func(tx *bbolt.Tx) (err error) {
		l, err = load(tx, id)
		return err
	})
	return l, err
}

func load(tx *bbolt.Tx, id string) (journal.Log, error) {
	h, err := readHead(tx, id)
	if err != nil {
		return journal.Log{}, err
	}
	if h.Number == 0 {
		return journal.Log{}, journal.ErrNotFound
	}
	l := journal.Log{ID: id, Number: h.Number, Wake: h.Wake, Open: h.Open, Records: make([]journal.Record, 0, h.Version)}
	p := prefix(id)
	c, end := recordsTable.in(tx).Cursor(), headKey(id)
	for k, v := c.Seek(p); k != nil && bytes.HasPrefix(k, p) && !bytes.Equal(k, end); k, v = c.Next() {
		v, err := unstamp(k, v)
		if err != nil {
			return journal.Log{}, err
		}
		r, err := decodeRecord(decodeNumber(k[len(p):]), v)
		if err != nil {
			return journal.Log{}, err
		}
		l.Records = append(l.Records, r)
	}
	if l.Version() != h.Version {
		return journal.Log{}, damaged("%s has %d records of %d", id, l.Version(), h.Version)
	}
	return l, nil
}

// Numbered returns the id of the log with this running number.
func (j *Journal) Numbered(ctx context.Context, number int) (string, error) {
	return j.lookUp(ctx, numbersTable, numberKey(number))
}

// Holder returns the id of the log that has reserved the key.
func (j *Journal) Holder(ctx context.Context, key string) (string, error) {
	return j.lookUp(ctx, heldTable, []byte(key))
}

func (j *Journal) lookUp(ctx context.Context, t table, key []byte) (string, error) {
	var id string
	err := j.view(ctx, func(tx *bbolt.Tx) error {
		v, err := t.get(tx, key)
		id = string(v)
		return err
	})
	return id, err
}

// Open returns the ids of the listed logs, newest first.
func (j *Journal) Open(ctx context.Context, max int) ([]string, error) {
	var ids []string
	err := j.view(ctx, func(tx *bbolt.Tx) error {
		c := openTable.in(tx).Cursor()
		for k, v := c.Last(); k != nil && len(ids) < max; k, v = c.Prev() {
			id, err := unstamp(k, v)
			if err != nil {
				return err
			}
			ids = append(ids, string(id))
		}
		return nil
	})
	return ids, err
}

// Each calls f for every log that is there when Each begins.
func (j *Journal) Each(ctx context.Context, f func(journal.Log) error) error {
	info, err := j.Info(ctx)
	if err != nil {
		return err
	}
	for n := 1; n <= info.Length; n++ {
		id, err := j.Numbered(ctx, n)
		if err != nil {
			return err
		}
		l, err := j.Load(ctx, id)
		if err != nil {
			return err
		}
		if err := f(l); err != nil {
			return err
		}
	}
	return nil
}

// Info describes the engine; it has no risks to tell.
func (j *Journal) Info(ctx context.Context) (journal.Info, error) {
	info := journal.Info{Engine: "embedded"}
	err := j.view(ctx, func(tx *bbolt.Tx) error {
		v, err := metaTable.get(tx, installKey)
		info.Install, info.Length = string(v), lastNumber(tx)
		return err
	})
	return info, err
}
