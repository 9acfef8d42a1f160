package redis_test

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"offboard/internal/journal"
	"offboard/internal/journal/lineartest"
	"offboard/internal/journal/redis"
	"offboard/internal/journal/redis/redistest"
)

// The test binary starts itself again as one of the replicas that are killed; these say what to do and where the server is.
const (
	taskVar = "OFFBOARD_JOURNAL_TEST_TASK"
	addrVar = "OFFBOARD_JOURNAL_TEST_ADDR"
)

func beCrowd(addr, task string) error {
	return lineartest.Work(task, func() (journal.Journal, error) { return join(addr) }, os.Stdout)
}

// join opens the journal that the replicas share, when its server is there again.
func join(addr string) (journal.Journal, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		j, err := redis.Open(ctx, redis.Options{Kind: redis.Single, Addrs: []string{addr}, Prefix: "crowd", Strict: true})
		if err == nil {
			return j, nil
		}
		if ctx.Err() != nil {
			return nil, err
		}
	}
}

// crowd is two replicas and their server, any of which is killed.
func crowd(t *testing.T) lineartest.Engine {
	t.Helper()
	s := redistest.Start(t, redistest.Durable()...)
	return lineartest.Engine{
		Children: 2,
		Child: func(t *testing.T, task string) *exec.Cmd {
			t.Helper()
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			c := exec.CommandContext(t.Context(), self)
			c.Env = append(os.Environ(), taskVar+"="+task, addrVar+"="+s.Addr())
			return c
		},
		Open: func() (journal.Journal, error) { return join(s.Addr()) },
		Kill: func(t *testing.T) {
			t.Helper()
			s.Kill()
			if err := s.Restart(); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// TestLinearizable: whatever moment replicas and server are killed at, all answers fit into one order.
func TestLinearizable(t *testing.T) { lineartest.Run(t, crowd(t)) }

func TestABrokenJournalIsNotLinearizable(t *testing.T) {
	for _, b := range []lineartest.Broken{lineartest.Hasty, lineartest.Blind} {
		t.Run(string(b), func(t *testing.T) { lineartest.RunBroken(t, crowd(t), b) })
	}
}
