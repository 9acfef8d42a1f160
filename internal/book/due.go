package book

import (
	"context"
	"fmt"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/journal"
)

// Claim hands out requests that are due.
func (b *Book) Claim(ctx context.Context, lease time.Duration, most int) ([]journal.Claimed, error) {
	due, err := b.journal.Claim(ctx, b.now(), lease, most)
	if err != nil {
		return nil, fmt.Errorf("claim due requests: %w", err)
	}
	return due, nil
}

// Renew prolongs a claim; journal.ErrClaimLost when somebody else has the request now.
func (b *Book) Renew(ctx context.Context, c journal.Claimed, lease time.Duration) error {
	if err := b.journal.Renew(ctx, c, b.now(), lease); err != nil {
		return fmt.Errorf("renew claim: %w", err)
	}
	return nil
}

// Done gives a claim up.
func (b *Book) Done(ctx context.Context, c journal.Claimed) error {
	if err := b.journal.Done(ctx, c); err != nil {
		return fmt.Errorf("give claim up: %w", err)
	}
	ring(b.kick)
	return nil
}

// Changed receives whenever this process has written something. It may be missed; whoever waits on it looks from time to time too.
func (b *Book) Changed() <-chan struct{} { return b.kick }

// changed wakes who waits for work, and who waits for this request.
func (b *Book) changed(id string) {
	ring(b.kick)
	b.mu.Lock()
	defer b.mu.Unlock()
	for w := range b.waiters[id] {
		ring(w)
	}
}

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// waiter returns what is rung when this process changes the request, and what ends that.
func (b *Book) waiter(id string) (bell chan struct{}, leave func()) {
	bell = make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiters[id] == nil {
		b.waiters[id] = map[chan struct{}]struct{}{}
	}
	b.waiters[id][bell] = struct{}{}
	return bell, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.waiters[id], bell)
		if len(b.waiters[id]) == 0 {
			delete(b.waiters, id)
		}
	}
}

// How often Wait looks for what another replica wrote: often in the first second, because somebody clicks on a card that was posted this
// moment, and then more and more rarely, because hundreds of requests may be waited for.
const (
	firstPoll = 100 * time.Millisecond
	often     = 10 // polls at first's pace
	lastPoll  = time.Second
)

// Wait returns the request as soon as ok holds for it, or as it was read last when ctx ends. Where it could not be read at all before that, the
// error is ctx's.
func (b *Book) Wait(ctx context.Context, id string, ok func(*approvals.Request) bool) (*approvals.Request, error) {
	bell, leave := b.waiter(id)
	defer leave()
	timer := time.NewTimer(firstPoll)
	defer timer.Stop()
	var last *approvals.Request
	for polls, pause := 0, firstPoll; ; {
		r, err := b.Get(ctx, id)
		switch {
		case err != nil && ctx.Err() != nil && last != nil:
			return last, nil
		case err != nil || ok(r):
			return r, err
		}
		last = r
		select {
		case <-ctx.Done():
			return last, nil
		case <-bell:
		case <-timer.C:
			if polls++; polls >= often {
				pause = min(pause*3/2, lastPoll)
			}
			timer.Reset(pause)
		}
	}
}
