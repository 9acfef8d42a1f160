package wire

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"offboard/internal/providers"
)

// Write puts one request on the wire, once, and returns a 2xx answer that is JSON, or the empty 204. Whether that answer
// carries the vendor's success mark is the vendor's to judge: when it does not, the outcome is unknown.
func (c *Client) Write(ctx context.Context, op, method, path string, header http.Header, body any) (Response, error) {
	k := call{op: op, method: method, path: path, header: header, body: body, write: true}
	ctx, cancel := context.WithTimeout(ctx, c.o.WriteTimeout)
	defer cancel()
	start := time.Now()
	r, e := c.writeOnce(ctx, k)
	if r.unauthorized() {
		c.o.Refused(r.sent) // for the next call: this one is not made again
	}
	if c.log(ctx, k, start, r.Status, e) != nil {
		return r, e
	}
	return r, nil
}

func (c *Client) writeOnce(ctx context.Context, k call) (Response, *providers.Error) {
	d := newDoor(ctx)
	if d.late() {
		return Response{}, c.unsent(k, errNotSent)
	}
	req, err := c.request(ctx, k)
	if err != nil {
		return Response{}, c.unbuilt(k, err)
	}
	transport := c.throughDoor(d)
	defer transport.CloseIdleConnections()
	r, err := exchange(transport, req)
	switch {
	case err != nil && d.shut():
		return r, c.unsent(k, err)
	case err != nil:
		return r, c.unanswered(k, r.Status, err)
	}
	return r, c.judge(k, r)
}

// throughDoor is a transport for one request on one connection, whose first byte has to pass the door. With a connection that
// was never used before, net/http repeats nothing by itself.
func (c *Client) throughDoor(d *door) *http.Transport {
	t := c.transport()
	t.DisableKeepAlives = true
	tcp, secure := t.DialContext, t.DialTLSContext
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		return d.take(tcp(ctx, network, addr))
	}
	t.DialTLSContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		return d.take(secure(ctx, network, addr))
	}
	return t
}

// door stands between a request and its connection. The first byte passes only while the deadline lies ahead on the wall clock:
// the monotonic clock stands still while a machine sleeps, and timers fire late in a process that was stopped. Once shut,
// nothing passes: that makes "not sent" a fact and not a race with the connection's own goroutine.
type door struct {
	deadline time.Time // wall clock, zero for none
	gone     func() error
	mu       sync.Mutex
	taken    bool
	passed   bool
	closed   bool
}

func newDoor(ctx context.Context) *door {
	deadline, _ := ctx.Deadline()
	return &door{deadline: deadline.Round(0), gone: ctx.Err}
}

func (d *door) late() bool {
	return d.gone() != nil || !d.deadline.IsZero() && !time.Now().Round(0).Before(d.deadline)
}

// take lets one connection be used, ever.
func (d *door) take(conn net.Conn, err error) (net.Conn, error) {
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.taken || d.closed {
		_ = conn.Close()
		return nil, errors.New("a write has one connection")
	}
	d.taken = true
	return &guarded{Conn: conn, door: d}, nil
}

// pass reports whether bytes may leave.
func (d *door) pass() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.passed {
		return true
	}
	if d.closed || d.late() {
		d.closed = true
		return false
	}
	d.passed = true
	return true
}

// shut closes the door and reports whether nothing has passed it.
func (d *door) shut() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	return !d.passed
}

type guarded struct {
	net.Conn
	door *door
}

func (g *guarded) Write(p []byte) (int, error) {
	if !g.door.pass() {
		return 0, errNotSent
	}
	return g.Conn.Write(p)
}
