package redis_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"offboard/internal/journal"
	"offboard/internal/journal/journaltest"
	"offboard/internal/journal/redis"
	"offboard/internal/journal/redis/redistest"
)

func guarded(g *redistest.Guarded) redis.Options {
	return redis.Options{
		Kind: redis.Sentinel, Addrs: g.Addrs(), Master: redistest.MasterName, Prefix: "p", Strict: true,
	}
}

// eventually appends until it succeeds, as callers do that ask again.
func eventually(t *testing.T, j *redis.Journal, id string) {
	t.Helper()
	var last error
	defer func() {
		if t.Failed() {
			t.Log(last)
		}
	}()
	redistest.Eventually(t, "a write succeeds", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		l, err := j.Load(ctx, id)
		if last = err; err != nil {
			return false
		}
		_, err = j.Append(ctx, sure(id, l.Version()))
		last = err
		if errors.Is(err, journal.ErrLost) {
			t.Fatal(err)
		}
		return err == nil
	})
}

// TestSentinelFailover: what was confirmed outlives the master.
func TestSentinelFailover(t *testing.T) {
	t.Parallel()
	g := redistest.StartGuarded(t)
	j := open(t, guarded(g))
	for v := range 10 {
		put(t, j, sure("log", v))
	}
	g.Master.Kill()
	eventually(t, j, "log")
	if v := version(t, j, "log"); v < 11 {
		t.Errorf("version %d: a confirmed write is lost", v)
	}
	if risks := j.Settings().Risks(); len(risks) > 0 {
		t.Errorf("risks %q", risks)
	}
}

// TestFailoverAfterTheReplicasWereCutOff: the master takes writes that no replica has, and is lost. What must be confirmed is not written
// by then; on what the replica knows nothing is built.
func TestFailoverAfterTheReplicasWereCutOff(t *testing.T) {
	t.Parallel()
	g := redistest.StartGuarded(t)
	j, idle := open(t, guarded(g)), open(t, guarded(g))
	put(t, j, sure("log", 0))

	g.ShutOut(t)
	for v := range 3 {
		put(t, j, record("lost", v))
	}
	refused(t, j, sure("log", 1), journal.ErrNotDurable, "")
	redistest.Eventually(t, "the idle one has seen the writes", func() bool { return idle.Seen() >= 4 })
	g.Master.Kill()
	m := g.Promoted(t)
	for _, j := range []*redis.Journal{j, idle} {
		redistest.Eventually(t, "the loss is noticed", func() bool {
			return strings.Contains(strings.Join(j.Trouble(), ""), "has lost what was recorded")
		})
		lost(t, j, m, "1 writes of at least")
	}
	eventually(t, open(t, guarded(g)), "log") // a new start takes what is there
}

// TestCluster: the contract holds on a Cluster, and a failover keeps what was confirmed.
func TestCluster(t *testing.T) {
	t.Parallel()
	nodes := redistest.StartCluster(t)
	o := redis.Options{Kind: redis.Cluster, Addrs: []string{nodes[1].Addr(), nodes[4].Addr()}, Prefix: "p", Strict: true}
	t.Run("suite", func(t *testing.T) {
		journaltest.Run(t, func(t *testing.T) journal.Journal {
			o := o
			o.Prefix = newPrefix()
			return open(t, o)
		})
	})
	j := open(t, o)
	for v := range 5 {
		put(t, j, sure("log", v))
	}
	for i, m := range nodes[:3] {
		if keys, err := m.Do("EXISTS", "{p}meta"); err == nil && keys == ":1" {
			m.Kill()
			nodes[i+3].Await(t, "role:master", "INFO", "replication")
			if err := m.Restart(); err != nil { // as a replica, without which nothing can be confirmed
				t.Fatal(err)
			}
		}
	}
	eventually(t, j, "log")
	if v := version(t, j, "log"); v < 6 {
		t.Errorf("version %d: a confirmed write is lost", v)
	}
}
