package town

import (
	"sync/atomic"
	"time"
)

// Clock is the town's time: the machine's, and moved on as often as somebody likes. The zero value is the machine's. It may be used concurrently.
type Clock struct{ ahead atomic.Int64 }

// Now is what a clock in the town shows.
func (c *Clock) Now() time.Time { return time.Now().Add(c.Ahead()) }

// Ahead is how far the town is ahead of the machine.
func (c *Clock) Ahead() time.Duration { return time.Duration(c.ahead.Load()) }

// Move moves the time on. It never goes back: less than nothing does nothing.
func (c *Clock) Move(d time.Duration) { c.ahead.Add(int64(max(0, d))) }
