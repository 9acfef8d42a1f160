// Package lease says, at any instant, whether work that was claimed for a time may still be acted on.
//
// A [Lease] is one claim. It holds from the moment right before the claim, or its renewal, was asked for, because the store may have
// granted it in that very moment, and ends a little before the store's does. Whoever is about to do what only one may do asks [Check] in
// the last moment before: a process that was stopped, or a machine that slept, wakes without any timer having fired.
//
// It renews nothing and tells nobody; package dispatch does.
package lease

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrOver is the answer of [Check] once the lease is over: somebody else may have the work.
var ErrOver = errors.New("the time that the work was claimed for is over")

// margin is the part of a lease that is not used, for clocks that differ and for what takes a moment after the check.
const margin = 8

// Moment is an instant on every clock that a lease goes by.
type Moment struct {
	machine time.Time // the time of day and the monotonic clock, which stands still while the machine sleeps
	store   time.Time // the clock that all replicas share
}

// Lease is safe for concurrent use.
type Lease struct {
	length time.Duration
	store  func() time.Time

	mu   sync.Mutex
	held Moment
}

// Now is the moment to note before a claim is asked for. store is the clock that the claims are judged by.
func Now(store func() time.Time) Moment { return Moment{machine: time.Now(), store: store()} }

// New returns the lease of a claim that was asked for at asked.
func New(asked Moment, length time.Duration, store func() time.Time) *Lease {
	return &Lease{length: length, store: store, held: asked}
}

// Renewed prolongs the lease by a renewal that was asked for at asked and has been granted.
func (l *Lease) Renewed(asked Moment) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = asked
}

// Left is how long the lease still lasts, by the clock that gives it the least; 0 or less: it is over.
func (l *Lease) Left() time.Duration {
	l.mu.Lock()
	held := l.held
	l.mu.Unlock()
	return l.length - l.length/margin - held.ago(l.store)
}

// ago is the longest that any clock says has passed since m. Round drops the monotonic clock, which would be taken else.
func (m Moment) ago(store func() time.Time) time.Duration {
	now := time.Now()
	return max(now.Sub(m.machine), now.Round(0).Sub(m.machine.Round(0)), store().Round(0).Sub(m.store.Round(0)))
}

type key struct{}

// With returns a context that carries the lease, whatever is derived from it.
func With(ctx context.Context, l *Lease) context.Context { return context.WithValue(ctx, key{}, l) }

// Check returns ErrOver when the context carries a lease that is over. Without one it returns nil: not everything is claimed.
func Check(ctx context.Context) error {
	if l, ok := ctx.Value(key{}).(*Lease); ok && l.Left() <= 0 {
		return ErrOver
	}
	return nil
}
