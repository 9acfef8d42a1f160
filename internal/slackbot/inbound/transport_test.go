package inbound_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"offboard/internal/secret"
	"offboard/internal/slackbot/httpin"
	"offboard/internal/slackbot/inbound"
	"offboard/internal/slackbot/socket"
)

// transport delivers one payload the way Slack does.
type transport func(t *testing.T, b *bot, kind inbound.Kind, payload []byte)

var transports = map[string]transport{"http": overHTTP, "socket": overSocket}

const signingSecret = "marked-signing-secret"

// posted is a signed request of Slack's with a body.
func posted(path, contentType string, body []byte) *http.Request {
	at := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(signingSecret))
	fmt.Fprintf(mac, "v0:%s:%s", at, body)
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Slack-Request-Timestamp", at)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return r
}

func overHTTP(t *testing.T, b *bot, kind inbound.Kind, payload []byte) {
	t.Helper()
	h, err := httpin.New(secret.New(signingSecret), b.intake, slog.New(slog.NewTextHandler(b.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	const form = "application/x-www-form-urlencoded"
	r := posted(httpin.PathEvents, "application/json", payload)
	switch kind {
	case inbound.KindCommand:
		r = posted(httpin.PathCommands, form, []byte(formOf(t, payload).Encode()))
	case inbound.KindInteraction:
		r = posted(httpin.PathInteractions, form, []byte(url.Values{"payload": {string(payload)}}.Encode()))
	case inbound.KindEvent:
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK && !strings.Contains(b.log.String(), "click: refused: not_shown_yet") {
		t.Errorf("answered with %d %q", w.Code, w.Body)
	}
}

// formOf is a command's JSON as the form that it is over HTTP, where null is an empty text.
func formOf(t *testing.T, payload []byte) url.Values {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(payload, &fields); err != nil {
		t.Fatal(err)
	}
	form := url.Values{}
	for name, v := range fields {
		switch v := v.(type) {
		case nil:
			form.Set(name, "")
		case string:
			form.Set(name, v)
		default:
			form.Set(name, fmt.Sprint(v))
		}
	}
	return form
}

// link is Slack's end of Socket Mode: it sends one envelope over the first connection, and waits for what comes back.
type link struct {
	url  string
	send chan []byte
	got  chan []byte
}

func (l *link) Call(_ context.Context, _ string, _ url.Values, out any) error {
	return json.Unmarshal(fmt.Appendf(nil, `{"url":%q}`, l.url), out)
}

func (l *link) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = ws.CloseNow() }()
	ctx := r.Context()
	_ = ws.Write(ctx, websocket.MessageText, []byte(`{"type":"hello","connection_info":{"app_id":"A0123456"}}`))
	if envelope, ok := <-l.send; ok {
		_ = ws.Write(ctx, websocket.MessageText, envelope)
		if _, text, err := ws.Read(ctx); err == nil {
			l.got <- text
		}
		close(l.got)
	}
	_, _, _ = ws.Read(ctx) // until it is closed
}

func overSocket(t *testing.T, b *bot, kind inbound.Kind, payload []byte) {
	t.Helper()
	l := &link{send: make(chan []byte, 1), got: make(chan []byte, 1)}
	server := httptest.NewServer(l)
	defer server.Close()
	l.url = "ws" + strings.TrimPrefix(server.URL, "http")
	c, err := socket.New(socket.Config{API: l, Intake: b.intake, Logger: slog.New(slog.NewTextHandler(b.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- c.Run(ctx) }()
	types := map[inbound.Kind]string{
		inbound.KindCommand: "slash_commands", inbound.KindInteraction: "interactive", inbound.KindEvent: "events_api",
	}
	l.send <- fmt.Appendf(nil, `{"type":%q,"envelope_id":"e1","accepts_response_payload":true,"payload":%s}`, types[kind], payload)
	close(l.send)
	if json.Valid(payload) && !tooDeep(payload) {
		if text, ok := <-l.got; !ok || !strings.Contains(string(text), `"envelope_id":"e1"`) {
			t.Errorf("acknowledged with %q", text)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// tooDeep: inside of its envelope a payload is one deeper, and an envelope that cannot be read is not acknowledged.
func tooDeep(payload []byte) bool {
	return !json.Valid(fmt.Appendf(nil, `{"payload":%s}`, payload))
}

// safe is a log that several goroutines write to.
type safe struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safe) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safe) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
