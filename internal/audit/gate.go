package audit

import (
	"context"
	"sync/atomic"
	"time"

	"offboard/internal/journal"
)

// Gate is a journal that takes nothing in and hands nothing out while it is shut. What it holds can be read.
type Gate struct {
	journal.Journal
	shut atomic.Pointer[error]
}

var _ journal.Journal = (*Gate)(nil)

// NewGate returns a gate before the journal, shut as [journal.ErrUnchecked].
func NewGate(j journal.Journal) *Gate {
	g := &Gate{Journal: j}
	g.set(journal.ErrUnchecked)
	return g
}

// Err is why nothing is taken in; nil: the gate is open.
func (g *Gate) Err() error {
	if err := g.shut.Load(); err != nil {
		return *err
	}
	return nil
}

// set shuts the gate for a reason, or opens it.
func (g *Gate) set(why error) {
	if why == nil {
		g.shut.Store(nil)
		return
	}
	g.shut.Store(&why)
}

// Append refuses the write with Err while the gate is shut.
func (g *Gate) Append(ctx context.Context, w journal.Write) (int, error) {
	if err := g.Err(); err != nil {
		return 0, err
	}
	return g.Journal.Append(ctx, w)
}

// Remember refuses the deliveries with Err while the gate is shut.
func (g *Gate) Remember(ctx context.Context, deliveries []string, now time.Time, keep time.Duration) error {
	if err := g.Err(); err != nil {
		return err
	}
	return g.Journal.Remember(ctx, deliveries, now, keep)
}

// Claim hands out nothing while the gate is shut: so nothing is begun and nothing is told.
func (g *Gate) Claim(ctx context.Context, now time.Time, lease time.Duration, most int) ([]journal.Claimed, error) {
	if g.Err() != nil {
		return nil, nil
	}
	return g.Journal.Claim(ctx, now, lease, most)
}
