package socket

import (
	"context"
	"encoding/json"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/commands"
	"offboard/internal/slackbot/inbound"
)

// A message over the limit costs its connection, which is replaced, and is neither handled nor kept. It is not run beside other tests, because
// it looks at the memory of all.
func TestOversizeMessagesCostTheirConnection(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	synctest.Test(t, func(t *testing.T) {
		const rounds = 5
		large := `{"type":"interactive","envelope_id":"e","payload":"` + strings.Repeat("x", readLimit) + `"}`
		var sent atomic.Int64
		good := make(chan string, 1)
		s := &slack{play: func(_ int, p *peer) {
			p.send(hello)
			if n := sent.Add(1); n <= rounds {
				p.send(large)
			} else if n == rounds+1 {
				p.send(click("after"))
				good <- within(time.Hour, p)
			}
			<-p.gone
		}}
		r := start(t, s, fine)
		if got := <-good; got != ack("after") {
			t.Errorf("after %d of them a click is answered with %q", rounds, got)
		}
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
	})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("%d bytes are left on the heap", grown)
	}
}

// FuzzEnvelope: whatever comes over the socket is at most one request, of our team and app and by somebody with an id; and what goes back is
// one message below what Slack drops, for the envelope that came, with the words in it or said to be told another way.
func FuzzEnvelope(f *testing.F) {
	for _, s := range []string{
		hello, click("e"), `{}`, `null`, `[]`, `"hello"`, `{"type":"disconnect","reason":"link_disabled"}`,
		`{"type":"slash_commands","envelope_id":"e","accepts_response_payload":true,"payload":{"command":"/offboard","text":"help","team_id":"T0123456",` +
			`"api_app_id":"A0123456","user_id":"U1","channel_id":"C1"}}`,
		`{"type":"interactive","envelope_id":"e","payload":{"type":"block_actions"}}`, `{"type":"interactive","envelope_id":"\u0000","payload":null}`,
		`{"type":"events_api","envelope_id":"e","payload":{"type":"event_callback"},"retry_attempt":1}`, `{"type":7}`, `{"envelope_id":{}}`,
	} {
		f.Add([]byte(s), "words")
	}
	log := slog.New(slog.DiscardHandler)
	d, err := inbound.NewDecoder(team, app, "/offboard", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte, words string) {
		var e envelope
		if json.Unmarshal(text, &e) != nil {
			return
		}
		_ = word(e.Type)
		b := &noting{}
		runner := inbound.NewRunner(1, log)
		raw := inbound.Raw{Kind: e.kind(), JSON: e.Payload, Keys: inbound.EnvelopeKeys(e.ID, e.Payload), At: time.Now()}
		result := inbound.NewIntake(d, b, runner, log, nil).Take(t.Context(), raw)
		result.Finish(true)
		if len(b.from) > 1 || result.Outcome == inbound.Panicked || len(b.from) == 1 && e.kind() == "" {
			t.Fatalf("%q became %s, of %v", text, result.Outcome, b.from)
		}
		for _, from := range b.from {
			if !strings.HasPrefix(from.UserID, "U") && !strings.HasPrefix(from.UserID, "W") || from.TeamID == "" && from.EnterpriseID == "" {
				t.Fatalf("%q is of %+v", text, from)
			}
		}
		checkAck(t, &e, inbound.AckBody(commands.Ack{Text: words}))
		if err := runner.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func checkAck(t *testing.T, e *envelope, body []byte) {
	t.Helper()
	message, carried, err := e.acknowledge(body)
	if err != nil || len(message) >= largestAck+len(e.ID)*6 {
		t.Fatalf("%d bytes go back, %v", len(message), err)
	}
	var back struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload"`
	}
	if err := json.Unmarshal(message, &back); err != nil || back.ID != e.ID {
		t.Fatalf("%q goes back for %q, %v", message, e.ID, err)
	}
	if carried != (body == nil || back.Payload != nil) {
		t.Fatalf("carried: %t, though the words are %q and %q goes back", carried, body, message)
	}
}

// noting notes whose requests came.
type noting struct{ from []commands.Sender }

func (n *noting) Command(_ context.Context, c commands.Command) (commands.Ack, commands.Later, error) {
	n.from = append(n.from, c.From)
	return commands.Ack{}, nil, nil
}

func (n *noting) Click(_ context.Context, c commands.Click) (commands.Ack, commands.Later, error) {
	n.from = append(n.from, c.From)
	return commands.Ack{}, nil, nil
}

func (n *noting) Submit(_ context.Context, s commands.Submit) (commands.Ack, commands.Later, error) {
	n.from = append(n.from, s.From)
	return commands.Ack{}, nil, nil
}
