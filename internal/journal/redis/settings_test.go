package redis_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"offboard/internal/journal"
	"offboard/internal/journal/redis"
	"offboard/internal/journal/redis/redistest"
	"offboard/internal/secret"
)

func newer(t *testing.T, s *redistest.Server) bool {
	t.Helper()
	return !strings.Contains(s.Must(t, "INFO", "server"), "redis_version:7.0.")
}

// TestUnfit: what a server must not be set to where the bot writes, what accepts it, and what is then told.
func TestUnfit(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args   []string
		accept redis.Accept
		fault  string
		risk   string
	}{
		"no file": {
			args: []string{"--appendonly", "no"}, accept: redis.NoPersistence,
			fault: "appendonly yes, or accept: [no_persistence]", risk: "keeps no append-only file",
		},
		"eviction": {
			args:   append(redistest.Durable(), "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"),
			accept: redis.Eviction, fault: "noeviction, or accept: [eviction]", risk: "throws keys away",
		},
		"eviction of keys with a time to live": {
			args: append(redistest.Durable(), "--maxmemory", "100mb", "--maxmemory-policy", "volatile-lru"),
		},
		"a flush each second": {
			args:  []string{"--appendonly", "yes", "--appendfsync", "everysec"},
			fault: "appendfsync is everysec", risk: "up to two seconds of approvals; the bot will ask again, it will not act twice",
		},
		"no flush while the file is rewritten": {
			args:  append(redistest.Durable(), "--no-appendfsync-on-rewrite", "yes"),
			fault: "no-appendfsync-on-rewrite", risk: "no-appendfsync-on-rewrite no",
		},
		"settings that are not told": {
			args:  append(redistest.Durable(), "--rename-command", "CONFIG", ""),
			fault: "does not tell its settings", risk: "does not tell how often",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t, tc.args...)
			o := strict(s, "p")
			if tc.accept == "" && newer(t, s) {
				tc.fault = "" // WAITAOF confirms it
			}
			fails(t, o, tc.fault)
			rehearsal := o
			rehearsal.Strict = false
			risky(t, rehearsal, tc.risk)
			if tc.accept != "" {
				o.Accept = []redis.Accept{tc.accept}
				risky(t, o, tc.risk)
			}
		})
	}
}

// fails expects Open to fail in these words; none: to succeed.
func fails(t *testing.T, o redis.Options, words string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if words == "" {
		put(t, open(t, o), sure("fit", 0))
		return
	}
	j, err := redis.Open(ctx, o)
	if err == nil {
		_ = j.Close()
		t.Fatalf("opened; want %q", words)
	}
	if !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), o.Addrs[0]) {
		t.Errorf("error %q, want %q and the address", err, words)
	}
}

// risky expects the risk to be told, and a write to be confirmed all the same.
func risky(t *testing.T, o redis.Options, words string) {
	t.Helper()
	j := open(t, o)
	defer func() { _ = j.Close() }()
	put(t, j, sure("log", version(t, j, "log")))
	info, err := j.Info(t.Context())
	if all := strings.Join(info.Risks, " "); err != nil || !strings.Contains(all, words) || words == "" && all != "" {
		t.Errorf("risks %q, %v; want %q", info.Risks, err, words)
	}
}

// TestBecomesUnfit: settings that change while the bot runs.
func TestBecomesUnfit(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Durable()...)
	j := open(t, strict(s, "p"))
	put(t, j, sure("log", 0))
	s.Must(t, "CONFIG", "SET", "maxmemory", "100mb")
	s.Must(t, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
	awaitTrouble(t, j, "throws keys away")
	refused(t, j, sure("log", 1), journal.ErrNotDurable, "nothing was written")
	wantVersion(t, j, "log", 1)
	s.Must(t, "CONFIG", "SET", "maxmemory-policy", "noeviction")
	awaitTrouble(t, j, "")
	put(t, j, sure("log", 1))
}

// TestFull: a server without memory refuses before anything is written, and the bot recovers by itself.
func TestFull(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Durable()...)
	j := open(t, strict(s, "p"))
	put(t, j, sure("log", 0))
	s.Must(t, "CONFIG", "SET", "maxmemory", "1")
	w := sure("log", 1)
	w.Reserve = []journal.Reservation{{Key: "k"}}
	refused(t, j, w, nil, "memory is full")
	awaitTrouble(t, j, "memory of Redis is full")
	wantVersion(t, j, "log", 1)
	if id, err := j.Holder(t.Context(), "k"); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("reserved by %s, %v", id, err)
	}
	s.Must(t, "CONFIG", "SET", "maxmemory", "0")
	awaitTrouble(t, j, "")
	put(t, j, w)
}

// TestDemoted: a server that becomes a replica while the bot runs.
func TestDemoted(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Durable()...)
	j := open(t, strict(s, "p"))
	put(t, j, sure("log", 0))
	s.Must(t, "REPLICAOF", "127.0.0.1", "1")
	refused(t, j, sure("log", 1), nil, "read-only replica")
	fails(t, strict(s, "p"), "it is a replica")
	s.Must(t, "REPLICAOF", "NO", "ONE")
	awaitTrouble(t, j, "")
	put(t, j, sure("log", 1))
}

func TestWrongServer(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	at := func(addr string) redis.Options {
		return redis.Options{Kind: redis.Single, Addrs: []string{addr}, Prefix: "p", Strict: true}
	}
	fails(t, at(strings.TrimPrefix(web.URL, "http://")), "does not answer as Redis does")

	var lc net.ListenConfig
	mute, err := lc.Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fails(t, at(mute.Addr().String()), "it does not answer")
	_ = mute.Close()
	fails(t, at(mute.Addr().String()), "it cannot be reached")

	o := strict(shared, newPrefix())
	o.TLS = true
	fails(t, o, "it does not answer")
	o = strict(shared, newPrefix())
	o.Kind = redis.Cluster
	fails(t, o, "write the address as redis://")
}

func TestPassword(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, append(redistest.Durable(), "--requirepass", "right")...)
	o := strict(s, "p")
	fails(t, o, "asks for a password")
	o.Password = secret.New("hunter2")
	fails(t, o, "refuses the user name or the password")
	if _, err := redis.Open(t.Context(), o); strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the password is told: %v", err)
	}
	o.Password = secret.New("right")
	put(t, open(t, o), sure("log", 0))
}

// TestLeastRights: what the README says a user needs is enough.
func TestLeastRights(t *testing.T) {
	t.Parallel()
	rights := strings.Fields("~{offboard}* resetchannels +@read +@write +@scripting +@connection +info +time +wait")
	user := func(more ...string) []string {
		args := append(redistest.Durable(), "--user", "bot", "on", ">word")
		return append(append(args, rights...), more...)
	}
	s := redistest.Start(t, user("+config|get")...)
	o := strict(s, "offboard")
	o.Username, o.Password = "bot", secret.New("word")
	follower(t, s)
	put(t, open(t, o), sure("log", 0))

	s = redistest.Start(t, user()...)
	o.Addrs = []string{s.Addr()}
	if !newer(t, s) {
		fails(t, o, "does not tell its settings")
	}
	o.Prefix = "elsewhere"
	o.Strict = false
	fails(t, o, "does not let this user")
}

// TestVersions: a server that is too old, and one that has WAITAOF, which the tests' own may not have: its answers are changed on the way.
func TestVersions(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, "--appendonly", "yes", "--appendfsync", "everysec")
	version := regexp.MustCompile(`redis_version:\d+\.\d+\.`)
	p := redistest.NewProxy(t, s)
	o := via(p, strict(s, "p"))
	as := func(major string, waited string) {
		p.Rewrite(func(answer []byte) []byte {
			answer = version.ReplaceAll(answer, []byte("redis_version:"+major+"."))
			return regexp.MustCompile(`-ERR unknown command '[wW][aA][^\r]*\r\n`).ReplaceAll(answer, []byte(waited))
		})
	}
	as("6.0", "")
	fails(t, o, "6.2 or newer is needed")
	as("x.y", "")
	fails(t, o, "6.2 or newer is needed")
	if newer(t, s) {
		return // has WAITAOF itself, which other tests use
	}
	as("7.2", "*2\r\n:1\r\n:0\r\n")
	j := open(t, o)
	put(t, j, sure("log", 0))
	as("7.2", "*2\r\n:0\r\n:0\r\n")
	refused(t, j, sure("log", 1), journal.ErrNotDurable, "disk did not have it")
	as("7.2", "-ERR unknown command 'waitaof'\r\n")
	refused(t, j, sure("log", 2), journal.ErrNotDurable, "unknown command")
	put(t, j, record("log", 3))
}

// TestForeign: keys of somebody else are left as they are.
func TestForeign(t *testing.T) {
	t.Parallel()
	for name, command := range map[string][]string{
		"a text":         {"SET", "meta", "x"},
		"another kind":   {"SADD", "due", "x"},
		"another format": {"HSET", "meta", "format", "offboard journal 2", "install", "x"},
		"a table alone":  {"HSET", "held", "a", "b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := strict(shared, newPrefix())
			command[1] = "{" + o.Prefix + "}" + command[1]
			shared.Must(t, command...)
			j, err := redis.Open(t.Context(), o)
			if err == nil {
				_ = j.Close()
			}
			if !errors.Is(err, journal.ErrForeign) {
				t.Errorf("error %v", err)
			}
			if n := shared.Must(t, "EXISTS", "{"+o.Prefix+"}meta", "{"+o.Prefix+"}due", "{"+o.Prefix+"}held"); n != ":1" {
				t.Errorf("%s keys are there now", n)
			}
		})
	}
}
