package socket

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"offboard/internal/commands"
	"offboard/internal/slackbot/inbound"
)

const (
	team  = "T0123456"
	app   = "A0123456"
	hello = `{"type":"hello","num_connections":1,"connection_info":{"app_id":"A0123456"}}`
)

// slack is the other side, on pipes instead of a network, so that it lives in virtual time.
type slack struct {
	refuse func(open int) error    // what apps.connections.open answers to the n-th open; nil: an address
	play   func(open int, p *peer) // what happens on a connection; it is closed when this returns
	deaf   bool                    // pings are not answered
	stall  time.Duration           // how long nothing is read

	mu      sync.Mutex
	opens   []time.Time
	dials   chan net.Conn
	playing sync.WaitGroup
}

func (s *slack) Call(_ context.Context, method string, _ url.Values, out any) error {
	if method != "apps.connections.open" {
		return fmt.Errorf("unexpected call of %s", method)
	}
	s.mu.Lock()
	s.opens = append(s.opens, time.Now())
	n := len(s.opens)
	s.mu.Unlock()
	if s.refuse != nil {
		if err := s.refuse(n); err != nil {
			return err
		}
	}
	return json.Unmarshal(fmt.Appendf(nil, `{"url":"ws://localhost/link?ticket=hush&n=%d"}`, n), out)
}

func (s *slack) opened() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.opens)
}

func (s *slack) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	s.dials <- there
	return here, nil
}

func (s *slack) Accept() (net.Conn, error) {
	c, ok := <-s.dials
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (s *slack) Close() error { return nil }

func (s *slack) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (s *slack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.playing.Add(1)
	defer s.playing.Done()
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		OnPingReceived: func(context.Context, []byte) bool { return !s.deaf },
	})
	if err != nil {
		return
	}
	var n int
	_, _ = fmt.Sscan(r.URL.Query().Get("n"), &n)
	p := &peer{ws: ws, got: make(chan string, 1000), gone: make(chan struct{})}
	go func() {
		time.Sleep(s.stall)
		p.read()
	}()
	s.play(n, p)
	_ = ws.CloseNow()
	<-p.gone
}

// peer is Slack's end of one connection.
type peer struct {
	ws   *websocket.Conn
	got  chan string   // what the bot sent
	gone chan struct{} // closed when the connection is
	end  websocket.StatusCode
}

func (p *peer) read() {
	defer close(p.gone)
	for {
		_, text, err := p.ws.Read(context.Background())
		if err != nil {
			p.end = websocket.CloseStatus(err)
			return
		}
		p.got <- string(text)
	}
}

func (p *peer) send(text string) {
	_ = p.ws.Write(context.Background(), websocket.MessageText, []byte(text))
}

// greet says hello and stays until the connection ends.
func greet(_ int, p *peer) {
	p.send(hello)
	<-p.gone
}

func click(id string) string {
	return `{"type":"interactive","envelope_id":"` + id + `","accepts_response_payload":true,"payload":{"type":"block_actions",` +
		`"api_app_id":"A0123456","team":{"id":"T0123456"},"user":{"id":"U2"},"trigger_id":"t` + id + `",` +
		`"container":{"type":"message","message_ts":"1.2","channel_id":"C1"},"actions":[{"action_id":"approve","type":"button","value":"` + id + `"}]}}`
}

func ack(id string) string { return `{"envelope_id":"` + id + `"}` }

// clicks is a handler for clicks alone.
type clicks func(ctx context.Context, c commands.Click) (commands.Ack, commands.Later, error)

func (f clicks) Command(context.Context, commands.Command) (commands.Ack, commands.Later, error) {
	return commands.Ack{Text: "looking"}, nil, nil
}

func (f clicks) Click(ctx context.Context, c commands.Click) (commands.Ack, commands.Later, error) {
	return f(ctx, c)
}

func (f clicks) Submit(context.Context, commands.Submit) (commands.Ack, commands.Later, error) {
	return commands.Ack{}, nil, nil
}

func fine(context.Context, commands.Click) (commands.Ack, commands.Later, error) {
	return commands.Ack{}, nil, nil
}

// private collects private answers.
type private struct {
	mu    sync.Mutex
	texts []string
}

func (p *private) Private(_ context.Context, r commands.Reply) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.texts = append(p.texts, r.Text)
	return nil
}

// rig is a client that runs against a slack.
type rig struct {
	*Client
	slack   *slack
	private *private
	runner  *inbound.Runner
	log     *safeBuffer
	cancel  context.CancelFunc
	ended   chan error
}

// start runs a client in the bubble of the test. The caller ends it with rig.stop.
func start(t *testing.T, s *slack, h clicks) *rig {
	t.Helper()
	r := &rig{slack: s, private: &private{}, log: &safeBuffer{}, ended: make(chan error, 1)}
	log := slog.New(slog.NewTextHandler(r.log, nil))
	d, err := inbound.NewDecoder(team, app, "/offboard", func(string, string, string) commands.Replier { return r.private })
	if err != nil {
		t.Fatal(err)
	}
	r.runner = inbound.NewRunner(100, log)
	s.dials = make(chan net.Conn)
	server := &http.Server{Handler: s, ReadHeaderTimeout: time.Second}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(s)
	}()
	r.Client, err = New(Config{API: s, Intake: inbound.NewIntake(d, h, r.runner, log, nil), Logger: log, dial: s.dial})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r.cancel = cancel
	go func() {
		err := r.Run(ctx)
		close(s.dials)
		<-served
		r.ended <- err
	}()
	return r
}

// stop ends the client and returns what Run did.
func (r *rig) stop(t *testing.T) error {
	t.Helper()
	r.cancel()
	err := <-r.ended
	r.slack.playing.Wait()
	if left := r.runner.Close(t.Context()); left != nil {
		t.Error(left)
	}
	if n := r.Connected(); n != 0 {
		t.Errorf("%d connections after the end", n)
	}
	if log := r.log.String(); bytes.Contains([]byte(log), []byte("hush")) {
		t.Errorf("the log holds a ticket:\n%s", log)
	}
	return err
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
