package redis_test

import (
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/journal"
	"offboard/internal/journal/redis"
	"offboard/internal/journal/redis/redistest"
)

// lost expects that the journal has noticed a loss and writes nothing any more.
func lost(t *testing.T, j *redis.Journal, s *redistest.Server, words string) {
	t.Helper()
	before := s.Must(t, "DBSIZE")
	refused(t, j, record("log", 0), journal.ErrLost, words)
	refused(t, j, sure("new", 0), journal.ErrLost, words)
	if err := j.Remember(t.Context(), []string{"d"}, time.Now(), time.Hour); err == nil {
		t.Error("a delivery was remembered")
	}
	if c, err := j.Claim(t.Context(), time.Now(), time.Minute, 9); err == nil {
		t.Errorf("claimed %v", c)
	}
	if after := s.Must(t, "DBSIZE"); after != before {
		t.Errorf("%s keys before, %s after", before, after)
	}
	awaitTrouble(t, j, "has lost what was recorded")
}

func TestWiped(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Durable()...)
	j, idle := open(t, strict(s, "p")), open(t, strict(s, "p"))
	put(t, j, sure("log", 0))
	s.Must(t, "FLUSHALL")
	lost(t, j, s, "it is empty")
	lost(t, idle, s, "it is empty")

	again := open(t, strict(s, "p")) // a new start takes what is there
	put(t, again, sure("log", 0))
	lost(t, j, s, "it is empty")
}

// TestLossIsLogged: once, also where a write finds it and not an inspection.
func TestLossIsLogged(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Durable()...)
	o := strict(s, "p")
	var out lines
	o.Logger = slog.New(slog.NewTextHandler(&out, nil))
	j := open(t, o)
	s.Must(t, "FLUSHALL")
	refused(t, j, record("log", 0), journal.ErrLost, "it is empty")
	redistest.Eventually(t, "it is logged", func() bool { return out.count("cannot record") == 1 })
}

// TestClaimFindsTheLoss: whoever only claims finds it too.
func TestClaimFindsTheLoss(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Durable()...)
	j := open(t, strict(s, "p"))
	s.Must(t, "FLUSHALL")
	if c, err := j.Claim(t.Context(), time.Now(), time.Minute, 9); !errors.Is(err, journal.ErrLost) {
		t.Errorf("claimed %v, %v", c, err)
	}
	if all := j.Trouble(); len(all) != 1 || !strings.Contains(all[0], "has lost") {
		t.Errorf("trouble %q", all)
	}
}

// lines is a log that tests can read.
type lines struct {
	mu  sync.Mutex
	out strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(b)
}

func (l *lines) count(words string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.out.String(), words)
}

func TestAnotherStore(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Durable()...)
	j := open(t, strict(s, "p"))
	put(t, j, sure("log", 0))
	s.Must(t, "FLUSHALL")
	s.Must(t, "HSET", "{p}meta", "format", "offboard journal 1", "install", "another", "number", "7", "writes", "99")
	lost(t, j, s, "it holds another journal")
}

// TestRolledBack: a server that comes back with older files.
func TestRolledBack(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Durable()...)
	j, idle := open(t, strict(s, "p")), open(t, strict(s, "p"))
	put(t, j, sure("log", 0))
	older := s.CopyData(t)
	put(t, j, sure("log", 1))
	put(t, j, sure("log", 2))
	redistest.Eventually(t, "the idle one sees three writes", func() bool { return idle.Seen() == 3 })

	s.Kill()
	s.ReplaceData(t, older)
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	lost(t, j, s, "1 writes of at least 3")
	lost(t, idle, s, "1 writes of at least 3")
	put(t, open(t, strict(s, "p")), sure("log", 1))
}

// TestRolledBackAndWrittenTo: others have written to the older state, more than was lost, before this process sees it.
func TestRolledBackAndWrittenTo(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Durable()...)
	p := redistest.NewProxy(t, s)
	j := open(t, via(p, strict(s, "p")))
	put(t, j, sure("log", 0))
	older := s.CopyData(t)
	put(t, j, sure("log", 1))
	p.Lose("", 1<<30, nil)

	s.Kill()
	s.ReplaceData(t, older)
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	other := open(t, strict(s, "p"))
	for v := range 5 {
		put(t, other, sure("other", v))
	}
	p.Lose("", 0, nil)
	lost(t, j, s, "other writes than it has acknowledged")
	put(t, other, sure("other", 5))
}

// TestKilled: a durable server that is killed and started again has lost nothing, and nothing says so.
func TestKilled(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Durable()...)
	j := open(t, strict(s, "p"))
	for v := range 20 {
		put(t, j, sure("log", v))
	}
	s.Kill()
	awaitTrouble(t, j, "cannot be asked")
	refused(t, j, sure("log", 20), nil, "")
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	awaitTrouble(t, j, "")
	wantVersion(t, j, "log", 20)
	put(t, j, sure("log", 20))
}
