package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// link is the network between one replica and the store: it can be cut and healed. What a library for this would bring along (a server with
// an API of its own and its metrics) is many times what is needed of it.
type link struct {
	l      net.Listener
	server string
	wg     sync.WaitGroup

	mu    sync.Mutex
	down  bool
	mute  bool // bytes vanish, connections stay
	conns map[net.Conn]bool
}

func newLink(t *testing.T, server string) *link {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	k := &link{l: l, server: server, conns: map[net.Conn]bool{}}
	k.wg.Go(k.serve)
	return k
}

func (k *link) addr() string { return k.l.Addr().String() }

func (k *link) close() {
	_ = k.l.Close()
	k.cut()
	k.wg.Wait()
}

// cut ends every connection and refuses new ones until heal.
func (k *link) cut() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.down = true
	for c := range k.conns {
		_ = c.Close()
	}
}

// silence lets bytes vanish until heal, which ends the connections that lost some.
func (k *link) silence() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.mute = true
}

func (k *link) heal() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.mute {
		for c := range k.conns {
			_ = c.Close()
		}
	}
	k.down, k.mute = false, false
}

func (k *link) muted() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.mute
}

func (k *link) serve() {
	for {
		c, err := k.l.Accept()
		if err != nil {
			return
		}
		k.wg.Go(func() { k.carry(c) })
	}
}

// keep notes connections; false: the link is down.
func (k *link) keep(conns ...net.Conn) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range conns {
		k.conns[c] = true
	}
	return !k.down
}

func (k *link) forget(conns ...net.Conn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range conns {
		delete(k.conns, c)
		_ = c.Close()
	}
}

func (k *link) carry(c net.Conn) {
	defer k.forget(c)
	if !k.keep(c) {
		return
	}
	s, err := (&net.Dialer{Timeout: time.Second}).DialContext(context.Background(), "tcp4", k.server)
	if err != nil {
		return
	}
	defer k.forget(s)
	if !k.keep(s) {
		return
	}
	k.wg.Go(func() { k.pass(s, c) })
	k.pass(c, s)
}

func (k *link) pass(to, from net.Conn) {
	defer k.forget(to, from)
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		if k.muted() {
			continue
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}

// faultFront hands Slack's deliveries to the replicas in turn. One that does not listen or says that it is not ready is passed over, as a load
// balancer does; what may have arrived is never sent to another.
type faultFront struct {
	bases []string
	next  atomic.Uint64
	http  http.Client
}

func (b *faultFront) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	first := int(b.next.Add(1))
	for i := range b.bases {
		req, err := http.NewRequestWithContext(r.Context(), r.Method, b.bases[(first+i)%len(b.bases)]+r.URL.Path, bytes.NewReader(body))
		if err != nil {
			break
		}
		req.Header = r.Header.Clone()
		res, err := b.http.Do(req)
		switch {
		case errors.Is(err, syscall.ECONNREFUSED):
			continue
		case err != nil:
			panic(http.ErrAbortHandler)
		case res.StatusCode == http.StatusServiceUnavailable:
			_ = res.Body.Close()
			continue
		}
		answer(w, res)
		return
	}
	w.WriteHeader(http.StatusBadGateway)
}

func answer(w http.ResponseWriter, res *http.Response) {
	defer func() { _ = res.Body.Close() }()
	if kind := res.Header.Get("Content-Type"); kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	w.WriteHeader(res.StatusCode)
	_, _ = io.Copy(w, res.Body) // the other side may have gone
}
