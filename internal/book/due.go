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
	b.changed()
	return nil
}

// Changed receives whenever this process has written something. It may be missed; whoever waits on it looks from time to time too.
func (b *Book) Changed() <-chan struct{} { return b.kick }

func (b *Book) changed() {
	select {
	case b.kick <- struct{}{}:
	default:
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for w := range b.waiters {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

// pollEvery is how often Wait looks for what another replica wrote.
const pollEvery = 100 * time.Millisecond

// Wait returns the request as soon as ok holds for it, or as it is when ctx ends.
func (b *Book) Wait(ctx context.Context, id string, ok func(*approvals.Request) bool) (*approvals.Request, error) {
	c := make(chan struct{}, 1)
	b.mu.Lock()
	b.waiters[c] = struct{}{}
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		delete(b.waiters, c)
		b.mu.Unlock()
	}()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		r, err := b.Get(context.WithoutCancel(ctx), id)
		if err != nil || ok(r) {
			return r, err
		}
		select {
		case <-ctx.Done():
			return r, nil
		case <-c:
		case <-tick.C:
		}
	}
}
