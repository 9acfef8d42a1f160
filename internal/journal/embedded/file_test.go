package embedded_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"offboard/internal/journal"
	"offboard/internal/journal/embedded"
)

func TestNewFileIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	open(t, path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	names, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(names) != 1 {
		t.Errorf("the folder holds %v, %v", names, err)
	}
}

func TestFolderMustExist(t *testing.T) {
	t.Parallel()
	_, err := embedded.Open(filepath.Join(t.TempDir(), "nowhere", "offboard.db"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestSecondOpenInOneProcessIsRefused(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	open(t, path)
	if _, err := embedded.Open(path); !errors.Is(err, journal.ErrBusy) {
		t.Errorf("error %v", err)
	}
}

// written returns the bytes of a journal with logs enough for trees of two levels, and what is in it.
func written(t *testing.T) ([]byte, []journal.Log) {
	t.Helper()
	path := newPath(t)
	j := open(t, path)
	for _, id := range strings.Fields("a b c d e f g h i j k l m n o p") {
		for range 2 {
			if err := writeOne(j, id+strings.Repeat("-", len(id)), func(string) {}); err != nil && !errors.Is(err, journal.ErrConflict) {
				t.Fatal(err)
			}
		}
	}
	logs := contents(t, j)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b, logs
}

func contents(t *testing.T, j journal.Journal) []journal.Log {
	t.Helper()
	var logs []journal.Log
	err := j.Each(t.Context(), func(l journal.Log) error {
		logs = append(logs, l)
		return journal.Verify(l)
	})
	if err != nil {
		t.Fatal(err)
	}
	return logs
}

// refused opens a file with these bytes, expects ErrForeign and the bytes as they were, and returns the error's text.
func refused(t *testing.T, b []byte) string {
	t.Helper()
	path := newPath(t)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := embedded.Open(path)
	if err == nil {
		_ = j.Close()
		t.Fatal("it was opened")
	}
	after, readErr := os.ReadFile(path)
	if !errors.Is(err, journal.ErrForeign) || readErr != nil || !bytes.Equal(after, b) {
		t.Errorf("error %v; unchanged: %t", err, bytes.Equal(after, b))
	}
	if !strings.HasPrefix(err.Error(), "open "+path+": journal: not a journal of this program, or damaged: ") {
		t.Errorf("the error says %q", err)
	}
	return err.Error()
}

func TestForeignFileIsRefusedAndLeft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		bytes []byte
		says  string
	}{
		"empty":                {nil, "it is empty"},
		"text":                 {[]byte("slack:\n  transport: socket\n"), "no valid header"},
		"long text":            {bytes.Repeat([]byte("all work and no play\n"), 10_000), "no valid header"},
		"zeros":                {make([]byte, 1<<16), "no valid header"},
		"another database":     {append([]byte("SQLite format 3\x00"), make([]byte, 1<<15)...), "no valid header"},
		"bbolt, nothing in it": {boltFile(t, func(*bbolt.Tx) error { return nil }), "another program"},
		"bbolt, other buckets": {boltFile(t, foreignBuckets), "another program"},
		"bbolt, same names":    {boltFile(t, sameNames), "does not match its checksum"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if says := refused(t, c.bytes); !strings.Contains(says, c.says) {
				t.Errorf("the error says %q, want %q in it", says, c.says)
			}
		})
	}
}

func boltFile(t *testing.T, fill func(*bbolt.Tx) error) []byte {
	t.Helper()
	path := newPath(t)
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(fill), db.Close()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func foreignBuckets(tx *bbolt.Tx) error {
	_, err := tx.CreateBucket([]byte("accounts"))
	return err
}

func sameNames(tx *bbolt.Tx) error {
	b, err := tx.CreateBucket([]byte("meta"))
	if err != nil {
		return err
	}
	return b.Put([]byte("format"), []byte("offboard journal 1"))
}

func TestFolderIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := embedded.Open(t.TempDir()); !errors.Is(err, journal.ErrForeign) {
		t.Errorf("error %v", err)
	}
}

// TestCutFileIsRefusedAndLeft cuts a journal at every page, beside every page and at random places. The room that bbolt keeps at the end of
// a file holds nothing; a cut in there loses nothing, and the journal must then be whole.
func TestCutFileIsRefusedAndLeft(t *testing.T) {
	t.Parallel()
	b, logs := written(t)
	path := newPath(t)
	page := os.Getpagesize()
	cuts := []int{1, 16, 79, 80, 81}
	for at := page; at < len(b); at += page {
		cuts = append(cuts, at-1, at, at+1, at+rand.IntN(page))
	}
	refusals := 0
	for _, at := range cuts {
		if !openWhole(t, path, b[:at], logs) {
			refusals++
		}
	}
	if refusals < len(cuts)/2 {
		t.Errorf("only %d of %d cuts were refused", refusals, len(cuts))
	}
}

// TestDamageIsRefusedAndLeft changes one byte at a time, behind the two header pages (which are written in turn, and stand in for each
// other after a power cut). A change that matters must be found; one in room that is not in use must not be felt.
func TestDamageIsRefusedAndLeft(t *testing.T) {
	t.Parallel()
	b, logs := written(t)
	path := newPath(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	refusals := 0
	for range 400 {
		at := 2*os.Getpagesize() + dice.IntN(len(b)-2*os.Getpagesize())
		spoilt := bytes.Clone(b)
		spoilt[at] ^= byte(1 + dice.IntN(255))
		if !openWhole(t, path, spoilt, logs) {
			refusals++
		}
		if t.Failed() {
			t.Fatalf("byte %d of %d", at, len(b))
		}
	}
	if refusals < 40 {
		t.Errorf("only %d changes of 400 were refused", refusals)
	}
}

// openWhole reports whether a file with these bytes opens; if so everything must be in it, if not it must be refused and left.
func openWhole(t *testing.T, path string, b []byte, logs []journal.Log) bool {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := embedded.Open(path)
	if err == nil {
		if diff := cmp.Diff(logs, contents(t, j)); diff != "" {
			t.Errorf("it opened with other contents:\n%s", diff)
		}
		_ = j.Close()
		return true
	}
	after, readErr := os.ReadFile(path)
	if !errors.Is(err, journal.ErrForeign) || readErr != nil || !bytes.Equal(after, b) {
		t.Errorf("error %v; unchanged: %t", err, bytes.Equal(after, b))
	}
	return false
}
