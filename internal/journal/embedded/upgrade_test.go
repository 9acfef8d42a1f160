package embedded_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/journal"
)

// formatOne is a file that the program wrote before format 2: twelve logs, of which every second is over; each of the others has a key, is
// listed, and is due, the last one first. It remembers each log's three deliveries and a command, and has counted each log.
func formatOne(t *testing.T) []byte {
	t.Helper()
	packed, err := os.ReadFile("testdata/format1.db.gz")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestFormatOneIsTakenOver: nothing that an older file tells is lost when it is brought to this format, then and when it is opened again.
func TestFormatOneIsTakenOver(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	if err := os.WriteFile(path, formatOne(t), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, when := range []string{"taken over", "opened again"} {
		j := open(t, path)
		if d := cmp.Diff(old(t), contents(t, j)); d != "" {
			t.Errorf("%s, it holds\n%s", when, d)
		}
		tellsTheSame(t, j)
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

var oldDay = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// old are the logs of the file.
func old(t *testing.T) []journal.Log {
	t.Helper()
	var logs []journal.Log
	for i, letter := range strings.Split("abcdefghijkl", "") {
		l := journal.Log{ID: strings.Repeat(letter, 20), Number: i + 1}
		for range 3 {
			drafts := []journal.Draft{{Body: []byte(`{"id":"` + l.ID + `"}`), Chained: true}, {Body: []byte(`{}`)}}
			l.Records = append(l.Records, journal.Seal(l, drafts...)...)
		}
		if i%2 == 1 {
			l.Open, l.Wake = true, oldDay.Add(time.Duration(12-i)*time.Minute)
		}
		logs = append(logs, l)
	}
	return logs
}

// tellsTheSame looks at what else the file tells: keys, the list, the due, deliveries and counts.
func tellsTheSame(t *testing.T, j journal.Journal) {
	t.Helper()
	var open, due []string
	for _, l := range old(t) {
		holder, err := j.Holder(t.Context(), "key "+l.ID)
		if l.Open && (holder != l.ID || err != nil) || !l.Open && !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("the key of %s: %q, %v", l.ID, holder, err)
		}
		if l.Open {
			open = append([]string{l.ID}, open...)
		}
		for _, step := range []string{"0", "1", "2"} {
			known(t, j, l.ID+step)
		}
	}
	known(t, j, "a command")
	if got, err := j.Open(t.Context(), 100); err != nil || !reflect.DeepEqual(got, open) {
		t.Errorf("listed %v, %v", got, err)
	}
	claimed, err := j.Claim(t.Context(), oldDay.Add(time.Hour), time.Minute, 100)
	for _, c := range claimed {
		due = append(due, c.ID)
	}
	if err != nil || !slices.Equal(due, open) {
		t.Errorf("due are %v, %v", due, err)
	}
	w := journal.Write{ID: "new", Now: oldDay, Records: journal.Seal(journal.Log{ID: "new"}, journal.Draft{Body: []byte(`{}`)})}
	w.Counts = []journal.Count{{Key: "all", Limit: 12, Within: time.Hour}}
	if _, err := j.Append(t.Context(), w); !isLimit(err) {
		t.Errorf("one more than the limit: %v", err)
	}
}

// known expects that the delivery is remembered, and no longer than for its hour.
func known(t *testing.T, j journal.Journal, delivery string) {
	t.Helper()
	err := j.Remember(t.Context(), []string{delivery}, oldDay.Add(59*time.Minute), time.Hour)
	if _, ok := errors.AsType[*journal.DuplicateError](err); !ok {
		t.Errorf("delivery %q: %v", delivery, err)
	}
}

func isLimit(err error) bool {
	_, ok := errors.AsType[*journal.LimitError](err)
	return ok
}

// TestDamageInFormatOneIsRefusedAndLeft: a damaged older file is not taken over.
func TestDamageInFormatOneIsRefusedAndLeft(t *testing.T) {
	t.Parallel()
	b := formatOne(t)
	i := bytes.LastIndex(b, []byte(`{"number":12,`))
	if i < 0 {
		t.Fatal("there is no head: the test shows nothing")
	}
	for at := i; at >= 0; at = bytes.LastIndex(b[:at], []byte(`{"number":12,`)) {
		b[at+len(`{"number":1`)]++
	}
	refused(t, b)
}
