package embedded_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"

	"offboard/internal/journal/journaltest"
)

var ratios = flag.Bool("ratios", false, "measure, and print ratios")

// TestRatios compares an append with the disk's own price for as many bytes, and many callers with one.
func TestRatios(t *testing.T) {
	if !*ratios {
		t.Skip("make bench runs it")
	}
	f, err := os.Create(newPath(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	bytes, err := json.Marshal(journaltest.Click("log"))
	if err != nil {
		t.Fatal(err)
	}
	raw := journaltest.Rate(t, 1, func(int64) error {
		if _, err := f.Write(bytes); err != nil {
			return err
		}
		return f.Sync()
	})
	rate := func(callers int) float64 {
		j := open(t, newPath(t))
		return journaltest.Rate(t, callers, func(n int64) error {
			_, err := j.Append(t.Context(), journaltest.Click(fmt.Sprint("log-", n)))
			return err
		})
	}
	one := rate(1)
	journaltest.Ratio("embedded append / raw append + fsync, 1 caller", ">= 0.5", one/raw)
	journaltest.Ratio("embedded append, 64 callers / 1 caller", ">= 5", rate(64)/one)
}
