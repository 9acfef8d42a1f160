package embedded

import (
	"context"
	"encoding/json"
	"time"

	"go.etcd.io/bbolt"

	"offboard/internal/journal"
)

// Append carries out one write. Confirm costs nothing here: every commit is durable.
func (j *Journal) Append(ctx context.Context, w journal.Write) (int, error) {
	if err := w.Check(); err != nil {
		return 0, err
	}
	var h head
	check := func(tx *bbolt.Tx) (err error) {
		h, err = j.refuse(tx, w)
		return err
	}
	apply := func(tx *bbolt.Tx) (err error) {
		h.Number, err = j.carryOut(tx, w, h)
		return err
	}
	if err := j.submit(ctx, check, apply); err != nil {
		return 0, err
	}
	return h.Number, nil
}

// Remember records deliveries that lead to no other write.
func (j *Journal) Remember(ctx context.Context, deliveries []string, now time.Time, keep time.Duration) error {
	if err := journal.CheckDeliveries(deliveries, now, keep); err != nil || len(deliveries) == 0 {
		return err
	}
	check := func(*bbolt.Tx) error { return j.index.refuseSeen(deliveries, now) }
	apply := func(tx *bbolt.Tx) error {
		if err := j.remember(tx, deliveries, now.Add(keep)); err != nil {
			return err
		}
		return j.forget(tx, now)
	}
	return j.submit(ctx, check, apply)
}

// refuse makes the checks of the contract, in its order, and returns the log's head.
func (j *Journal) refuse(tx *bbolt.Tx, w journal.Write) (head, error) {
	h, err := readHead(tx, w.ID)
	if err != nil {
		return h, err
	}
	if h.Version != w.Expect {
		return h, journal.ErrConflict
	}
	if err := j.index.refuseSeen(w.Deliveries, w.Now); err != nil {
		return h, err
	}
	if err := refuseHeld(tx, w); err != nil {
		return h, err
	}
	return h, refuseCounts(tx, w)
}

func refuseHeld(tx *bbolt.Tx, w journal.Write) error {
	for _, r := range w.Reserve {
		holder, err := heldTable.text(tx, []byte(r.Key))
		if err != nil {
			return err
		}
		if holder != "" && holder != w.ID && holder != r.From {
			return &journal.ReservedError{Key: r.Key, Holder: holder}
		}
	}
	for _, key := range w.Unless {
		holder, err := heldTable.text(tx, []byte(key))
		if err != nil {
			return err
		}
		if holder != "" && holder != w.ID {
			return &journal.ReservedError{Key: key, Holder: holder}
		}
	}
	return nil
}

// carryOut makes the effects of a write that passed refuse and returns the log's number.
func (j *Journal) carryOut(tx *bbolt.Tx, w journal.Write, old head) (int, error) {
	h := head{Number: old.Number, Version: w.Expect + len(w.Records), Wake: w.Wake.UTC(), Open: w.Open}
	if h.Number == 0 {
		h.Number = lastNumber(tx) + 1
		if err := numbersTable.put(tx, numberKey(h.Number), []byte(w.ID)); err != nil {
			return 0, err
		}
	}
	for _, effect := range []func() error{
		func() error { return putRecords(tx, w) },
		func() error { return putHead(tx, w.ID, h) },
		func() error { return list(tx, w.ID, h) },
		func() error { return release(tx, w) },
		func() error { return reserve(tx, w) },
		func() error { return j.remember(tx, w.Deliveries, w.Now.Add(w.Keep)) },
		func() error { return count(tx, w) },
		func() error { return j.forget(tx, w.Now) },
	} {
		if err := effect(); err != nil {
			return 0, err
		}
	}
	j.index.wake(w.ID, h.Wake)
	return h.Number, nil
}

func lastNumber(tx *bbolt.Tx) int {
	k, _ := numbersTable.in(tx).Cursor().Last()
	if k == nil {
		return 0
	}
	return decodeNumber(k)
}

func putRecords(tx *bbolt.Tx, w journal.Write) error {
	for _, r := range w.Records {
		if err := recordsTable.put(tx, recordKey(w.ID, r.Seq), encodeRecord(r)); err != nil {
			return err
		}
	}
	return nil
}

func putHead(tx *bbolt.Tx, id string, h head) error {
	v, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return recordsTable.put(tx, headKey(id), v)
}

func list(tx *bbolt.Tx, id string, h head) error {
	if h.Open {
		return openTable.put(tx, numberKey(h.Number), []byte(id))
	}
	return openTable.remove(tx, numberKey(h.Number))
}

func release(tx *bbolt.Tx, w journal.Write) error {
	for _, key := range w.Release {
		holder, err := heldTable.text(tx, []byte(key))
		if err != nil {
			return err
		}
		if holder != w.ID {
			continue
		}
		if err := heldTable.remove(tx, []byte(key)); err != nil {
			return err
		}
	}
	return nil
}

func reserve(tx *bbolt.Tx, w journal.Write) error {
	for _, r := range w.Reserve {
		if err := heldTable.put(tx, []byte(r.Key), []byte(w.ID)); err != nil {
			return err
		}
	}
	return nil
}
