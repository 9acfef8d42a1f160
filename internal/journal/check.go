package journal

import (
	"fmt"
	"time"
)

// maxName bounds ids, keys and deliveries, in bytes: every engine can index that much.
const maxName = 1024

// Check says what is wrong with a write whatever the store holds: the writer's mistakes. The error wraps ErrMalformed. Engines
// call it first, so that a broken chain or an empty reservation can never be stored.
func (w Write) Check() error {
	faults := []error{
		checkNames("id", w.ID),
		w.checkRecords(),
		w.checkWake(),
		w.checkReservations(),
		checkNames("release", w.Release...),
		checkNames("unless", w.Unless...),
		CheckDeliveries(w.Deliveries, w.Now, w.Keep),
		w.checkCounts(),
	}
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	return nil
}

// CheckDeliveries says what is wrong with the arguments of [Journal.Remember], as [Write.Check] does for a write.
func CheckDeliveries(deliveries []string, now time.Time, keep time.Duration) error {
	if len(deliveries) > 0 && (now.IsZero() || keep <= 0) {
		return malformed("deliveries need the time and how long to keep them")
	}
	return checkNames("delivery", deliveries...)
}

func (w Write) checkRecords() error {
	if w.Expect < 0 || w.Expect == 0 && len(w.Records) == 0 {
		return malformed("a log begins with a record")
	}
	prev := ""
	for i, r := range w.Records {
		if r.Seq != w.Expect+1+i {
			return malformed("%s: record %d after version %d", w.ID, r.Seq, w.Expect+i)
		}
		if !r.Chained() {
			continue
		}
		if r.Hash != hash(w.ID, r) {
			return malformed("%s: record %d is not sealed", w.ID, r.Seq)
		}
		if r.Prev != prev && (prev != "" || w.Expect == 0) {
			return malformed("%s: record %d does not follow the chained record before it", w.ID, r.Seq)
		}
		prev = r.Hash
	}
	return nil
}

func (w Write) checkWake() error {
	if y := w.Wake.UTC().Year(); !w.Wake.IsZero() && (y < 1970 || y > 9999) {
		return malformed("%s: wake time in the year %d", w.ID, y)
	}
	return nil
}

func (w Write) checkReservations() error {
	for _, r := range w.Reserve {
		if err := checkNames("reservation", r.Key); err != nil {
			return err
		}
	}
	return nil
}

func (w Write) checkCounts() error {
	seen := map[string]bool{}
	for _, c := range w.Counts {
		if err := checkNames("count", c.Key); err != nil {
			return err
		}
		if c.Limit < 1 || c.Within <= 0 || w.Now.IsZero() || seen[c.Key] {
			return malformed("%s: a count needs a limit, a span and the time, and its key only once", w.ID)
		}
		seen[c.Key] = true
	}
	return nil
}

func checkNames(what string, names ...string) error {
	for _, n := range names {
		if n == "" || len(n) > maxName {
			return malformed("%s of %d bytes", what, len(n))
		}
	}
	return nil
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}
