package embedded_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/journal"
	"offboard/internal/journal/embedded"
)

// written returns the bytes of a journal with logs enough for trees of two levels, and what is in it.
func written(t *testing.T) ([]byte, []journal.Log) {
	t.Helper()
	path := newPath(t)
	j := open(t, path)
	for _, id := range strings.Split("abcdefghijklmnop", "") {
		if err := writeOne(j, strings.Repeat(id, 20), func(string) {}); err != nil {
			t.Fatal(err)
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

// TestCutFileIsRefusedAndLeft cuts a journal at every page, beside every page and at random places. Each cut is seen, also one of whole pages of room
// at the end, which hold nothing.
func TestCutFileIsRefusedAndLeft(t *testing.T) {
	t.Parallel()
	b, logs := written(t)
	path := newPath(t)
	page := os.Getpagesize()
	cuts := []int{1, 16, 79, 80, 81}
	for at := page; at < len(b); at += page {
		cuts = append(cuts, at-1, at, at+1, at+rand.IntN(page))
	}
	for _, at := range cuts {
		if openWhole(t, path, b[:at], logs) {
			t.Errorf("cut at %d of %d bytes: opened", at, len(b))
		}
	}
}

// TestDamageIsRefusedAndLeft changes one byte at a time, behind the two header pages (which are written in turn, and stand in for each
// other after a power cut): anywhere, and where pages say what they hold. A change that matters must be found; one in room that is not
// in use must not be felt.
func TestDamageIsRefusedAndLeft(t *testing.T) {
	t.Parallel()
	b, logs := written(t)
	path := newPath(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	refusals := 0
	for i := range 150 {
		at := 2*os.Getpagesize() + dice.IntN(len(b)-2*os.Getpagesize())
		if i%2 == 0 {
			at -= at%os.Getpagesize() - dice.IntN(256)
		}
		spoilt := bytes.Clone(b)
		spoilt[at] ^= byte(1 + dice.IntN(255))
		if !openWhole(t, path, spoilt, logs) {
			refusals++
		}
		if t.Failed() {
			t.Fatalf("byte %d of %d", at, len(b))
		}
	}
	if refusals < 20 {
		t.Errorf("only %d changes of 150 were refused", refusals)
	}
}

// TestMissingEntriesAreFound lowers the number of elements that a page says it has: what is there no more has no checksum that could
// fail, and a reservation or a remembered click would be gone without a trace.
func TestMissingEntriesAreFound(t *testing.T) {
	t.Parallel()
	b, _ := written(t)
	tried := 0
	for at := 2 * os.Getpagesize(); at < len(b); at += os.Getpagesize() {
		kind, count := binary.NativeEndian.Uint16(b[at+8:]), binary.NativeEndian.Uint16(b[at+10:])
		if !inUse(b, at/os.Getpagesize()) || kind != 1 && kind != 2 { // neither branch nor leaf
			continue
		}
		for _, less := range []uint16{0, count / 2, count - 1} {
			spoilt := bytes.Clone(b)
			binary.NativeEndian.PutUint16(spoilt[at+10:], less)
			refused(t, spoilt)
			tried++
		}
	}
	if tried < 15 {
		t.Errorf("only %d pages were tried", tried)
	}
}

// inUse reports whether a page is not on the list of free pages.
func inUse(b []byte, page int) bool {
	list := b[int(binary.NativeEndian.Uint64(newestHeader(b)[32:]))*os.Getpagesize():]
	for i := range int(binary.NativeEndian.Uint16(list[10:])) {
		if binary.NativeEndian.Uint64(list[16+8*i:]) == uint64(page) {
			return false
		}
	}
	return true
}

// openWhole reports whether a file with these bytes opens; if so everything must be in it, if not it must be refused and left.
func openWhole(t *testing.T, path string, b []byte, logs []journal.Log) bool {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := embedded.Open(path)
	if err == nil {
		defer func() { _ = j.Close() }()
		if err := writeOne(j, "written later", func(string) {}); err != nil {
			t.Error(err)
		}
		if got := contents(t, j)[:len(logs)]; !reflect.DeepEqual(got, logs) {
			t.Errorf("it opened with other contents:\n%s", cmp.Diff(logs, got))
		}
		return true
	}
	after, readErr := os.ReadFile(path)
	if !errors.Is(err, journal.ErrForeign) || readErr != nil || !bytes.Equal(after, b) {
		t.Errorf("error %v; unchanged: %t", err, bytes.Equal(after, b))
	}
	return false
}

// TestPageCountedAsFreeIsRefused puts a page that is in use on the list of free pages: the next write would overwrite it.
func TestPageCountedAsFreeIsRefused(t *testing.T) {
	t.Parallel()
	b, _ := written(t)
	m := newestHeader(b)
	root, list := binary.NativeEndian.Uint64(m[16:]), binary.NativeEndian.Uint64(m[32:])
	p := b[int(list)*os.Getpagesize():]
	if n := binary.NativeEndian.Uint16(p[10:]); n == 0 {
		t.Fatal("no page is free: the test shows nothing")
	}
	binary.NativeEndian.PutUint64(p[16:], root)
	if says := refused(t, b); !strings.Contains(says, "counts as free") {
		t.Errorf("the error says %q", says)
	}
}

// newestHeader is the meta page that counts: the one with the higher transaction, behind the page's own header.
func newestHeader(b []byte) []byte {
	one, two := b[16:], b[os.Getpagesize()+16:]
	if binary.NativeEndian.Uint64(two[48:]) > binary.NativeEndian.Uint64(one[48:]) {
		return two
	}
	return one
}

// TestSignpostsAreChecked changes keys on the pages above the leaves, which carry no checksum: a wrong one hides what is below it, or
// makes the next write put the same page there twice.
func TestSignpostsAreChecked(t *testing.T) {
	t.Parallel()
	b, _ := written(t)
	refusals := 0
	for at := 2 * os.Getpagesize(); at < len(b); at += os.Getpagesize() {
		if binary.NativeEndian.Uint16(b[at+8:]) != 1 || !inUse(b, at/os.Getpagesize()) { // no branch
			continue
		}
		for _, head := range []int{16, 32} {
			spoilt := bytes.Clone(b)
			element := spoilt[at+head:]
			element[binary.NativeEndian.Uint32(element)+2] = 0xFF
			refused(t, spoilt)
			refusals++
		}
	}
	if refusals == 0 {
		t.Error("there is no page above the leaves: the test shows nothing")
	}
}

// TestKindOfAnInlinePageIsChecked spoils what a small table's own page, inside its parent's, says it is: bbolt panics at it when it writes.
func TestKindOfAnInlinePageIsChecked(t *testing.T) {
	t.Parallel()
	b, _ := written(t)
	root := int(binary.NativeEndian.Uint64(newestHeader(b)[16:])) * os.Getpagesize()
	name := bytes.Index(b[root:root+os.Getpagesize()], []byte("meta"))
	kind := root + name + len("meta") + 16 + 8
	if name < 0 || binary.NativeEndian.Uint16(b[kind:]) != 2 {
		t.Fatal("the table of two entries is not inline: the test shows nothing")
	}
	b[kind+1] ^= 1
	refused(t, b)
}
