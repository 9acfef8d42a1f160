package workspace_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"offboard/internal/sandbox/workspace"
)

type frame struct {
	Type        string          `json:"type"`
	Reason      string          `json:"reason"`
	EnvelopeID  string          `json:"envelope_id"`
	Payload     json.RawMessage `json:"payload"`
	Connections int             `json:"num_connections"`
	Accepts     bool            `json:"accepts_response_payload"`
	Info        struct {
		AppID string `json:"app_id"`
	} `json:"connection_info"`
}

func socketURL(t *testing.T, w *workspace.Workspace) string {
	t.Helper()
	_, got := callRaw(t, w, "apps.connections.open", "Bearer "+w.Config().AppToken, "application/x-www-form-urlencoded", "")
	wantError(t, got, "")
	u, _ := got["url"].(string)
	return u
}

// dial opens a socket and reads its hello.
func dial(t *testing.T, w *workspace.Workspace) (*websocket.Conn, frame) {
	t.Helper()
	conn, res, err := websocket.Dial(within(t), socketURL(t, w), nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.Body != nil {
		_ = res.Body.Close()
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn, next(t, conn)
}

func next(t *testing.T, conn *websocket.Conn) frame {
	t.Helper()
	var f frame
	if err := wsjson.Read(within(t), conn, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// during runs a person's act, and meanwhile what the app does.
func during(t *testing.T, act func(context.Context) (workspace.Ack, error), meanwhile func()) workspace.Ack {
	t.Helper()
	ctx, got := within(t), make(chan workspace.Ack, 1)
	go func() {
		ack, err := act(ctx)
		if err != nil {
			t.Error(err)
		}
		got <- ack
	}()
	meanwhile()
	return <-got
}

func TestSocketRoundTrip(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	conn, hello := dial(t, w)
	if hello.Type != "hello" || hello.Connections != 1 || hello.Info.AppID != w.Config().AppID {
		t.Errorf("%+v", hello)
	}
	command := func(ctx context.Context) (workspace.Ack, error) {
		return w.Command(ctx, "U1", "C1", "/offboard", "ann")
	}
	ack := during(t, command, func() {
		f := next(t, conn)
		var p map[string]string
		if err := json.Unmarshal(f.Payload, &p); err != nil || p["text"] != "ann" || f.Type != "slash_commands" || !f.Accepts {
			t.Errorf("%+v, %v", f, err)
		}
		answer := map[string]any{"envelope_id": f.EnvelopeID, "payload": map[string]any{"text": "looking up"}}
		if err := wsjson.Write(within(t), conn, answer); err != nil {
			t.Error(err)
		}
	})
	if ack.Error != "" || ack.Socket != 1 || w.Ephemerals("U1")[0].Text != "looking up" {
		t.Errorf("%+v", ack)
	}
	ts := postCard(t, w)
	click := func(ctx context.Context) (workspace.Ack, error) { return w.Click(ctx, "U2", "C1", ts, "approve") }
	ack = during(t, click, func() {
		f := next(t, conn)
		if f.Type != "interactive" || !strings.Contains(string(f.Payload), `"value":"v1"`) {
			t.Errorf("%+v", f)
		}
		_ = wsjson.Write(within(t), conn, map[string]any{"envelope_id": f.EnvelopeID})
	})
	if ack.Error != "" {
		t.Errorf("%+v", ack)
	}
}

func TestSocketTicketWorksOnce(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	u := socketURL(t, w)
	conn, _, err := websocket.Dial(within(t), u, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	again, res, err := websocket.Dial(within(t), u, nil)
	if err == nil {
		_ = again.CloseNow()
		t.Fatal("a ticket worked twice")
	}
	if res.StatusCode != http.StatusUnauthorized {
		t.Error(res.StatusCode)
	}
	_ = res.Body.Close()
}

func TestAcknowledgementsThatDoNotCount(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{AckWithin: 300 * time.Millisecond})
	conn, _ := dial(t, w)
	command := func(ctx context.Context) (workspace.Ack, error) {
		return w.Command(ctx, "U1", "C1", "/offboard", "ann")
	}
	ack := during(t, command, func() {
		f := next(t, conn)
		large := map[string]any{"envelope_id": f.EnvelopeID, "payload": map[string]any{"text": strings.Repeat("x", 20000)}}
		_ = wsjson.Write(within(t), conn, large)
	})
	if ack.Error != workspace.TimedOut || !ack.Oversized || len(w.Ephemerals("U1")) != 0 {
		t.Errorf("20 KB: %+v", ack)
	}
	ack = during(t, command, func() {
		next(t, conn)
		w.Cut()
	})
	if ack.Error != workspace.TimedOut || !ack.Lost {
		t.Errorf("the socket ended: %+v", ack)
	}
	if err := w.Wait(within(t), func() bool { return w.OpenSockets() == 0 }); err != nil {
		t.Error(err)
	}
	if ack, err := w.Command(within(t), "U1", "C1", "/offboard", "ann"); err != nil || ack.Error != workspace.NoReader {
		t.Errorf("nobody there: %+v, %v", ack, err)
	}
}

func TestLostPayloadGoesOverAnotherSocket(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	w.Switch(workspace.Switches{RedeliverLost: true})
	first, _ := dial(t, w)
	command := func(ctx context.Context) (workspace.Ack, error) {
		return w.Command(ctx, "U1", "C1", "/offboard", "ann")
	}
	ack := during(t, command, func() {
		next(t, first)
		second, hello := dial(t, w)
		if hello.Connections != 2 {
			t.Errorf("%+v", hello)
		}
		_ = first.CloseNow()
		f := next(t, second)
		_ = wsjson.Write(within(t), second, map[string]any{"envelope_id": f.EnvelopeID})
	})
	if ack.Error != "" || ack.Socket != 2 {
		t.Errorf("%+v", ack)
	}
}

func TestDisconnects(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	conn, _ := dial(t, w)
	w.Disconnect(workspace.ReasonWarning, time.Hour, 0)
	if f := next(t, conn); f.Type != "disconnect" || f.Reason != "warning" {
		t.Errorf("%+v", f)
	}
	if w.OpenSockets() != 1 {
		t.Error("a warning closed the socket before its time")
	}
	w.Disconnect(workspace.ReasonLinkDisabled, 0, 0)
	if f := next(t, conn); f.Reason != "link_disabled" {
		t.Errorf("%+v", f)
	}
	if _, _, err := conn.Read(within(t)); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Error(err)
	}
	if _, hello := dial(t, w); hello.Type != "disconnect" || hello.Reason != "link_disabled" {
		t.Errorf("after Socket Mode was switched off: %+v", hello)
	}
	if n := len(w.Calls("apps.connections.open")); n != 2 {
		t.Errorf("%d opens were counted", n)
	}
}

func TestElevenSocketsAreOneTooMany(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	for range 10 {
		dial(t, w)
	}
	if _, hello := dial(t, w); hello.Reason != "too_many_websockets" {
		t.Errorf("%+v", hello)
	}
}

func TestSocketThatAnswersNoPingIsClosed(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{PingEvery: 20 * time.Millisecond})
	dial(t, w) // and never reads again, so that no pong is sent
	err := w.Wait(within(t), func() bool { return w.OpenSockets() == 0 })
	if s := w.Sockets(); err != nil || len(s) != 1 || !s[0].Silent || s[0].ClosedAt.IsZero() {
		t.Errorf("%+v, %v", s, err)
	}
}
