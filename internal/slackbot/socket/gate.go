package socket

import "sync"

// gate counts what is under way on a connection, bounds it, and says when it is over.
type gate struct {
	mu     sync.Mutex
	in     int
	most   int
	closed bool
	idle   chan struct{}
}

func newGate(most int) *gate { return &gate{most: most, idle: make(chan struct{})} }

// enter reports whether there is room; not after close.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || g.in >= g.most {
		return false
	}
	g.in++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.in--
	if g.closed && g.in == 0 {
		close(g.idle)
	}
}

// close lets nothing more in. The channel is closed when all have left.
func (g *gate) close() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed && g.in == 0 {
		close(g.idle)
	}
	g.closed = true
	return g.idle
}
