package town

import (
	"sync/atomic"
	"time"
)

// Clock is the town's time: the machine's, and moved on as often as somebody likes. The zero value is the machine's. It may be used concurrently.
type Clock struct{ ahead atomic.Int64 }

// farthest is how far the town may get ahead: a century, so that no sum of times runs over.
const farthest = 100 * 365 * 24 * time.Hour

// Now is what a clock in the town shows.
func (c *Clock) Now() time.Time { return time.Now().Add(c.Ahead()) }

// Ahead is how far the town is ahead of the machine.
func (c *Clock) Ahead() time.Duration { return time.Duration(c.ahead.Load()) }

// Move moves the time on, and reports whether it could. It never goes back, and it goes a century on and no further.
func (c *Clock) Move(d time.Duration) bool {
	return c.set(func(ahead time.Duration) time.Duration { return ahead + min(d, farthest) })
}

// MoveTo moves the time on to a moment, and reports whether it could: where the moment has passed it does nothing. So two people who go to the same
// moment go there once.
func (c *Clock) MoveTo(at time.Time) bool {
	return c.set(func(time.Duration) time.Duration { return time.Until(at) })
}

func (c *Clock) set(to func(ahead time.Duration) time.Duration) bool {
	for {
		now := c.Ahead()
		next := min(to(now), farthest)
		if next <= now {
			return false
		}
		if c.ahead.CompareAndSwap(int64(now), int64(next)) {
			return true
		}
	}
}
