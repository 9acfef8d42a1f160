package redis

import (
	"errors"
	"strings"
	"testing"
	"time"

	"offboard/internal/journal"
)

// FuzzRecord: whatever a server hands out as a log is one, whole and with nothing added, or is refused as foreign; and what was written is read
// as it was, to the last byte.
func FuzzRecord(f *testing.F) {
	good := encodeRecord(journal.Record{Prev: strings.Repeat("a", 64), Hash: strings.Repeat("b", 64), Body: []byte(`{"v":1,"kind":"requested"}`)})
	f.Add("42", "1", "2026-03-04T09:30:00.123456789Z", "1", good, []byte(good), int64(1))
	f.Add("42", "2", "", "0", "\n\n", []byte("\n"), int64(0))
	f.Add("-1", "1", "tomorrow", "yes", good, []byte{0xff}, int64(-62135596800))
	f.Add("", "", "", "", "", []byte(nil), int64(1<<40))
	f.Add("42", "1", "0000-01-01T00:00:00Z", "1", "a\nb", []byte("c\nd\n"), int64(253402300800))
	f.Fuzz(func(t *testing.T, number, version, wake, open, record string, body []byte, at int64) {
		l, err := decodeLog("id", []any{number, version, wake, open}, []any{record})
		switch {
		case err != nil && !errors.Is(err, journal.ErrForeign):
			t.Fatalf("refused with %v", err)
		case err == nil && (len(l.Records) != 1 || encodeRecord(l.Records[0]) != record):
			t.Fatalf("%q was read as %+v", record, l.Records)
		case err == nil:
			_ = journal.Verify(l)
		}
		if _, err := decodeLog("id", []any{number, 7, nil}, []any{record, 8, nil}); err == nil {
			t.Fatal("answers of another kind were read as a log")
		}
		r := journal.Record{Seq: 1, Body: body}
		if back, err := decodeRecord(1, encodeRecord(r)); err != nil || string(back.Body) != string(body) {
			t.Fatalf("%q came back as %q, %v", body, back.Body, err)
		}
		when := time.Unix(at, at&999_999_999).UTC()
		if back, err := countedAt(record, string(countAt(record, when))); len(record) < 1<<16 && (err != nil || !back.Equal(when)) {
			t.Fatalf("%s came back as %s, %v", when, back, err)
		}
		if _, err := countedAt(record, string(body)); err != nil && !errors.Is(err, journal.ErrForeign) {
			t.Fatalf("a count is refused with %v", err)
		}
	})
}
