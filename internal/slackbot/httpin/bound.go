package httpin

import (
	"net"
	"sync"
)

// MostConnections is how many connections one listener has open at most. Slack needs a few; each of the others costs memory until it has timed out.
const MostConnections = 512

// Bound returns a listener with at most so many connections open. Whoever comes then waits, unaccepted, until one ends.
func Bound(l net.Listener, most int) net.Listener {
	return &bounded{Listener: l, room: make(chan struct{}, most), closed: make(chan struct{})}
}

type bounded struct {
	net.Listener
	room   chan struct{} // one entry a connection
	once   sync.Once
	closed chan struct{}
}

// Accept waits for room first, so that what waits is the system's to keep.
func (b *bounded) Accept() (net.Conn, error) {
	select {
	case b.room <- struct{}{}:
	case <-b.closed:
		return nil, net.ErrClosed
	}
	c, err := b.Listener.Accept()
	if err != nil {
		<-b.room
		return nil, err
	}
	return &boundedConn{Conn: c, leave: sync.OnceFunc(func() { <-b.room })}, nil
}

// Close ends the listener, and an Accept that waits for room.
func (b *bounded) Close() error {
	b.once.Do(func() { close(b.closed) })
	return b.Listener.Close()
}

type boundedConn struct {
	net.Conn
	leave func()
}

// Close makes room. It may be called twice.
func (c *boundedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
