package redis

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// wire counts what happens on the connections, so that a write that failed can be told from one that perhaps did not. It does not know whose bytes
// those are: where others write at the same time, less is known.
type wire struct {
	sent   atomic.Int64 // times something left
	broken atomic.Int64 // connections that failed, so that go-redis may have sent again what the server had carried out
}

// moment is what a wire has counted up to then.
type moment struct{ sent, broken int64 }

func (w *wire) now() moment { return moment{w.sent.Load(), w.broken.Load()} }

// unwritten reports whether nothing of a write that was begun at the moment and failed with err can be on the server: nothing has left, or the
// server has refused what was sent once.
func (w *wire) unwritten(begun moment, err error) bool {
	now := w.now()
	return now.sent == begun.sent || now.broken == begun.broken && refuses(err)
}

// refuses reports whether the server has answered that it does not take writes now. It then refuses the first write of a script, or the script.
func refuses(err error) bool {
	for _, sign := range []string{
		"OOM ", "MISCONF", "READONLY", "NOREPLICAS", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK ", "NOSCRIPT", "NOAUTH", "WRONGPASS",
	} {
		if redis.HasErrorPrefix(err, sign) {
			return true
		}
	}
	return false
}

// keepAlive finds out soon that the other side is gone, and is within what firewalls keep.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 5 * time.Second, Count: 3}

// dialer makes counted connections; c is nil where they are not encrypted.
func (w *wire) dialer(c *tls.Config) func(ctx context.Context, network, addr string) (net.Conn, error) {
	plain := &net.Dialer{Timeout: dialTime, KeepAliveConfig: keepAlive}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if c != nil {
			ctx, cancel := context.WithTimeout(ctx, dialTime)
			defer cancel()
			conn, err := (&tls.Dialer{NetDialer: plain, Config: c}).DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &counted{conn, w}, nil
		}
		conn, err := plain.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return countedSocket(conn, w), nil
	}
}

// counted is a connection whose traffic is counted.
type counted struct {
	net.Conn
	wire *wire
}

func (c *counted) Write(b []byte) (int, error) {
	c.wire.sent.Add(1) // before anything leaves
	n, err := c.Conn.Write(b)
	c.wire.failed(err)
	return n, err
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.wire.failed(err)
	return n, err
}

func (w *wire) failed(err error) {
	if err != nil {
		w.broken.Add(1)
	}
}

// socket lets go-redis see whether a connection that it has kept is still open.
type socket struct {
	counted
	syscall.Conn
}

func countedSocket(c net.Conn, w *wire) net.Conn {
	if s, ok := c.(syscall.Conn); ok {
		return &socket{counted{c, w}, s}
	}
	return &counted{c, w}
}
