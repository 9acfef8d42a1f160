package embedded_test

import (
	"path/filepath"
	"testing"

	"offboard/internal/journal"
	"offboard/internal/journal/embedded"
	"offboard/internal/journal/journaltest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	journaltest.Run(t, func(t *testing.T) journal.Journal { return open(t, newPath(t)) })
}

func TestReopened(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	journaltest.RunReopened(t, func(t *testing.T) journal.Journal { return open(t, path) })
}

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "offboard.db") }

func open(t testing.TB, path string) *embedded.Journal {
	t.Helper()
	j, err := embedded.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}
