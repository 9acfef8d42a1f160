package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"offboard/internal/journal/redis/redistest"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// onRedis is a stage whose journal is on a server of its own. The test starts the bot.
func onRedis(t *testing.T, p props, args ...string) (*stage, *redistest.Server) {
	t.Helper()
	p.later = true
	server := redistest.Start(t, args...)
	s := newStage(t, p)
	s.rewrite("journal: file:"+filepath.Join(s.dir, "offboard.db"), "journal: redis://"+server.Addr())
	s.rewrite("listen: 127.0.0.1:0", "listen: 127.0.0.1:0\n  drain: 300ms")
	return s, server
}

// A request's whole life on Redis, over a restart, with the audit read while the bot runs.
func TestRedisLife(t *testing.T) {
	t.Parallel()
	s, _ := onRedis(t, props{}, redistest.Durable()...)
	s.start()
	card := s.ask(town.Dana, "")
	s.stop()
	s.start()
	s.press(town.Bob, card, "approve")
	s.thread(card, "Done")
	s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
	s.onceDone(card.TS)
	code, text := said(t, s.getenv, "audit", "verify", "--config", s.file)
	if code != 0 || !strings.Contains(text, "1 request(s), every chain is whole") {
		t.Errorf("verify ends with %d and says %q", code, text)
	}
	if code, text := said(t, s.getenv, "check", "--config", s.file); code != 0 || !strings.Contains(text, "loses nothing") {
		t.Errorf("check ends with %d and says %q", code, text)
	}
}

// A server that is wiped while the bot runs: nothing is called, readiness says so, and people who ask are told why.
func TestRedisWiped(t *testing.T) {
	t.Parallel()
	s, server := onRedis(t, props{}, redistest.Durable()...)
	s.start()
	s.ask(town.Dana, "")
	server.Must(t, "FLUSHALL")
	s.until("readiness says so", func() bool { return s.readiness() == http.StatusServiceUnavailable })
	if got := s.deliver(commandsPath, s.command(town.Alice, town.Priya.Email)); !strings.Contains(got, "has lost what was recorded") {
		t.Errorf("Alice is told %q", got)
	}
	if n := server.Must(t, "DBSIZE"); n != ":0" {
		t.Errorf("%s keys were written", n)
	}
	s.until("it is logged", func() bool { return len(s.out.entries("the journal cannot record")) == 1 })
}

// A server that cannot record for a while, for whatever reason: readiness says so, people are told that nothing was done, and the bot recovers by
// itself.
func TestRedisInTrouble(t *testing.T) {
	t.Parallel()
	must := func(words ...string) func(*testing.T, *redistest.Server) {
		return func(t *testing.T, r *redistest.Server) { r.Must(t, words...) }
	}
	for name, tc := range map[string]struct {
		spoil, mend func(*testing.T, *redistest.Server)
	}{
		"away": {
			func(_ *testing.T, r *redistest.Server) { r.Kill() },
			func(t *testing.T, r *redistest.Server) {
				if err := r.Restart(); err != nil {
					t.Fatal(err)
				}
			},
		},
		"hanging": {
			func(_ *testing.T, r *redistest.Server) { r.Stop() },
			func(_ *testing.T, r *redistest.Server) { r.Continue() },
		},
		"read-only": {must("REPLICAOF", "127.0.0.1", "1"), must("REPLICAOF", "NO", "ONE")},
		"full":      {must("CONFIG", "SET", "maxmemory", "1mb"), must("CONFIG", "SET", "maxmemory", "0")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, server := onRedis(t, props{}, redistest.Durable()...)
			s.start()
			card := s.ask(town.Dana, "")
			s.until("all is told", func() bool { return len(s.audited(" requested ")) == 1 })
			tc.spoil(t, server)
			s.refusesAll(card)
			s.until("readiness says so", func() bool { return s.readiness() == http.StatusServiceUnavailable })
			tc.mend(t, server)
			s.until("readiness says so", func() bool { return s.readiness() == http.StatusOK })
			s.press(town.Bob, card, "approve")
			s.thread(card, "Done")
			s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
			s.onceDone(card.TS)
		})
	}
}

// refusesAll holds that neither a command nor a click is taken, in Slack's time, and that both people are told.
func (s *stage) refusesAll(card workspace.Message) {
	s.t.Helper()
	const nothing = "Nothing was done"
	began := time.Now()
	if got := s.deliver(commandsPath, s.command(town.Alice, town.Priya.Email)); !strings.Contains(got, nothing) {
		s.t.Errorf("Alice is told %q", got)
	}
	if status, said := s.send(hand{path: interactionsPath, body: interaction(s.click(town.Bob, card, "approve"))}); status < 500 {
		s.t.Errorf("Bob's click is answered with %d %q", status, said)
	}
	if took := time.Since(began); took > 2*3*time.Second {
		s.t.Errorf("two answers took %s", took)
	}
	s.told(town.Bob, nothing)
}

// A server that can lose approvals is refused where the bot writes, and told of where it rehearses.
func TestRedisUnfit(t *testing.T) {
	t.Parallel()
	s, server := onRedis(t, props{}, "--appendonly", "no")
	code, text := said(t, s.getenv, "check", "--config", s.file)
	if code == 0 || !strings.Contains(text, "accept: [no_persistence]") {
		t.Errorf("check ends with %d and says %q", code, text)
	}
	s.wontStart(server.Addr(), "append-only file", "accept: [no_persistence]")
	if n := server.Must(t, "DBSIZE"); n != ":0" {
		t.Errorf("%s keys were written", n)
	}
	s.rewrite("writes: true", "writes: false")
	code, text = said(t, s.getenv, "check", "--config", s.file)
	if code != 0 || !strings.Contains(text, "since its last snapshot") {
		t.Errorf("check of a rehearsal ends with %d and says %q", code, text)
	}
	code, text = said(t, s.getenv, "audit", "verify", "--config", s.file)
	if code == 0 || !strings.Contains(text, "no journal to verify") || server.Must(t, "DBSIZE") != ":0" {
		t.Errorf("verify ends with %d and says %q", code, text)
	}
	s.start()
	s.until("the risk is logged", func() bool { return len(s.out.entries("the journal's server is set to lose")) > 0 })
}

// A server that is not there ends the start; a check says so and finds no fault in the configuration.
func TestRedisNotThere(t *testing.T) {
	t.Parallel()
	s, server := onRedis(t, props{})
	server.Kill()
	s.wontStart(server.Addr(), "cannot be reached")
	code, text := said(t, s.getenv, "check", "--config", s.file)
	if code != 0 || !strings.Contains(text, "could not be looked at") || !strings.Contains(text, "cannot be reached") {
		t.Errorf("check ends with %d and says %q", code, text)
	}
}

// A journal goes from a file to Redis and back, in the middle of a request's life, and the bot goes on with it.
func TestJournalCopy(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Durable()...)
	s := newStage(t, props{edit: []string{"approvals: 1", "approvals: 2"}})
	card := s.ask(town.Dana, "")
	s.press(town.Bob, card, "approve")
	s.thread(card, "1 of 2")
	other := filepath.Join(s.dir, "redis.yaml")
	file := "journal: file:" + filepath.Join(s.dir, "offboard.db")
	s.variant(other, file, "journal: redis://"+server.Addr())
	s.copies(s.file, other, "has it open")
	s.stop()
	s.copies(s.file, other, "")
	s.copies(s.file, other, "is not empty")
	back := filepath.Join(s.dir, "back.yaml")
	s.variant(back, file, "journal: file:"+filepath.Join(s.dir, "back.db"))
	s.copies(other, back, "")

	for _, file := range []string{other, back} {
		code, text := said(t, s.getenv, "audit", "verify", "--config", file)
		if code != 0 || !strings.Contains(text, "1 request(s), every chain is whole") {
			t.Errorf("verify of %s ends with %d and says %q", file, code, text)
		}
	}
	key := server.Must(t, "KEYS", "{offboard}rec/*")
	record := server.Must(t, "LINDEX", key, "0")
	server.Must(t, "LSET", key, "0", strings.Replace(record, town.Dana.Email, "x"+town.Dana.Email, 1))
	worse := filepath.Join(s.dir, "worse.yaml")
	s.variant(worse, file, "journal: file:"+filepath.Join(s.dir, "worse.db"))
	s.copies(other, worse, "was changed after it was written")

	s.file = back
	s.start()
	s.deliver(commandsPath, s.command(town.Alice, town.Dana.Email))
	s.told(town.Alice, "OFF-1") // still reserved
	s.press(town.Carol, card, "approve")
	s.thread(card, "Done")
	s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
	s.stop()
	s.onceDoneBy(card.TS, 2)
}

// variant writes another configuration file beside the stage's.
func (s *stage) variant(file, old, now string) {
	s.t.Helper()
	yaml, err := os.ReadFile(s.file)
	if err != nil || !strings.Contains(string(yaml), old) {
		s.t.Fatalf("the configuration has no %q (%v)", old, err)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(yaml), old, now)), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// copies copies a journal and expects a fault in these words; none: that it succeeds.
func (s *stage) copies(from, to, fault string) {
	s.t.Helper()
	code, text := said(s.t, s.getenv, "journal", "copy", "--from", from, "--to", to)
	if (code == 0) != (fault == "") || !strings.Contains(text, fault) || fault == "" && !strings.Contains(text, "1 request(s) copied") {
		s.t.Errorf("copy ends with %d and says %q; want %q", code, text, fault)
	}
}
