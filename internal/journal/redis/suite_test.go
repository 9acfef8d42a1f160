package redis_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/journal"
	"offboard/internal/journal/journaltest"
	"offboard/internal/journal/redis"
	"offboard/internal/journal/redis/redistest"
)

// shared is a durable server that the tests which harm no server use together, each under its own prefix.
var shared *redistest.Server

func TestMain(m *testing.M) {
	if task := os.Getenv(taskVar); task != "" {
		fmt.Fprintln(os.Stderr, beCrowd(os.Getenv(addrVar), task))
		os.Exit(1)
	}
	flag.Parse()
	if flag.Lookup("test.fuzz").Value.String() != "" {
		os.Exit(m.Run()) // needs no server, and one would hold on to the pipes between the fuzzing processes
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "redis")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if shared, err = redistest.Run(dir, redistest.Durable()...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer shared.Kill()
	return m.Run()
}

func TestContract(t *testing.T) {
	t.Parallel()
	journaltest.Run(t, func(t *testing.T) journal.Journal { return open(t, strict(shared, newPrefix())) })
}

func TestReopened(t *testing.T) {
	t.Parallel()
	o := strict(shared, newPrefix())
	journaltest.RunReopened(t, func(t *testing.T) journal.Journal { return open(t, o) })
}

var prefixes atomic.Int64

func newPrefix() string { return fmt.Sprintf("test-%d", prefixes.Add(1)) }

// strict are the options of a bot that writes.
func strict(s *redistest.Server, prefix string) redis.Options {
	return redis.Options{Kind: redis.Single, Addrs: []string{s.Addr()}, Prefix: prefix, Strict: true}
}

func open(t testing.TB, o redis.Options) *redis.Journal {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	j, err := redis.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}
