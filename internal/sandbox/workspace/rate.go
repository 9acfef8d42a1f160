package workspace

import "time"

const (
	postBurst  = 15 // messages a channel takes at once, before it wants a second for each ("short bursts" in Slack's words)
	burstShare = 2  // the part of a minute's calls that may come at once: half
)

// bucket holds what may still be called: it fills with time.
type bucket struct {
	left float64
	at   time.Time
}

// take reports how long to wait; 0: the call is let through and counted.
func (b *bucket) take(now time.Time, burst int, each time.Duration) time.Duration {
	b.left = min(float64(burst), b.left+float64(now.Sub(b.at))/float64(each))
	b.at = now
	if b.left < 1 {
		return time.Duration((1 - b.left) * float64(each))
	}
	b.left--
	return 0
}

// limit refuses a call that comes too soon. A refused call does not count.
func (w *Workspace) limit(c *Call, m method) *slackError {
	key, burst, each := c.Method, m.perMinute/burstShare, time.Minute
	if c.Method == "chat.postMessage" {
		key, burst, each = c.Method+" "+c.param("channel"), postBurst, time.Second
	} else if m.perMinute > 0 {
		each = time.Minute / time.Duration(m.perMinute)
	}
	if !w.cfg.RateLimits || w.switches.NoRateLimits || burst == 0 {
		return nil
	}
	now := w.cfg.Clock()
	if w.rates[key] == nil {
		w.rates[key] = &bucket{left: float64(burst), at: now}
	}
	if wait := w.rates[key].take(now, burst, each); wait > 0 {
		return &slackError{code: "ratelimited", more: answer{"retry_after": wait}}
	}
	return nil
}
