package redis_test

import (
	"flag"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"offboard/internal/journal"
	"offboard/internal/journal/journaltest"
	"offboard/internal/journal/redis"
	"offboard/internal/journal/redis/redistest"
)

var ratios = flag.Bool("ratios", false, "measure, and print ratios")

// round is how long one of two rates is measured, before the other is; rounds is how often.
const (
	round  = 200 * time.Millisecond
	rounds = 9
)

// TestRatios compares an append with redis-benchmark's scripts on the same server, and counts the scripts of a transition.
func TestRatios(t *testing.T) {
	if !*ratios {
		t.Skip("make bench runs it")
	}
	journaltest.SayDisk(t, t.TempDir())
	for _, fsync := range []string{"always", "everysec", "no"} {
		s := redistest.Start(t, "--appendonly", "yes", "--appendfsync", fsync)
		o := strict(s, "p")
		o.Strict = fsync == "always"
		j := open(t, o)
		clicks := journaltest.NewClicks(t, j, o.Strict)
		for _, callers := range []int{1, 16, 64} {
			compare(t, s, j, clicks, fsync, callers)
		}
		if fsync == "always" {
			roundTrips(t, s, j)
		}
	}
}

// compare holds a click's append against two scripts: one that sets a value as large as the append's whole request, which is the least that
// a script can write, and the append's own, sent by redis-benchmark for a new log each time.
func compare(t *testing.T, s *redistest.Server, j *redis.Journal, clicks *journaltest.Clicks, fsync string, callers int) {
	t.Helper()
	size := 0
	ours := func() float64 {
		before, calls := counted(t, s, "stats", "total_net_input_bytes:"), counted(t, s, "commandstats", "cmdstat_evalsha:calls=")
		rate := journaltest.Rate(t, callers, round, func(caller, n int) error { return clicks.Click(t.Context(), callers, caller, n) })
		size = int((counted(t, s, "stats", "total_net_input_bytes:") - before) / (counted(t, s, "commandstats", "cmdstat_evalsha:calls=") - calls))
		return rate
	}
	sha := s.Must(t, "SCRIPT", "LOAD", "redis.call('SET', KEYS[1], ARGV[1]) return 1")
	least := benchmarked(t, s, callers, func() []string { return []string{sha, "1", "k", strings.Repeat("x", size)} })
	what := fmt.Sprintf("redis append / EVALSHA of %%s, fsync %s, %d callers", fsync, callers)
	target := "-"
	if callers == 16 {
		target = ">= 0.4"
	}
	journaltest.Ratio(fmt.Sprintf(what, "one SET"), target, journaltest.Compare(rounds, ours, least))
	same := benchmarked(t, s, callers, func() []string { return anew(j) })
	journaltest.Ratio(fmt.Sprintf(what, "the same"), "-", journaltest.Compare(rounds, ours, same))
}

// anew is an append that begins a log: redis-benchmark puts another number into each name every time.
func anew(j *redis.Journal) []string {
	w := journaltest.Decision(journal.Log{ID: "an-open-request-__rand_int__"})
	w.Deliveries = []string{"trigger an-interaction-__rand_int__", "body the-sum-of-it-__rand_int__"}
	return j.AppendCall("an-operation-__rand_int__", w)
}

// benchmarked is the rate of redis-benchmark's EVALSHA, measured for about one round.
func benchmarked(t *testing.T, s *redistest.Server, callers int, args func() []string) func() float64 {
	t.Helper()
	requests := 200 * callers
	return func() float64 {
		a := append([]string{
			"-p", strconv.Itoa(s.Port), "-c", strconv.Itoa(callers), "-n", strconv.Itoa(requests), "-r", "1000000000", "--csv", "EVALSHA",
		}, args()...)
		out, err := exec.CommandContext(t.Context(), "redis-benchmark", a...).Output()
		if err != nil {
			t.Fatalf("redis-benchmark, which this needs: %v", err)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		fields := strings.Split(lines[len(lines)-1], `","`)
		rate, err := strconv.ParseFloat(fields[max(0, len(fields)-7)], 64) // behind the command, which may hold anything, and before six latencies
		if err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		requests = int(rate*round.Seconds()) + callers
		return rate
	}
}

// counted is a number in what the server says of itself.
func counted(t *testing.T, s *redistest.Server, section, name string) float64 {
	t.Helper()
	_, after, ok := strings.Cut(s.Must(t, "INFO", section), name)
	if !ok {
		return 0
	}
	n, err := strconv.ParseFloat(after[:strings.IndexAny(after, ",\r\n")], 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// roundTrips counts scripts: an inspection may come between, and is lost in the rounding.
func roundTrips(t *testing.T, s *redistest.Server, j *redis.Journal) {
	t.Helper()
	put(t, j, record("trips", 0))
	const times = 200
	before := counted(t, s, "commandstats", "cmdstat_evalsha:calls=")
	for range times {
		_, err := journal.Update(t.Context(), j, "trips", func(l journal.Log) (journal.Write, error) { return sure("trips", l.Version()), nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	journaltest.Ratio("redis round trips for each transition", "2", (counted(t, s, "commandstats", "cmdstat_evalsha:calls=")-before)/times)
}
