package book

import (
	"context"

	"offboard/internal/approvals"
	"offboard/internal/journal"
)

// Gate is what must hold, beside the decision itself, in the very write that begins a call.
type Gate struct {
	// Unless are keys that no log may hold, else a *journal.ReservedError: the order of the writes in the store is then the answer to
	// whether a call began before somebody took such a key.
	Unless []string
	// Take are keys that the request reserves with the write, else a *journal.ReservedError. It keeps them until it is settled, or until people are asked
	// again.
	Take []string
	// Limits are what the events, decided for the request, count towards, else a *journal.LimitError; nil: nothing. It may run more than once.
	Limits func(r *approvals.Request, events []approvals.Event) []Limit
}

// Begin is [Book.Update] for the one decision after which a call leaves, and the gate goes along in its write. Where the decision comes to
// something else (an end without a call, a drift, an approval that lapsed) the gate asks nothing: those are recorded whatever is stopped.
func (b *Book) Begin(ctx context.Context, id string, d Decision, g Gate) (*approvals.Request, error) {
	return b.update(ctx, id, d, func(w *journal.Write, r *approvals.Request, events []approvals.Event) {
		if begins(events) {
			w.Unless = g.Unless
			g.take(w, r)
			g.count(w, r, events)
		}
	})
}

// take reserves for a call that leaves; a rehearsal has ended with this write.
func (g Gate) take(w *journal.Write, r *approvals.Request) {
	if !w.Open {
		return
	}
	for _, key := range g.Take {
		w.Reserve = append(w.Reserve, journal.Reservation{Key: key, From: r.Linked})
	}
}

func (g Gate) count(w *journal.Write, r *approvals.Request, events []approvals.Event) {
	if g.Limits == nil {
		return
	}
	for _, l := range g.Limits(r, events) {
		w.Counts = append(w.Counts, journal.Count{Key: l.Key, Limit: l.Most, Within: l.Within})
	}
}

// begins reports whether a call leaves after these events, or would leave with writes on.
func begins(events []approvals.Event) bool {
	for _, e := range events {
		if e.Kind == approvals.Begun || e.Kind == approvals.Ended && e.Outcome == approvals.Rehearsed {
			return true
		}
	}
	return false
}
