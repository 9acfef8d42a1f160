package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// patience is how long a test waits for anything at all.
const patience = 90 * time.Second

// props vary a stage. The zero value is HTTP with writes on, started.
type props struct {
	socket    bool
	rehearsal bool
	listen    string                               // empty: a free port, known once the bot is ready
	edit      []string                             // pairs: what stands in the configuration file, and what shall
	before    func(*town.Town)                     // changes the town before the bot starts
	between   func(next http.Handler) http.Handler // stands between the bot and Slack
	patience  time.Duration                        // 0: that of every test
	later     bool                                 // the test starts the bot itself
}

// stage is a town and the real bot that serves it, started as the command line does.
type stage struct {
	t     *testing.T
	ctx   context.Context //nolint:containedctx // the test's own
	town  *town.Town
	slack *workspace.Workspace
	dir   string
	file  string
	env   map[string]string
	out   *tape
	base  string // of the bot's own listener, once it is ready

	halt context.CancelFunc
	code chan int
}

func newStage(t *testing.T, p props) *stage {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), cmp.Or(p.patience, patience))
	t.Cleanup(cancel)
	tw, err := town.Open(ctx, "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, ctx: ctx, town: tw, slack: tw.Slack, dir: t.TempDir(), out: &tape{}}
	t.Cleanup(s.close)
	if p.before != nil {
		p.before(tw)
	}
	yaml, env := tw.Config(town.Settings{
		Journal: filepath.Join(s.dir, "offboard.db"), Listen: p.listen, HTTP: !p.socket, Writes: !p.rehearsal,
	})
	s.env = env
	if p.between != nil {
		yaml = strings.ReplaceAll(yaml, tw.Slack.APIURL(), s.between(p.between))
	}
	for i := 0; i+1 < len(p.edit); i += 2 {
		if !strings.Contains(yaml, p.edit[i]) {
			t.Fatalf("the configuration has no %q", p.edit[i])
		}
		yaml = strings.ReplaceAll(yaml, p.edit[i], p.edit[i+1])
	}
	s.file = filepath.Join(s.dir, "offboard.yaml")
	if err := os.WriteFile(s.file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	if !p.later {
		s.start()
	}
	return s
}

// rewrite changes the configuration file of a bot that is stopped.
func (s *stage) rewrite(old, now string) {
	s.t.Helper()
	yaml, err := os.ReadFile(s.file)
	if err != nil || !strings.Contains(string(yaml), old) {
		s.t.Fatalf("the configuration has no %q (%v)", old, err)
	}
	if err := os.WriteFile(s.file, []byte(strings.ReplaceAll(string(yaml), old, now)), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// between puts a handler in front of Slack's Web API and returns its address.
func (s *stage) between(make func(next http.Handler) http.Handler) string {
	h := httptest.NewServer(make(s.slack))
	s.t.Cleanup(h.Close)
	return h.URL + "/api/"
}

func (s *stage) close() {
	s.stop()
	if err := s.town.Close(); err != nil {
		s.t.Error("the town:", err)
	}
	if s.t.Failed() {
		s.t.Logf("what the bot wrote:\n%s", s.out.text())
	}
}

func (s *stage) getenv(name string) string { return s.env[name] }

// launch starts the bot and does not wait until it is ready.
func (s *stage) launch() {
	ctx, halt := context.WithCancel(context.Background())
	s.halt, s.code = halt, make(chan int, 1)
	go func() { s.code <- run(ctx, []string{"serve", "--config", s.file}, s.getenv, s.out, s.out) }()
}

// start starts the bot and waits until it says that it is ready, and where.
func (s *stage) start() {
	s.t.Helper()
	before := len(s.out.entries("ready"))
	s.launch()
	s.ready(before)
}

func (s *stage) ready(before int) {
	s.t.Helper()
	s.until("the bot is ready", func() bool {
		select {
		case code := <-s.code:
			s.code <- code
			s.t.Fatalf("the bot ended with %d and was never ready", code)
		default:
		}
		return len(s.out.entries("ready")) > before
	})
	listen, _ := s.out.entries("ready")[before]["listen"].(string)
	s.base = "http://" + listen
}

// stop stops the bot as SIGTERM does. Everything it had begun has come to its end afterwards.
func (s *stage) stop() int {
	if s.halt == nil {
		return 0
	}
	s.halt()
	s.halt = nil
	select {
	case code := <-s.code:
		return code
	case <-time.After(patience):
		s.t.Error("the bot does not stop")
		return -1
	}
}

// ended waits until the bot has ended by itself, and returns its exit code.
func (s *stage) ended() int {
	s.t.Helper()
	select {
	case code := <-s.code:
		s.halt()
		s.halt = nil
		return code
	case <-s.ctx.Done():
		s.t.Fatal("the bot goes on")
		return -1
	}
}

// until looks again and again whether something has come true. The bot is a black box, so there is nothing to wait on but what it shows.
func (s *stage) until(what string, ok func() bool) {
	s.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-s.ctx.Done():
			s.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// requests returns what is in the journal of a bot that was stopped: one line for each request. Every chain must be whole.
func (s *stage) requests() []string {
	s.t.Helper()
	var out bytes.Buffer
	if code := run(s.ctx, []string{"audit", "verify", "--config", s.file}, s.getenv, &out, &out); code != 0 {
		s.t.Fatalf("audit verify ended with %d: %s", code, out.String())
	}
	var lines []string
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "OFF-") {
			lines = append(lines, line)
		}
	}
	return lines
}

// tape keeps everything that the process wrote.
type tape struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *tape) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *tape) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// entries are the log lines with a message.
func (t *tape) entries(msg string) []map[string]any {
	var out []map[string]any
	for line := range strings.Lines(t.text()) {
		var e map[string]any
		if json.Unmarshal([]byte(line), &e) == nil && e["msg"] == msg {
			out = append(out, e)
		}
	}
	return out
}
