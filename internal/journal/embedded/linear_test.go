package embedded_test

import (
	"os"
	"os/exec"
	"testing"

	"offboard/internal/journal"
	"offboard/internal/journal/embedded"
	"offboard/internal/journal/lineartest"
)

// taskVar says to a child what its part of a crowd is.
const taskVar = "OFFBOARD_JOURNAL_TEST_TASK"

func beCrowd(path, task string) error {
	return lineartest.Work(task, func() (journal.Journal, error) { return embedded.Open(path) }, os.Stdout)
}

func crowd(t *testing.T) lineartest.Engine {
	path := newPath(t)
	return lineartest.Engine{
		Children: 1,
		Child: func(t *testing.T, task string) *exec.Cmd {
			c := child(t, "crowd", path)
			c.Env = append(c.Env, taskVar+"="+task)
			return c
		},
		Open: func() (journal.Journal, error) { return embedded.Open(path) },
	}
}

// TestLinearizable: whatever moment the process is killed at, all answers fit into one order.
func TestLinearizable(t *testing.T) { lineartest.Run(t, crowd(t)) }

func TestABrokenJournalIsNotLinearizable(t *testing.T) {
	for _, b := range []lineartest.Broken{lineartest.Hasty, lineartest.Blind} {
		t.Run(string(b), func(t *testing.T) { lineartest.RunBroken(t, crowd(t), b) })
	}
}
