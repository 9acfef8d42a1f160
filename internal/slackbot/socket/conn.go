package socket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"offboard/internal/slackbot/inbound"
)

// The times of a connection.
const (
	helloTimeout = 10 * time.Second
	pingEvery    = 10 * time.Second
	silentAfter  = 35 * time.Second // nothing heard, not even a pong: the other side is gone
	writeTimeout = 5 * time.Second
	drainTimeout = 8 * time.Second // for a decision and its acknowledgement
	closeTimeout = 3 * time.Second // for the other side to answer a close
	mostAtOnce   = 128             // payloads under way on one connection
)

// conn is one connection. Its run is the only reader.
type conn struct {
	c      *Client
	cancel context.CancelFunc // cuts it off at once
	ws     *websocket.Conn    // set before the first event
	gate   *gate
	last   atomic.Int64 // when something was heard, in Unix nanoseconds
}

// change is what became of a connection.
type change string

const (
	changeReady  change = "ready"  // it has said hello
	changeWarned change = "warned" // Slack is about to close it
	changeOff    change = "off"    // Socket Mode is switched off; what is under way can still be acknowledged
	changeEnded  change = "ended"
)

type event struct {
	conn *conn
	what change
	err  error // of changeEnded
}

func (n *conn) heard() { n.last.Store(time.Now().UnixNano()) }

func (n *conn) silent() time.Duration { return time.Since(time.Unix(0, n.last.Load())) }

// run opens the connection and reads from it until it ends. tell is always answered soon.
func (n *conn) run(ctx context.Context, tell func(event)) {
	err := n.openAndRead(ctx, tell)
	n.cancel()
	tell(event{n, changeEnded, err})
}

func (n *conn) openAndRead(ctx context.Context, tell func(event)) (err error) {
	defer func() {
		if p := recover(); p != nil {
			inbound.LogPanic(n.c.log, "socket", p)
			err = errors.New("panic")
		}
	}()
	if n.ws, err = n.c.open(ctx, n.heard); err != nil {
		n.c.opened(false)
		return err
	}
	n.c.opened(true)
	defer func() { _ = n.ws.CloseNow() }()
	n.heard()
	hello := time.AfterFunc(helloTimeout, n.cancel)
	defer hello.Stop()
	n.c.work.Go(func() { n.watch(ctx) })
	return n.read(ctx, hello, tell)
}

// read does nothing that could take long: pings are answered only while it reads.
func (n *conn) read(ctx context.Context, hello *time.Timer, tell func(event)) error {
	for {
		kind, text, err := n.ws.Read(ctx)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		n.heard()
		var e envelope
		if kind != websocket.MessageText || json.Unmarshal(text, &e) != nil {
			n.c.log.Warn("a message that is not an envelope")
			continue
		}
		switch e.Type {
		case "hello":
			if hello.Stop() {
				n.c.greet(e)
				tell(event{n, changeReady, nil})
			}
		case "disconnect":
			n.c.log.Info("slack is about to close a connection", "reason", word(e.Reason))
			what := changeWarned
			if e.Reason == switchedOff {
				what = changeOff
			}
			tell(event{n, what, nil})
		default:
			n.take(e)
		}
	}
}

// watch pings, and cuts off a connection from which nothing is heard any more.
func (n *conn) watch(ctx context.Context) {
	t := time.NewTicker(pingEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if n.silent() > silentAfter {
			n.c.log.Warn("a connection has gone silent and is cut off")
			n.cancel()
			return
		}
		ping, cancel := context.WithTimeout(ctx, pingEvery/2)
		_ = n.ws.Ping(ping) // whether anything is heard is what counts
		cancel()
	}
}

// take hands a payload over to a goroutine of its own. What is not taken is not acknowledged, so that Slack tells the person.
func (n *conn) take(e envelope) {
	at := time.Now()
	if e.ID == "" {
		n.c.log.Warn("a message of an unknown type", "type", word(e.Type))
		return
	}
	if !n.gate.enter() {
		n.c.log.Warn("a payload is turned away: the connection is closing, or too much is under way", "type", word(e.Type))
		return
	}
	n.c.work.Go(func() {
		defer n.gate.leave()
		defer func() {
			if p := recover(); p != nil {
				inbound.LogPanic(n.c.log, "socket", p)
			}
		}()
		n.answer(e, at)
	})
}

func (n *conn) answer(e envelope, at time.Time) {
	kind := e.kind()
	if kind == "" {
		n.c.log.Warn("a message of an unknown type", "type", word(e.Type))
		_, _ = n.acknowledge(&e, nil)
		return
	}
	raw := inbound.Raw{Kind: kind, JSON: e.Payload, Keys: inbound.EnvelopeKeys(e.ID, e.Payload), At: at}
	result := n.c.intake.Take(context.Background(), raw)
	switch result.Outcome {
	case inbound.Handled, inbound.Ignored:
		carried, err := n.acknowledge(&e, inbound.AckBody(result.Ack))
		result.Finish(carried && err == nil)
	case inbound.Unavailable, inbound.Busy, inbound.Panicked:
		result.Finish(false)
	}
}

// acknowledge returns when the acknowledgement is on the wire.
func (n *conn) acknowledge(e *envelope, body []byte) (carried bool, err error) {
	message, carried, err := e.acknowledge(body)
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
		defer cancel()
		err = n.ws.Write(ctx, websocket.MessageText, message)
	}
	if err != nil {
		n.c.log.Warn("an acknowledgement could not be written", "error", err)
	}
	return carried, err
}

// stop takes nothing more in, lets what is under way be acknowledged, and closes. It is called after changeReady only.
func (n *conn) stop() {
	t := time.NewTimer(drainTimeout)
	defer t.Stop()
	select {
	case <-n.gate.close():
	case <-t.C:
		n.c.log.Warn("a connection is closed although a decision is under way")
	}
	cut := time.AfterFunc(closeTimeout, n.cancel)
	defer cut.Stop()
	_ = n.ws.Close(websocket.StatusNormalClosure, "")
	n.cancel()
}

// word keeps a word of Slack's for the log and drops anything else.
func word(s string) string {
	const longest = 40
	for _, r := range s {
		if (r < 'a' || r > 'z') && r != '_' {
			return "unreadable"
		}
	}
	return s[:min(len(s), longest)]
}
