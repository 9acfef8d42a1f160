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

// round is how long one rate is measured before another is; rounds is how often.
const (
	round  = 200 * time.Millisecond
	rounds = 7
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

// compare holds a click's append against two scripts that redis-benchmark sends: the append's own, which tells what this side of the
// connection costs, and one that sets a value as large as the append's whole request, which is the least that a script can write.
func compare(t *testing.T, s *redistest.Server, j *redis.Journal, clicks *journaltest.Clicks, fsync string, callers int) {
	t.Helper()
	id := fmt.Sprintf("again, %d callers", callers)
	put(t, j, record(id, 0))
	same := again(j, id)
	once := strings.Split("EVALSHA\n"+strings.ReplaceAll(strings.Join(same, "\n"), "__rand_int__", fmt.Sprintf("%012d", callers)), "\n")
	if answer := s.Must(t, once...); !strings.HasPrefix(answer, "ok") {
		t.Fatalf("the script answers %q", answer)
	}
	least := []string{s.Must(t, "SCRIPT", "LOAD", "redis.call('SET', KEYS[1], ARGV[1]) return 1"), "1", "k", strings.Join(same[2:], " ")}
	ours := func() float64 {
		return journaltest.Rate(t, callers, round, func(caller, n int) error { return clicks.Click(t.Context(), callers, caller, n) })
	}
	ratios := journaltest.Compare(rounds, ours, benchmarked(t, s, callers, same), benchmarked(t, s, callers, least))
	target := "-"
	if callers == 16 {
		target = ">= 0.4"
	}
	what := fmt.Sprintf("redis append / EVALSHA of %%s, fsync %s, %d callers", fsync, callers)
	journaltest.Ratio(fmt.Sprintf(what, "the same"), target, ratios[0])
	journaltest.Ratio(fmt.Sprintf(what, "one SET"), "-", ratios[1])
}

// again is a click's append to a log of one record, as redis-benchmark can send it many times, each time with other numbers in its names and
// its wake time. The record is sent and not written: a second one would not fit the version.
func again(j *redis.Journal, id string) []string {
	w := journaltest.Decision(journal.Log{ID: id, Records: make([]journal.Record, 1)})
	record := string(w.Records[0].Body)
	w.Records = nil
	w.Deliveries = []string{"trigger an-interaction-__rand_int__", "body the-sum-of-it-__rand_int__"}
	return append(j.AppendCall("an-operation-__rand_int__", "1__rand_int__", w), record)
}

// benchmarked is the rate of redis-benchmark's EVALSHA, measured for about one round.
func benchmarked(t *testing.T, s *redistest.Server, callers int, args []string) func() float64 {
	t.Helper()
	requests := 200 * callers
	return func() float64 {
		a := append([]string{
			"-p", strconv.Itoa(s.Port), "-c", strconv.Itoa(callers), "-n", strconv.Itoa(requests), "-r", "1000000000", "--csv", "EVALSHA",
		}, args...)
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
