package journaltest

import (
	"context"
	"crypto/rand"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/journal"
)

// Clicks are open requests of a journal, and what clicks on them write.
type Clicks struct {
	journal journal.Journal
	confirm bool
	logs    []journal.Log
}

// openRequests is how many requests the clicks go to. It is divided by every number of callers that is measured.
const openRequests = 1024

// NewClicks begins the requests. With confirm each click asks to be confirmed, as a decision does.
func NewClicks(t *testing.T, j journal.Journal, confirm bool) *Clicks {
	t.Helper()
	c := &Clicks{journal: j, confirm: confirm, logs: make([]journal.Log, openRequests)}
	const callers = 64
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			for n := range openRequests / callers {
				c.logs[caller+n*callers].ID = rand.Text()
				if err := c.Click(t.Context(), callers, caller, n); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return c
}

// Click appends one decision to an open request, which no other of so many callers uses at the same time.
func (c *Clicks) Click(ctx context.Context, callers, caller, n int) error {
	l := &c.logs[(caller+n*callers)%openRequests]
	w := Decision(*l)
	w.Confirm = c.confirm
	if _, err := c.journal.Append(ctx, w); err != nil {
		return err
	}
	l.Records = append(l.Records, w.Records...)
	return nil
}

// Decision is a write as a click on Approve leads to it: one decision, and the two names that its delivery is known by.
func Decision(l journal.Log) journal.Write {
	body := []byte(`{"v":1,"kind":"approved","by":"` + strings.Repeat("x", 300) + `"}`)
	now := time.Now()
	return journal.Write{
		ID: l.ID, Expect: l.Version(), Now: now, Wake: now.Add(time.Hour), Open: true,
		Deliveries: []string{"trigger " + rand.Text(), "body " + rand.Text()}, Keep: time.Hour,
		Records: journal.Seal(l, journal.Draft{Body: body, Chained: true}),
	}
}

// Rate is how often in a second so many callers together can do it, measured for so long. Each caller counts its own calls.
func Rate(t *testing.T, callers int, long time.Duration, do func(caller, n int) error) float64 {
	t.Helper()
	var calls atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	for caller := range callers {
		all.Go(func() {
			for n := 0; time.Since(begun) < long; n++ {
				if err := do(caller, n); err != nil {
					t.Error(err)
					return
				}
				calls.Add(1)
			}
		})
	}
	all.Wait()
	return float64(calls.Load()) / time.Since(begun).Seconds()
}

// Compare is what one rate reaches of each other one. They are measured one right after the other, in short rounds, and the median of the
// rounds counts: what else the machine does meanwhile meets all of them, or one round.
func Compare(rounds int, ours func() float64, others ...func() float64) []float64 {
	ratios := make([][]float64, len(others))
	for range rounds {
		rate := ours()
		for i, other := range others {
			ratios[i] = append(ratios[i], rate/other())
		}
	}
	medians := make([]float64, len(others))
	for i, r := range ratios {
		slices.Sort(r)
		medians[i] = r[len(r)/2]
	}
	return medians
}

// Ratio prints one line of the table.
func Ratio(what, target string, measured float64) {
	fmt.Printf("ratio: %-66s target %-7s measured %.2f\n", what, target, measured)
}

// SayDisk prints a warning where the folder lies in memory: a sync costs nothing there, and the ratios say nothing.
func SayDisk(t *testing.T, dir string) {
	t.Helper()
	kind, err := exec.CommandContext(t.Context(), "stat", "-f", "-c", "%T", dir).Output()
	if err == nil && strings.TrimSpace(string(kind)) == "tmpfs" {
		fmt.Printf("ratio: %s lies in memory (tmpfs), where a sync costs nothing. Set TMPDIR to a folder on a disk.\n", dir)
	}
}
