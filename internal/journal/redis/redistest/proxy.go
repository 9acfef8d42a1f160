package redistest

import (
	"bytes"
	"context"
	"io"
	"net"
	"sync"
	"testing"
)

// Proxy stands between a client and a server, and loses answers.
type Proxy struct {
	l      net.Listener
	server string
	wg     sync.WaitGroup

	mu    sync.Mutex
	sign  string
	times int
	then  func()
	conns map[net.Conn]bool

	rewrite func([]byte) []byte

	holding string
	arrived chan struct{}
	release chan struct{}
}

// NewProxy starts a proxy before the server, and ends it with the test.
func NewProxy(t testing.TB, s *Server) *Proxy {
	t.Helper()
	l, err := listen(0)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{l: l, server: s.Addr(), conns: map[net.Conn]bool{}}
	p.wg.Go(p.serve)
	t.Cleanup(p.close)
	return p
}

// Addr is where clients connect.
func (p *Proxy) Addr() string { return p.l.Addr().String() }

// Lose lets the server carry out the next requests that hold the text, so many times, and cuts the connection in the place of their
// answers. Then runs before each cut; nil: nothing.
func (p *Proxy) Lose(text string, times int, then func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sign, p.times, p.then = text, times, then
}

// Hold keeps the next request that holds the text from the server until it is released. Arrived is closed when it is there.
func (p *Proxy) Hold(text string) (arrived <-chan struct{}, release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.holding, p.arrived, p.release = text, make(chan struct{}), make(chan struct{})
	return p.arrived, sync.OnceFunc(func() { close(p.release) })
}

// held waits where a request is to be held.
func (p *Proxy) held(request []byte) {
	p.mu.Lock()
	if p.holding == "" || !bytes.Contains(request, []byte(p.holding)) {
		p.mu.Unlock()
		return
	}
	p.holding = ""
	close(p.arrived)
	release := p.release
	p.mu.Unlock()
	<-release
}

// Rewrite changes every answer from now on, as another version of the server would answer.
func (p *Proxy) Rewrite(f func(answer []byte) []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rewrite = f
}

func (p *Proxy) rewritten(answer []byte) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rewrite == nil {
		return answer
	}
	return p.rewrite(answer)
}

// lost counts one answer, if the request is one that loses it.
func (p *Proxy) lost(request []byte) (then func(), yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.times == 0 || !bytes.Contains(request, []byte(p.sign)) {
		return nil, false
	}
	p.times--
	return p.then, true
}

func (p *Proxy) close() {
	_ = p.l.Close()
	p.mu.Lock()
	for c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.wg.Wait()
}

func (p *Proxy) serve() {
	for {
		c, err := p.l.Accept()
		if err != nil {
			return
		}
		p.wg.Go(func() { p.carry(c) })
	}
}

// keep notes connections that close has to end, or forgets them.
func (p *Proxy) keep(yes bool, conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		if yes {
			p.conns[c] = true
		} else {
			delete(p.conns, c)
		}
	}
}

// carry carries one connection: requests as they come, answers unless they are lost.
func (p *Proxy) carry(c net.Conn) {
	defer func() { _ = c.Close() }()
	s, err := (&net.Dialer{}).DialContext(context.Background(), "tcp4", p.server)
	if err != nil {
		return
	}
	defer func() { _ = s.Close() }()
	p.keep(true, c, s)
	defer p.keep(false, c, s)
	var mu sync.Mutex
	var request []byte
	p.wg.Go(func() {
		defer func() { _ = s.Close() }()
		pass(c, s, func(b []byte) ([]byte, bool) {
			p.held(b)
			mu.Lock()
			defer mu.Unlock()
			request = append(request, b...)
			return b, true
		})
	})
	pass(s, c, func(b []byte) ([]byte, bool) {
		mu.Lock()
		defer mu.Unlock()
		then, yes := p.lost(request)
		request = nil
		if yes && then != nil {
			then()
		}
		return p.rewritten(b), !yes
	})
}

// pass carries bytes as through gives them, until one side ends or through says no.
func pass(from io.Reader, to io.Writer, through func([]byte) ([]byte, bool)) {
	b := make([]byte, 64<<10)
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		out, ok := through(b[:n])
		if !ok {
			return
		}
		if _, err := to.Write(out); err != nil {
			return
		}
	}
}
