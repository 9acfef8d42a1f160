package journal_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"offboard/internal/journal"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	if err := beginning().Check(); err != nil {
		t.Fatalf("a good write: %v", err)
	}
	now := time.Now()
	for name, spoil := range map[string]func(*journal.Write){
		"no id":                       func(w *journal.Write) { w.ID = "" },
		"a log without a record":      func(w *journal.Write) { w.Records = nil },
		"a negative version":          func(w *journal.Write) { w.Expect, w.Records = -1, nil },
		"a gap":                       func(w *journal.Write) { w.Records[1].Seq = 4 },
		"at another version":          func(w *journal.Write) { w.Expect = 1 },
		"a broken seal":               func(w *journal.Write) { w.Records[0].Body = []byte("x") },
		"the seal of another log":     func(w *journal.Write) { w.ID = "other" },
		"a chain that begins midway":  func(w *journal.Write) { w.Records = orphan() },
		"a reservation of nothing":    func(w *journal.Write) { w.Reserve = []journal.Reservation{{}} },
		"a release of nothing":        func(w *journal.Write) { w.Release = []string{""} },
		"unless nothing":              func(w *journal.Write) { w.Unless = []string{""} },
		"a long key":                  func(w *journal.Write) { w.Release = []string{strings.Repeat("k", 2000)} },
		"a delivery without a name":   func(w *journal.Write) { w.Deliveries, w.Now, w.Keep = []string{""}, now, 1 },
		"a delivery kept for no time": func(w *journal.Write) { w.Deliveries, w.Now = []string{"d"}, now },
		"a delivery at no time":       func(w *journal.Write) { w.Deliveries, w.Keep = []string{"d"}, 1 },
		"a count without a limit":     func(w *journal.Write) { w.Counts, w.Now = []journal.Count{{Key: "c", Within: 1}}, now },
		"a count without a span":      func(w *journal.Write) { w.Counts, w.Now = []journal.Count{{Key: "c", Limit: 1}}, now },
		"a count at no time":          func(w *journal.Write) { w.Counts = []journal.Count{{Key: "c", Limit: 1, Within: 1}} },
		"a count twice": func(w *journal.Write) {
			c := journal.Count{Key: "c", Limit: 9, Within: 1}
			w.Counts, w.Now = []journal.Count{c, c}, now
		},
		"a wake time out of bounds": func(w *journal.Write) { w.Wake = time.Unix(1<<50, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := beginning()
			spoil(&w)
			if err := w.Check(); !errors.Is(err, journal.ErrMalformed) {
				t.Errorf("Check = %v", err)
			}
		})
	}
}

func beginning() journal.Write {
	l := journal.Log{ID: "log"}
	return journal.Write{ID: l.ID, Records: journal.Seal(l, draft(`{"v":1}`, true), draft(`{"v":2}`, true))}
}

// orphan is a first record, rightly hashed, that claims to follow another.
func orphan() []journal.Record {
	sum := sha256.Sum256([]byte("offboard/1\nlog\n1\nffff\n{}\n"))
	return []journal.Record{{Seq: 1, Body: []byte("{}"), Prev: "ffff", Hash: hex.EncodeToString(sum[:])}}
}
