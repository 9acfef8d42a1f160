package embedded

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"offboard/internal/journal"
)

// claims says who works on which log. It lives in memory, see the package comment.
type claims struct {
	mu sync.Mutex
	of map[string]claim // by log id
}

type claim struct {
	token string
	until time.Time
}

// Claim hands out due logs. The lock is taken before the index is read: a log whose claim was given up is seen as its last append left it.
func (j *Journal) Claim(ctx context.Context, now time.Time, lease time.Duration, max int) ([]journal.Claimed, error) {
	if err := j.alive(ctx); err != nil {
		return nil, err
	}
	j.claims.mu.Lock()
	defer j.claims.mu.Unlock()
	ids := j.claims.free(j.index.dueAt(now), now, max)
	out := make([]journal.Claimed, 0, len(ids))
	for _, id := range ids {
		c := claim{token: rand.Text(), until: now.Add(lease)}
		j.claims.of[id] = c
		out = append(out, journal.Claimed{ID: id, Token: c.token})
	}
	return out, nil
}

// free returns at most max of the ids, the first that nobody has claimed.
func (c *claims) free(ids []string, now time.Time, max int) []string {
	var free []string
	for _, id := range ids {
		if held, ok := c.of[id]; len(free) < max && (!ok || !now.Before(held.until)) {
			free = append(free, id)
		}
	}
	return free
}

// Renew prolongs a claim that nobody else has got meanwhile.
func (j *Journal) Renew(ctx context.Context, c journal.Claimed, now time.Time, lease time.Duration) error {
	if err := j.alive(ctx); err != nil {
		return err
	}
	j.claims.mu.Lock()
	defer j.claims.mu.Unlock()
	if held, ok := j.claims.of[c.ID]; !ok || held.token != c.Token {
		return journal.ErrClaimLost
	}
	j.claims.of[c.ID] = claim{token: c.Token, until: now.Add(lease)}
	return nil
}

// Done gives a claim up.
func (j *Journal) Done(ctx context.Context, c journal.Claimed) error {
	if err := j.alive(ctx); err != nil {
		return err
	}
	j.claims.mu.Lock()
	defer j.claims.mu.Unlock()
	if held, ok := j.claims.of[c.ID]; ok && held.token == c.Token {
		delete(j.claims.of, c.ID)
	}
	return nil
}
