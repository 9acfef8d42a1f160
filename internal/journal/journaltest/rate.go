package journaltest

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/journal"
)

// Click is a write as large as the one a click leads to. The id is unlike any other.
func Click(id string) journal.Write {
	body := []byte(`{"v":1,"kind":"approved","by":"` + strings.Repeat("x", 300) + `"}`)
	return journal.Write{
		ID: id, Now: day, Wake: day, Open: true, Deliveries: []string{"delivery " + id}, Keep: time.Hour,
		Records: journal.Seal(journal.Log{ID: id}, journal.Draft{Body: body, Chained: true}),
	}
}

// Rate is how often in a second so many callers together can do it, measured for about a second.
func Rate(t *testing.T, callers int, do func(n int64) error) float64 {
	t.Helper()
	var n atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	for range callers {
		all.Go(func() {
			for time.Since(begun) < time.Second {
				if err := do(n.Add(1)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return float64(n.Load()) / time.Since(begun).Seconds()
}

// Ratio prints one line of the table.
func Ratio(what string, target string, measured float64) {
	fmt.Printf("ratio: %-52s target %-7s measured %.2f\n", what, target, measured)
}
