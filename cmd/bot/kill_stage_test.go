package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// childVar in its environment makes this test binary the bot.
const childVar = "OFFBOARD_TEST_CHILD"

// childMain is the bot's main and does not return, when a kill test has started this process as its bot.
func childMain() {
	switch os.Getenv(childVar) {
	case "":
	case faultChild:
		faultMain()
	default:
		main()
	}
}

// killStage is a town, and a bot in a process of its own that can be killed at any instant.
type killStage struct {
	t    *testing.T
	ctx  context.Context //nolint:containedctx // the test's own
	town *town.Town
	dir  string
	env  []string
	base string // of the bot's own listener, the same for every process
	bot  *process

	lives atomic.Int32 // that have ended

	patient time.Duration // after how long people type again while nobody is known to have died
	hurried bool          // an outcome that is told as unknown is end enough: until it is read back may take most of a minute

	mu     sync.Mutex
	clicks []clicked
}

// clicked is a click that was acknowledged.
type clicked struct {
	by, button string
	account    string // id
	at         time.Time
}

// turnedAway is after how long people take it that a living bot has not taken in what they typed.
const turnedAway = 20 * time.Second

// killPatience is how long a whole kill test may take.
const killPatience = 5 * time.Minute

func newKillStage(t *testing.T, r *rand.Rand, socket bool) *killStage {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), killPatience)
	t.Cleanup(cancel)
	tw, err := town.Open(ctx, "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := &killStage{t: t, ctx: ctx, town: tw, dir: t.TempDir(), patient: turnedAway}
	t.Cleanup(s.close)
	tw.Slack.Switch(workspace.Switches{NoRateLimits: true})
	listen := quietPort(t, r)
	s.base = "http://" + listen
	yaml, secrets := tw.Config(town.Settings{Journal: filepath.Join(s.dir, "offboard.db"), Listen: listen, HTTP: !socket, Writes: true})
	if !socket {
		tw.Slack.UseHTTP(endpoints(listen))
	}
	s.env = append(os.Environ(), childVar+"=1")
	for name, value := range secrets {
		s.env = append(s.env, name+"="+value)
	}
	if err := os.WriteFile(s.path("offboard.yaml"), []byte(killConfig(t, yaml)), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// quietPort is a loopback address that nobody listens on, outside the range from which the system gives free ports to others.
func quietPort(t *testing.T, r *rand.Rand) string {
	t.Helper()
	for range 100 {
		addr := "127.0.0.1:" + strconv.Itoa(20000+r.IntN(12000))
		if l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr); err == nil {
			_ = l.Close()
			return addr
		}
	}
	t.Fatal("no port is free")
	return ""
}

var aTimeout = regexp.MustCompile(`, timeout: \w+}`)

// killConfig makes calls time out soon, asks for two approvals at Torii, and lets Alice ask as often as she likes.
func killConfig(t *testing.T, yaml string) string {
	t.Helper()
	yaml = aTimeout.ReplaceAllString(yaml, "}")
	for _, change := range [][2]string{
		{"action: delete}", "action: delete, timeout: 1s}"},
		{"action: deactivate}", "action: deactivate, timeout: 1s}"},
		{"delete_api: v1}", "delete_api: v1, timeout: 1s}"},
		{"policies:\n", "policies:\n  - {match: {providers: [torii]}, approvals: 2}\n"},
		{"\nproviders:", "\nlimits: {per_hour: 1000, per_requester_per_day: 1000}\nproviders:"},
	} {
		if !strings.Contains(yaml, change[0]) {
			t.Fatalf("the configuration has no %q", change[0])
		}
		yaml = strings.ReplaceAll(yaml, change[0], change[1])
	}
	return yaml
}

func (s *killStage) path(name string) string { return filepath.Join(s.dir, name) }

func (s *killStage) close() {
	if s.bot != nil {
		s.kill()
	}
	if err := s.town.Close(); err != nil {
		s.t.Error("the town:", err)
	}
	if s.t.Failed() {
		s.t.Logf("the last that the bots wrote:\n%s", s.lastLog())
	}
}

func (s *killStage) lastLog() string {
	raw, err := os.ReadFile(s.path("log"))
	if err != nil {
		return err.Error()
	}
	const most = 12000
	return string(raw[max(0, len(raw)-most):])
}

// process is one life of the bot.
type process struct {
	cmd   *exec.Cmd
	ended chan error
}

// start starts the bot's next life. It does not wait until it is ready.
func (s *killStage) start() {
	s.t.Helper()
	log, err := os.OpenFile(s.path("log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	exe, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(exe, "serve", "--config", s.path("offboard.yaml"))
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env, log, log
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.bot = &process{cmd: cmd, ended: make(chan error, 1)}
	go func(p *process) { p.ended <- p.cmd.Wait() }(s.bot)
}

// kill ends the bot as a power cut does. A bot that has ended by itself is a fault.
func (s *killStage) kill() {
	s.t.Helper()
	select {
	case err := <-s.bot.ended:
		s.t.Errorf("the bot ended by itself: %v", err)
	default:
		_ = s.bot.cmd.Process.Kill() // it may end this very moment
		if err := <-s.bot.ended; err == nil {
			s.t.Error("the bot ended by itself")
		}
	}
	s.bot = nil
	s.lives.Add(1)
}

// stop stops the bot as an operator does. It must end well.
func (s *killStage) stop() {
	s.t.Helper()
	if err := s.bot.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case err := <-s.bot.ended:
		if err != nil {
			s.t.Errorf("the bot was stopped and ended with: %v", err)
		}
		s.bot = nil
		s.lives.Add(1)
	case <-s.ctx.Done():
		s.t.Fatal("the bot does not stop")
	}
}

// ready waits until the bot takes requests in, or has ended by itself, which kill and stop then notice.
func (s *killStage) ready() {
	s.t.Helper()
	s.until("the bot is ready", func() bool { return s.isReady() || len(s.bot.ended) > 0 })
}

func (s *killStage) isReady() bool { return ready(s.ctx, s.base) }

// ready reports whether a bot at base says that it takes requests in.
func ready(ctx context.Context, base string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	res, err := client.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// until looks again and again whether something has come true: the bot is another process.
func (s *killStage) until(what string, ok func() bool) {
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

// pass lets time pass, or until ok holds.
func (s *killStage) pass(d time.Duration, ok func() bool) {
	end := time.NewTimer(d)
	defer end.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-end.C:
			return
		case <-s.ctx.Done():
			return
		}
	}
}

func never() bool { return false }

// killAtRandom starts the bot and kills it again that many times, and leaves it alive. One kill in three comes right after a call has
// reached a provider; one in eight does not wait until the bot is ready. Between kills the bot is sometimes stopped as operators do.
func (s *killStage) killAtRandom(r *rand.Rand, times int) {
	s.t.Helper()
	for range times {
		s.start()
		if r.IntN(8) > 0 {
			s.ready()
		}
		before, inCall := s.writes(), r.IntN(3) == 0
		s.pass(time.Duration(r.IntN(900))*time.Millisecond, func() bool { return inCall && s.writes() > before })
		s.pass(time.Duration(r.IntN(60))*time.Millisecond, never)
		s.kill()
		if r.IntN(6) == 0 {
			s.start()
			s.ready()
			s.pass(time.Duration(r.IntN(900))*time.Millisecond, never)
			s.stop()
		}
	}
	s.start()
	s.ready()
}

// writes is how many destructive calls have reached the providers.
func (s *killStage) writes() int {
	n := 0
	for _, calls := range [][]fault.Call{s.town.ECGrid.Calls(), s.town.ZITADEL.Calls(), s.town.Torii.Calls()} {
		for _, c := range calls {
			if c.Write {
				n++
			}
		}
	}
	return n
}

// press clicks until a click is acknowledged, as people do: each time with a new trigger id. A button that has gone cannot be clicked.
func (s *killStage) press(by string, l leaver, button string) {
	for s.ctx.Err() == nil {
		card, ok := s.cardOf(l)
		if !ok {
			return
		}
		ack, err := s.town.Slack.Click(s.ctx, by, card.Channel, card.TS, button)
		if err != nil {
			return
		}
		if ack.Error == "" && !s.unclear(by, ack.TS) {
			s.note(clicked{by: by, button: button, account: l.id, at: time.Now()})
			return
		}
		s.pass(100*time.Millisecond, never)
	}
}

// unclear reports whether somebody was told since then that a click of theirs did not count, because Slack did not say who they are.
func (s *killStage) unclear(by, since string) bool {
	return slices.ContainsFunc(s.town.Slack.Ephemerals(by), func(e workspace.Ephemeral) bool {
		return e.TS > since && strings.HasPrefix(e.Text, "The bot cannot check who you are")
	})
}

func (s *killStage) note(c clicked) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clicks = append(s.clicks, c)
}

// ask types the request until its card is there. A look-up that was acknowledged dies with its process, and then people ask again. While the
// process lives they wait: it may still be looking up.
func (s *killStage) ask(l leaver) error {
	line := fmt.Sprintf("%s provider:%s reason:last day was Friday", l.email, l.provider)
	for s.ctx.Err() == nil {
		life := s.lives.Load()
		ack, err := s.town.Slack.Command(s.ctx, town.Alice, town.General, "/offboard", line)
		if err != nil {
			return err
		}
		if ack.Error != "" && ack.Error != workspace.TimedOut { // nobody took it in
			s.pass(100*time.Millisecond, never)
			continue
		}
		shown := false
		s.pass(s.patient, func() bool { _, shown = s.cardOf(l); return shown || s.lives.Load() != life })
		if shown {
			return nil
		}
	}
	return errors.New("no card for " + l.email)
}

// cardOf is the card of somebody's account.
func (s *killStage) cardOf(l leaver) (workspace.Message, bool) {
	for _, m := range s.town.Slack.Messages(town.Approvals) {
		if strings.Contains(m.Text, l.id) {
			return m, true
		}
	}
	return workspace.Message{}, false
}
