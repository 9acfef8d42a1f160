package workspace

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"
)

const (
	mostSockets = 10
	ticketLife  = 30 * time.Second
	largestAck  = 20_000 // bytes; an acknowledgement of 20 KB or more is dropped (facts/slack.md)
)

// Reason is why Slack tells a socket to disconnect.
type Reason string

// The reasons.
const (
	ReasonWarning          Reason = "warning"
	ReasonRefreshRequested Reason = "refresh_requested"
	ReasonLinkDisabled     Reason = "link_disabled"
	ReasonTooMany          Reason = "too_many_websockets"
)

// SocketInfo is the life of one socket.
type SocketInfo struct {
	N        int // 1 is the first of all
	OpenedAt time.Time
	ClosedAt time.Time // zero: still open
	Silent   bool      // it was closed because it answered no ping
}

type socket struct {
	info SocketInfo
	conn *websocket.Conn
	gone chan struct{}
}

// envelope is a payload that waits for its acknowledgement.
type envelope struct {
	acked chan Ack
}

func (w *Workspace) connectionsOpen(*Call) (answer, *slackError) {
	ticket := word("") + word("")
	w.tickets[ticket] = w.cfg.Clock()
	q := url.Values{"ticket": {ticket}, "app_id": {w.cfg.AppID}}
	return answer{"url": "ws" + strings.TrimPrefix(w.base, "http") + "/link/?" + q.Encode()}, nil
}

// Sockets lists every socket that said hello, also those that are closed, in the order in which they were opened.
func (w *Workspace) Sockets() []SocketInfo {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := slices.Clone(w.past)
	for _, s := range w.sockets {
		out = append(out, s.info)
	}
	slices.SortFunc(out, func(a, b SocketInfo) int { return a.N - b.N })
	return out
}

// OpenSockets is how many sockets are open.
func (w *Workspace) OpenSockets() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sockets)
}

// redeem uses a ticket up.
func (w *Workspace) redeem(ticket string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, known := w.tickets[ticket]
	delete(w.tickets, ticket)
	return known && w.cfg.Clock().Sub(at) <= ticketLife
}

func (w *Workspace) serveSocket(res http.ResponseWriter, req *http.Request) {
	if !w.redeem(req.URL.Query().Get("ticket")) {
		http.Error(res, "the ticket is unknown, used or too old", http.StatusUnauthorized)
		return
	}
	// Clients name Slack's own host as their origin; the ticket is what lets them in.
	conn, err := websocket.Accept(res, req, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		w.log.Debug("a socket was not accepted", "error", err)
		return
	}
	w.beside.Add(1)
	defer w.beside.Done()
	defer func() { _ = conn.CloseNow() }()
	s := &socket{conn: conn, gone: make(chan struct{})}
	if reason := w.open(s); reason != "" {
		_ = w.write(s, disconnect(reason))
		_ = conn.Close(websocket.StatusNormalClosure, string(reason))
		return
	}
	defer w.closed(s)
	w.beside.Go(func() { w.ping(s) })
	w.read(s)
}

// open says hello and lets the socket be written to; a reason: it must go again.
func (w *Workspace) open(s *socket) Reason {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.touch()
	switch {
	case w.disabled:
		return ReasonLinkDisabled
	case len(w.sockets) >= mostSockets:
		return ReasonTooMany
	}
	w.opened++
	s.info = SocketInfo{N: w.opened, OpenedAt: w.cfg.Clock()}
	hello := answer{
		"type": "hello", "num_connections": len(w.sockets) + 1, "connection_info": answer{"app_id": w.cfg.AppID},
		"debug_info": answer{"host": "applink-local", "build_number": 1, "approximate_connection_time": 18060},
	}
	if w.write(s, hello) != nil {
		w.past = append(w.past, SocketInfo{N: s.info.N, OpenedAt: s.info.OpenedAt, ClosedAt: s.info.OpenedAt})
		return ReasonRefreshRequested
	}
	w.sockets = append(w.sockets, s)
	if w.switches.DisconnectAfterHello {
		w.beside.Go(func() { w.dismiss(s, ReasonRefreshRequested, 0) })
	}
	return ""
}

// write sends one frame, and gives a peer that does not read five seconds.
func (w *Workspace) write(s *socket, v any) error {
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	return s.conn.Write(ctx, websocket.MessageText, encode(v))
}

func disconnect(reason Reason) answer {
	return answer{"type": "disconnect", "reason": reason, "debug_info": answer{"host": "applink-local"}}
}

func (w *Workspace) closed(s *socket) {
	w.do(func() {
		w.sockets = slices.DeleteFunc(w.sockets, func(o *socket) bool { return o == s })
		s.info.ClosedAt = w.cfg.Clock()
		w.past = append(w.past, s.info)
	})
	close(s.gone)
}

func (w *Workspace) ping(s *socket) {
	t := time.NewTicker(w.cfg.PingEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-s.gone:
			return
		}
		ctx, cancel := context.WithTimeout(w.ctx, 2*w.cfg.PingEvery)
		err := s.conn.Ping(ctx)
		cancel()
		if err != nil {
			w.do(func() { s.info.Silent = ctx.Err() != nil && w.ctx.Err() == nil })
			_ = s.conn.CloseNow()
			return
		}
	}
}

// read takes acknowledgements until the socket ends.
func (w *Workspace) read(s *socket) {
	s.conn.SetReadLimit(1 << 20)
	for {
		_, raw, err := s.conn.Read(w.ctx)
		if err != nil {
			return
		}
		var body struct {
			EnvelopeID string          `json:"envelope_id"`
			Payload    json.RawMessage `json:"payload"`
		}
		if json.Unmarshal(raw, &body) != nil {
			w.log.Warn("a frame is not JSON")
			continue
		}
		w.mu.Lock()
		e := w.pending[body.EnvelopeID]
		w.mu.Unlock()
		if e == nil {
			w.log.Debug("an acknowledgement of nothing", "envelope", body.EnvelopeID)
			continue
		}
		if string(body.Payload) == "null" {
			body.Payload = nil
		}
		select {
		case e.acked <- Ack{Socket: s.info.N, Payload: body.Payload, Oversized: len(raw) >= largestAck}:
		default:
		}
	}
}

// overSocket sends a payload over any one of the open sockets and waits for its acknowledgement.
func (w *Workspace) overSocket(ctx context.Context, d *delivery) Ack {
	for {
		s, again := w.pick()
		if s == nil {
			return Ack{Error: NoReader}
		}
		ack := w.send(ctx, s, d)
		if !ack.Lost || !again {
			return ack
		}
	}
}

func (w *Workspace) pick() (s *socket, again bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.sockets) == 0 {
		return nil, false
	}
	return w.sockets[rand.IntN(len(w.sockets))], w.switches.RedeliverLost
}

func (w *Workspace) send(ctx context.Context, s *socket, d *delivery) Ack {
	id, e := word("")+word(""), &envelope{acked: make(chan Ack, 1)}
	w.do(func() { w.pending[id] = e })
	defer w.do(func() { delete(w.pending, id) })
	frame := answer{
		"envelope_id": id, "type": d.kind, "payload": d.payload, "accepts_response_payload": d.kind != eventsAPI,
	}
	if d.kind == eventsAPI {
		frame["retry_attempt"], frame["retry_reason"] = d.attempt, d.reason
	}
	ctx, cancel := context.WithTimeout(ctx, w.cfg.AckWithin)
	defer cancel()
	if w.write(s, frame) != nil {
		return Ack{Error: TimedOut, Socket: s.info.N, Lost: true}
	}
	var dropped Ack
	for {
		select {
		case ack := <-e.acked:
			if !ack.Oversized {
				return ack
			}
			dropped = ack
		case <-s.gone:
			return Ack{Error: TimedOut, Socket: s.info.N, Lost: true}
		case <-ctx.Done():
			return Ack{Error: TimedOut, Socket: s.info.N, Oversized: dropped.Oversized}
		}
	}
}

// Disconnect tells sockets to disconnect, and closes those that are still there after grace. n: how many, the oldest first; 0: all.
// link_disabled switches Socket Mode off for good.
func (w *Workspace) Disconnect(reason Reason, grace time.Duration, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.disabled = w.disabled || reason == ReasonLinkDisabled
	for i, s := range w.sockets {
		if n == 0 || i < n {
			w.beside.Go(func() { w.dismiss(s, reason, grace) })
		}
	}
}

func (w *Workspace) dismiss(s *socket, reason Reason, grace time.Duration) {
	_ = w.write(s, disconnect(reason))
	t := time.NewTimer(grace)
	defer t.Stop()
	select {
	case <-t.C:
		_ = s.conn.Close(websocket.StatusNormalClosure, string(reason))
	case <-s.gone:
	case <-w.ctx.Done():
	}
}

// Cut ends every socket without a word, as networks do.
func (w *Workspace) Cut() {
	w.mu.Lock()
	open := slices.Clone(w.sockets)
	w.mu.Unlock()
	for _, s := range open {
		_ = s.conn.CloseNow()
	}
}
