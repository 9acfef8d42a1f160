package dispatch

import (
	"context"
	"math"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
)

// limits are what a begin counts towards, in the write that records it. What was released counts all the same and is refused by none.
func (d *Dispatcher) limits(r *approvals.Request, events []approvals.Event) []book.Limit {
	if !approvals.Counts(r, events) {
		return nil
	}
	var out []book.Limit
	for _, c := range d.set.Caps.Of(r) {
		l := book.Limit{Key: c.Key, Most: c.Most, Within: c.Within}
		if r.Released {
			l.Most = math.MaxInt32
		}
		out = append(out, l)
	}
	return out
}

// hold puts on record that a cap has refused the begin of a step.
func (d *Dispatcher) hold(ctx context.Context, r *approvals.Request, step int, full *journal.LimitError) error {
	w := approvals.Hold{Step: step, Reason: "a cap is reached", Free: full.Free}
	for _, c := range d.set.Caps.Of(r) {
		if c.Key == full.Key {
			w.Reason = c.Words
		}
	}
	d.log.Warn("held over a cap", "request", r.ID, "number", r.Number, "step", step, "cap", w.Reason)
	return d.wish(ctx, r.ID, w)
}
