package redis_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"offboard/internal/journal"
	"offboard/internal/journal/redis"
	"offboard/internal/journal/redis/redistest"
)

// TestUnwritten: a write that failed is called unwritten only where nothing of it can be on the server, and wherever that is certain.
func TestUnwritten(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spoil   func(*testing.T, *redistest.Server, *redistest.Proxy, *redis.Journal)
		direct  bool // without a proxy: one that is there without its server takes connections
		certain bool
		version int // of the log in the end; 0: it may have been written
	}{
		"the server is away": {
			spoil: func(t *testing.T, s *redistest.Server, _ *redistest.Proxy, j *redis.Journal) {
				s.Kill()
				awaitTrouble(t, j, "cannot be asked")
			}, direct: true, certain: true, version: 1,
		},
		"its memory is full": {
			spoil: func(t *testing.T, s *redistest.Server, _ *redistest.Proxy, _ *redis.Journal) {
				s.Must(t, "CONFIG", "SET", "maxmemory", "1")
			}, certain: true, version: 1,
		},
		"it is read-only": {
			spoil: func(t *testing.T, s *redistest.Server, _ *redistest.Proxy, _ *redis.Journal) {
				s.Must(t, "REPLICAOF", "127.0.0.1", "1")
			}, certain: true, version: 1,
		},
		"closed": {
			spoil:   func(_ *testing.T, _ *redistest.Server, _ *redistest.Proxy, j *redis.Journal) { _ = j.Close() },
			certain: true, version: 1,
		},
		"its answers are lost": {
			spoil: func(_ *testing.T, _ *redistest.Server, p *redistest.Proxy, _ *redis.Journal) {
				p.Lose("log", 1000, nil)
			},
			version: 2,
		},
		"its answer is lost, and then its memory is full": {
			spoil: func(t *testing.T, s *redistest.Server, p *redistest.Proxy, _ *redis.Journal) {
				p.Lose("log", 1, func() { s.Must(t, "CONFIG", "SET", "maxmemory", "1") })
			}, version: 2,
		},
		"its answer is lost, and then it is away": {
			spoil: func(_ *testing.T, s *redistest.Server, p *redistest.Proxy, _ *redis.Journal) {
				p.Lose("log", 1, s.Kill)
			},
			version: 2,
		},
		"it hangs": {
			spoil: func(_ *testing.T, s *redistest.Server, _ *redistest.Proxy, _ *redis.Journal) { s.Stop() },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t, redistest.Durable()...)
			p := redistest.NewProxy(t, server)
			o := strict(server, "p")
			if !tc.direct {
				o = via(p, o)
			}
			j := open(t, o)
			put(t, j, record("log", 0))
			tc.spoil(t, server, p, j)
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			_, err := j.Append(ctx, record("log", 1))
			if err == nil || journal.Unwritten(err) != tc.certain {
				t.Errorf("unwritten is %t for: %v", journal.Unwritten(err), err)
			}
			p.Lose("", 0, nil)
			server.Continue()
			server.Reconfigured(t, redistest.Durable()...)
			if now := version(t, open(t, strict(server, "p")), "log"); tc.version > 0 && now != tc.version {
				t.Errorf("the log has version %d, not %d", now, tc.version)
			}
		})
	}
}

// TestUnwrittenAtOnce: what is refused before anything is sent.
func TestUnwrittenAtOnce(t *testing.T) {
	t.Parallel()
	j := open(t, strict(shared, newPrefix()))
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Append(over, record("log", 0)); !errors.Is(err, context.Canceled) || !journal.Unwritten(err) {
		t.Errorf("a context that is over: %v", err)
	}
	if err := j.Remember(over, []string{"d"}, time.Now(), time.Hour); !journal.Unwritten(err) {
		t.Errorf("a delivery: %v", err)
	}
}
