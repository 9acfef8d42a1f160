package embedded_test

import (
	"path/filepath"
	"testing"

	"offboard/internal/journal"
	"offboard/internal/journal/embedded"
)

func open(t *testing.T, path string) *embedded.Journal {
	t.Helper()
	j, err := embedded.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func TestReopened(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "j.db")
	j := open(t, path)
	w := journal.Write{ID: "a", Records: journal.Seal(journal.Log{ID: "a"}, journal.Draft{Body: []byte(`{"v":1}`), Chained: true}), Open: true,
		Reserve: []journal.Reservation{{Key: "k"}}}
	for range 200 {
		n, err := j.Append(t.Context(), w)
		if err != nil || n != w.Expect+1 && w.Expect == 0 {
			t.Fatal(n, err)
		}
		l, err := j.Load(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		w.Expect = l.Version()
		w.Records = journal.Seal(l, journal.Draft{Body: []byte(`{"v":1}`), Chained: true})
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = open(t, path)
	l, err := j.Load(t.Context(), "a")
	if err != nil || l.Version() != 200 || journal.Verify(l) != nil {
		t.Fatal(l.Version(), err, journal.Verify(l))
	}
}
