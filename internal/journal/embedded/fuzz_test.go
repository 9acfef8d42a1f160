package embedded

import (
	"errors"
	"testing"
	"time"

	"offboard/internal/journal"
)

// FuzzEntry: whatever an entry of the file holds, it is read as it was written or refused as foreign.
func FuzzEntry(f *testing.F) {
	f.Add([]byte("key"), encodeRecord(journal.Record{Prev: "a", Hash: "b", Body: []byte(`{"v":1}`)}), int64(1))
	f.Add([]byte(nil), []byte(nil), int64(0))
	f.Add([]byte{0}, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, int64(-1))
	f.Add([]byte("k"), []byte(`{"number":1,"version":-2,"wake":"x"}`), int64(1<<40))
	f.Fuzz(func(t *testing.T, key, value []byte, at int64) {
		if got, err := unstamp(key, stamp(key, value)); err != nil || string(got) != string(value) {
			t.Fatalf("%q came back as %q, %v", value, got, err)
		}
		if _, err := unstamp(key, value); err != nil && !errors.Is(err, journal.ErrForeign) {
			t.Fatalf("refused with %v", err)
		}
		r, err := decodeRecord(1, value)
		switch {
		case err != nil && !errors.Is(err, journal.ErrForeign):
			t.Fatalf("refused with %v", err)
		case err == nil:
			if again, err := decodeRecord(1, encodeRecord(r)); err != nil || string(again.Body) != string(r.Body) || again.Hash != r.Hash {
				t.Fatalf("%+v came back as %+v, %v", r, again, err)
			}
		}
		if _, err := decodeHead(value); err != nil && !errors.Is(err, journal.ErrForeign) {
			t.Fatalf("refused with %v", err)
		}
		if when := time.Unix(at, at&999_999_999).UTC(); !decodeTime(timeKey(when)).Equal(when) {
			t.Fatalf("%s came back as %s", when, decodeTime(timeKey(when)))
		}
	})
}
