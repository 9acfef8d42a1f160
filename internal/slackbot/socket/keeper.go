package socket

import (
	"context"
	"time"
)

// phase is where a connection stands; see the package comment.
type phase string

const (
	phaseOpening  phase = "opening"
	phaseLive     phase = "live"
	phaseRetiring phase = "retiring" // Slack is about to close it; it still listens
	phaseClosing  phase = "closing"
)

// linger is how long a connection listens after Slack's warning, which comes about ten seconds ahead.
const linger = 12 * time.Second

type place struct {
	phase phase
	since time.Time // of the phase
	up    time.Time // when it said hello; zero: not yet
}

// keeper keeps as many connections live as are wanted. One goroutine owns it, which never waits for anything but the next event.
type keeper struct {
	c        *Client
	pace     pace
	conns    map[*conn]*place
	events   chan event
	stopping bool
	fatal    error
}

func (k *keeper) run(ctx context.Context) error {
	done := ctx.Done()
	for !k.stopping || len(k.conns) > 0 {
		t := time.NewTimer(k.wait(time.Now()))
		select {
		case <-done:
			done = nil
			k.stop()
		case <-t.C:
			k.tick(ctx, time.Now())
		case e := <-k.events:
			k.apply(e, time.Now())
		}
		t.Stop()
		k.c.connected.Store(int64(k.count(phaseLive) + k.count(phaseRetiring)))
	}
	return k.fatal
}

func (k *keeper) count(p phase) int {
	n := 0
	for _, at := range k.conns {
		if at.phase == p {
			n++
		}
	}
	return n
}

// short reports whether another connection is to be opened. One is opened at a time.
func (k *keeper) short() bool {
	return !k.stopping && k.count(phaseOpening) == 0 && k.count(phaseLive) < k.c.want
}

// replaced reports whether a retiring connection is no longer needed: as many as are wanted are live, or at least newer. The second is
// for a Slack that sends every connection away and closes none.
func (k *keeper) replaced(at *place) bool {
	newer := 0
	for _, other := range k.conns {
		if (other.phase == phaseLive || other.phase == phaseRetiring) && other.up.After(at.up) {
			newer++
		}
	}
	return newer >= k.c.want || k.count(phaseLive) >= k.c.want
}

// wait is how long nothing is to be done, if nothing happens.
func (k *keeper) wait(now time.Time) time.Duration {
	next := now.Add(time.Hour)
	if k.short() {
		next = k.pace.at()
	}
	for _, at := range k.conns {
		if at.phase == phaseRetiring && k.replaced(at) && at.since.Add(linger).Before(next) {
			next = at.since.Add(linger)
		}
	}
	return next.Sub(now)
}

// tick does what is due: opens a connection, and closes those that are replaced and have listened long enough.
func (k *keeper) tick(ctx context.Context, now time.Time) {
	if k.short() && !k.pace.at().After(now) {
		k.open(ctx, now)
	}
	for n, at := range k.conns {
		if at.phase == phaseRetiring && k.replaced(at) && !at.since.Add(linger).After(now) {
			k.close(n, at, now)
		}
	}
}

// open starts a connection. It does not end with ctx: what is under way on it is to be acknowledged first.
func (k *keeper) open(ctx context.Context, now time.Time) {
	k.pace.opened(now)
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	n := &conn{c: k.c, cancel: cancel, gate: newGate(mostAtOnce)}
	k.conns[n] = &place{phase: phaseOpening, since: now}
	k.c.work.Go(func() { n.run(ctx, func(e event) { k.events <- e }) })
}

func (k *keeper) close(n *conn, at *place, now time.Time) {
	at.phase, at.since = phaseClosing, now
	k.c.work.Go(n.stop)
}

// stop ends everything: what has said hello in good order, the rest at once.
func (k *keeper) stop() {
	k.stopping = true
	for n, at := range k.conns {
		switch at.phase {
		case phaseOpening:
			n.cancel()
		case phaseLive, phaseRetiring:
			k.close(n, at, time.Now())
		case phaseClosing:
		}
	}
}

func (k *keeper) apply(e event, now time.Time) {
	at := k.conns[e.conn]
	switch e.what {
	case changeReady:
		at.phase, at.since, at.up = phaseLive, now, now
		if k.stopping {
			k.close(e.conn, at, now)
		}
	case changeWarned:
		k.warned(at, now)
	case changeOff:
		k.end(&PermanentError{Code: switchedOff})
	case changeEnded:
		k.ended(e, at, now)
	}
}

// end stops everything because of a fault that no waiting heals. The first is the one that is told.
func (k *keeper) end(err error) {
	if k.fatal == nil {
		k.fatal = err
		k.stop()
	}
}

// warned counts as an end: a server that sends every connection away at once must not be asked for new ones without a pause.
func (k *keeper) warned(at *place, now time.Time) {
	if at.phase != phaseLive {
		return
	}
	k.pace.ended(now, now.Sub(at.up), 0)
	at.phase, at.since = phaseRetiring, now
}

func (k *keeper) ended(e event, at *place, now time.Time) {
	delete(k.conns, e.conn)
	if err := permanent(e.err); err != nil {
		k.end(err)
		return
	}
	switch at.phase {
	case phaseOpening:
		k.pace.ended(now, 0, asked(e.err))
	case phaseLive:
		k.pace.ended(now, now.Sub(at.up), 0)
	case phaseRetiring, phaseClosing:
		return
	}
	if !k.stopping {
		k.c.log.Warn("a connection to slack ended", "phase", at.phase, "error", e.err)
	}
}
