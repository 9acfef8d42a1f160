package embedded_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"offboard/internal/journal"
	"offboard/internal/journal/journaltest"
)

var ratios = flag.Bool("ratios", false, "measure, and print ratios")

// round is how long one rate is measured before another is.
const round = 50 * time.Millisecond

// TestRatios compares an append with the disk's own price for as many bytes, and many callers with one.
func TestRatios(t *testing.T) {
	if !*ratios {
		t.Skip("make bench runs it")
	}
	path := newPath(t)
	journaltest.SayDisk(t, filepath.Dir(path))
	clicks := journaltest.NewClicks(t, open(t, path), true)
	rate := func(callers int) func() float64 {
		return func() float64 {
			return journaltest.Rate(t, callers, round, func(caller, n int) error { return clicks.Click(t.Context(), callers, caller, n) })
		}
	}
	one := journaltest.Compare(61, rate(1), rawAppend(t))
	journaltest.Ratio("embedded append / raw append + fsync of as many bytes, 1 caller", ">= 0.5", one[0])
	many := journaltest.Compare(31, rate(64), rate(1))
	journaltest.Ratio("embedded append, 64 callers / 1 caller", ">= 5", many[0])
}

// rawAppend is the rate of appending the same write, as JSON, to the end of a file and syncing it.
func rawAppend(t *testing.T) func() float64 {
	t.Helper()
	f, err := os.OpenFile(newPath(t), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	bytes, err := json.Marshal(journaltest.Decision(journal.Log{ID: "log"}))
	if err != nil {
		t.Fatal(err)
	}
	return func() float64 {
		return journaltest.Rate(t, 1, round, func(int, int) error {
			if _, err := f.Write(bytes); err != nil {
				return err
			}
			return f.Sync()
		})
	}
}
