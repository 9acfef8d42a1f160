package redis

import (
	"sync/atomic"
	"time"
)

// nearly is a difference that counts as none: so much a round trip hides.
const nearly = 100 * time.Millisecond

// samples is how many measurements the clock chooses from.
const samples = 5

// clock is how far the server's clock is ahead of this machine's.
type clock struct {
	offset atomic.Int64 // nanoseconds
	last   []sample     // of the inspector alone
}

type sample struct{ ahead, trip time.Duration }

// measured takes in that the server said it was server between sent and received. Of the last few the quickest round trip counts.
func (c *clock) measured(sent, received, server time.Time) {
	trip := received.Sub(sent)
	c.last = append(c.last, sample{ahead: server.Sub(sent.Add(trip / 2)), trip: trip})
	c.last = c.last[max(0, len(c.last)-samples):]
	best := c.last[len(c.last)-1]
	for _, s := range c.last {
		if s.trip < best.trip {
			best = s
		}
	}
	if best.ahead.Abs() < nearly {
		best.ahead = 0
	}
	c.offset.Store(int64(best.ahead))
}

// Now is this machine's time, corrected by as much as the server's differs, so that all processes on one server have one clock.
func (j *Journal) Now() time.Time { return time.Now().Add(time.Duration(j.clock.offset.Load())) }
