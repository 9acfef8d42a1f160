package socket

import "time"

// The pace of opens.
const (
	firstWait    = 500 * time.Millisecond
	longestWait  = time.Minute
	healthyAfter = time.Minute // a connection that lived this long ends the back-off
	burst        = 8           // opens in any
	burstSpan    = 30 * time.Second
)

// pace says when the next connection may be opened. It counts for all connections together, because Slack does.
type pace struct {
	fails  int
	next   time.Time
	opens  []time.Time // the last ones, at most burst
	jitter func() float64
}

// at is when the next open may leave.
func (p *pace) at() time.Time {
	if len(p.opens) == burst {
		if free := p.opens[0].Add(burstSpan); free.After(p.next) {
			return free
		}
	}
	return p.next
}

// opened counts an open that leaves now.
func (p *pace) opened(now time.Time) {
	p.opens = append(p.opens, now)
	if len(p.opens) > burst {
		p.opens = p.opens[1:]
	}
}

// ended counts a connection that ended, or will, after having been up for that long; 0: it never was. The next open waits, and at
// least for as long as Slack asked.
func (p *pace) ended(now time.Time, up, atLeast time.Duration) {
	if up >= healthyAfter {
		p.fails = 0
	}
	wait := longestWait
	if p.fails < 10 {
		wait = min(firstWait<<p.fails, longestWait)
	}
	p.fails++
	wait = time.Duration(float64(wait) * (0.5 + p.jitter()))
	if next := now.Add(max(wait, atLeast)); next.After(p.next) {
		p.next = next
	}
}
