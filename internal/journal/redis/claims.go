package redis

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"offboard/internal/journal"
)

// Claim hands out due logs.
func (j *Journal) Claim(ctx context.Context, now time.Time, lease time.Duration, max int) ([]journal.Claimed, error) {
	leave, err := j.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := j.store.fault(); err != nil {
		return nil, err
	}
	token := rand.Text()
	answer, err := claimScript.Run(ctx, j.client, j.keys.claim(), j.store.install, micros(now), micros(now.Add(lease)), max, token).Slice()
	if err != nil {
		return nil, fmt.Errorf("journal: claim: %w", err)
	}
	if text(answer, 0) != "ok" {
		return nil, j.store.lose(text(answer, 1), 0, j.store.mark())
	}
	out := make([]journal.Claimed, 0, len(answer)-1)
	for i := range answer[1:] {
		out = append(out, journal.Claimed{ID: text(answer, i+1), Token: token})
	}
	return out, nil
}

// Renew prolongs a claim that nobody else has got meanwhile.
func (j *Journal) Renew(ctx context.Context, c journal.Claimed, now time.Time, lease time.Duration) error {
	held, err := j.renew(ctx, c, micros(now.Add(lease)))
	if err != nil {
		return fmt.Errorf("journal: renew: %w", err)
	}
	if !held {
		return journal.ErrClaimLost
	}
	return nil
}

// Done gives a claim up.
func (j *Journal) Done(ctx context.Context, c journal.Claimed) error {
	if _, err := j.renew(ctx, c, ""); err != nil {
		return fmt.Errorf("journal: give claim up: %w", err)
	}
	return nil
}

func (j *Journal) renew(ctx context.Context, c journal.Claimed, till any) (held bool, err error) {
	leave, err := j.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	n, err := renewScript.Run(ctx, j.client, j.keys.claim(), c.ID, c.Token, till).Int()
	return n == 1, err
}
