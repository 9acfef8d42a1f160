package embedded_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
