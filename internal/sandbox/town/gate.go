package town

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// Outage is how far no connection to a provider can be made.
type Outage string

// The outages.
const (
	Up        Outage = ""
	DownCalls Outage = "write" // reads are answered, and the connection for a call that removes somebody cannot be made
	DownWhole Outage = "any"   // nobody listens, and every connection is cut
)

// gate is where a provider listens. It can be shut and opened again, at the same address.
type gate struct {
	addr    string
	handler http.Handler

	mu     sync.Mutex
	server *http.Server
	l      net.Listener // nil: shut
	outage Outage
	again  *time.Timer // DownCalls: opens it; nil: it is open
	ended  bool
}

func newGate(l net.Listener, h http.Handler) *gate {
	g := &gate{addr: l.Addr().String(), handler: h}
	g.serve(l)
	return g
}

// serve takes connections in, until the listener is closed. The lock is held, or nobody else knows the gate.
func (g *gate) serve(l net.Listener) {
	if g.server == nil {
		g.server = &http.Server{Handler: g, ReadHeaderTimeout: 10 * time.Second}
	}
	g.l = l
	server := g.server
	go func() { _ = server.Serve(l) }() // ends with the listener
}

// set begins an outage, or ends it.
func (g *gate) set(ctx context.Context, o Outage) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.again != nil {
		g.again.Stop()
		g.again = nil
	}
	if o == DownWhole {
		g.outage = o
		return g.cut()
	}
	if err := g.open(ctx); err != nil {
		g.outage = DownWhole
		return errors.Join(err, g.cut())
	}
	g.outage = o
	return nil
}

// cut ends the listener and every connection. The lock is held.
func (g *gate) cut() error {
	server, l := g.server, g.l
	g.server, g.l = nil, nil
	if l != nil {
		_ = l.Close() // a server that has hardly begun does not know it yet
	}
	if server == nil {
		return nil
	}
	if err := server.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// open listens again. Somebody else may have been given the port meanwhile: it is waited for a little.
func (g *gate) open(ctx context.Context) error {
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(patience / 100)
	defer tick.Stop()
	for {
		err := g.tryOpen(ctx)
		if !errors.Is(err, syscall.EADDRINUSE) {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s is taken by another program for now, so it stays down. Try again", g.addr)
		}
	}
}

func (g *gate) tryOpen(ctx context.Context) error {
	if g.l != nil || g.ended {
		return nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", g.addr)
	if err == nil {
		g.serve(l)
	}
	return err
}

// shutFor is how long no connection can be made after a read: longer than the bot takes from there to the call.
const shutFor = 10 * time.Second

// ServeHTTP sees to it that during DownCalls no call gets a connection. What a connection is for cannot be known before it is there; but a read goes
// over one that is kept, and the call that follows over one of its own. So from each read on nobody is let in for a while.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.shut()
	g.handler.ServeHTTP(w, r)
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.outage != DownCalls || g.ended {
		return
	}
	if g.l != nil {
		_ = g.l.Close() // those that are in stay
		g.l = nil
	}
	if g.again == nil {
		g.again = time.AfterFunc(shutFor, g.reopen)
		return
	}
	g.again.Reset(shutFor)
}

func (g *gate) reopen() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.outage != DownCalls || g.ended {
		return
	}
	if err := g.tryOpen(context.Background()); err != nil {
		g.again.Reset(shutFor / 100)
		return
	}
	g.again = nil
}

func (g *gate) state() Outage {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.outage
}

func (g *gate) close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ended = true
	if g.again != nil {
		g.again.Stop()
	}
	return g.cut()
}

// Down begins an outage of a provider, or ends it. An error: its port is taken meanwhile, and it is still down.
func (t *Town) Down(ctx context.Context, provider string, o Outage) error {
	if err := t.gates[provider].set(ctx, o); err != nil {
		return fmt.Errorf("%s: %w", provider, err)
	}
	return nil
}

// Outage is the outage of a provider.
func (t *Town) Outage(provider string) Outage { return t.gates[provider].state() }
