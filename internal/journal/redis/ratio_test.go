package redis_test

import (
	"context"
	"flag"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"offboard/internal/journal"
	"offboard/internal/journal/journaltest"
	"offboard/internal/journal/redis"
	"offboard/internal/journal/redis/redistest"
)

var ratios = flag.Bool("ratios", false, "measure, and print ratios")

// TestRatios compares an append with a trivial script that is as large, on the same server, and counts the scripts of a transition.
func TestRatios(t *testing.T) {
	if !*ratios {
		t.Skip("make bench runs it")
	}
	for _, fsync := range []string{"always", "everysec", "no"} {
		s := redistest.Start(t, "--appendonly", "yes", "--appendfsync", fsync)
		o := strict(s, "p")
		o.Strict = fsync == "always"
		j := open(t, o)
		for _, callers := range []int{1, 16, 64} {
			before := counted(t, s, "stats", "total_net_input_bytes:")
			ours := journaltest.Rate(t, callers, func(n int64) error {
				w := journaltest.Click(fmt.Sprint("log-", callers, "-", n))
				w.Confirm = o.Strict
				_, err := j.Append(context.Background(), w)
				return err
			})
			size := int((counted(t, s, "stats", "total_net_input_bytes:") - before) / ours) // Rate takes about a second
			target := "-"
			if callers == 16 {
				target = ">= 0.4"
			}
			what := fmt.Sprintf("redis append / EVALSHA, fsync %s, %d callers", fsync, callers)
			journaltest.Ratio(what, target, ours/trivial(t, s, callers, size, int(ours)))
		}
		if fsync == "always" {
			roundTrips(t, s, j)
		}
	}
}

// trivial is the rate of redis-benchmark with a script that writes one value of that size.
func trivial(t *testing.T, s *redistest.Server, callers, size, requests int) float64 {
	t.Helper()
	sha := s.Must(t, "SCRIPT", "LOAD", "redis.call('SET', KEYS[1], ARGV[1]) return 1")
	out, err := exec.CommandContext(t.Context(), "redis-benchmark", "-p", strconv.Itoa(s.Port), "-c", strconv.Itoa(callers),
		"-n", strconv.Itoa(2*requests+callers), "--csv", "EVALSHA", sha, "1", "k", strings.Repeat("x", size)).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	fields := strings.Split(lines[len(lines)-1], `","`)
	rate, err := strconv.ParseFloat(fields[1], 64)
	if err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	return rate
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
