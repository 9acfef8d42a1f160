package secret_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"offboard/internal/secret"
)

// rig is a secret in a file, and what was told of it.
type rig struct {
	*secret.File
	t    *testing.T
	path string

	mu    sync.Mutex
	reads int
	fails error // what reading ends with
	told  []string
}

func newRig(t *testing.T, value string) *rig {
	t.Helper()
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "token")}
	r.write(value)
	f, err := secret.Open("slack.bot_token", r.path, r.read)
	if err != nil {
		t.Fatal(err)
	}
	r.File = f
	f.Watch(func(err error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.told = append(r.told, fmt.Sprint(err))
	})
	return r
}

func (r *rig) read() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reads++
	if r.fails != nil {
		return "", r.fails
	}
	raw, err := os.ReadFile(r.path)
	if err != nil {
		return "", errors.New("cannot be read")
	}
	return string(raw), nil
}

// write puts another file in the place of the file, as whoever rotates secrets should.
func (r *rig) write(value string) {
	r.t.Helper()
	if err := os.WriteFile(r.path+".new", []byte(value), 0o600); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Rename(r.path+".new", r.path); err != nil {
		r.t.Fatal(err)
	}
}

// overwrite changes the file and nothing of its looks.
func (r *rig) overwrite(value string) {
	r.t.Helper()
	before, err := os.Stat(r.path)
	if err == nil {
		err = os.WriteFile(r.path, []byte(value), 0o600)
	}
	if err == nil {
		err = os.Chtimes(r.path, before.ModTime(), before.ModTime())
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) is(want string) {
	r.t.Helper()
	if got := r.Get().Reveal(); got != want {
		r.t.Errorf("the secret is %q, not %q", got, want)
	}
}

// A file that has changed by its looks is read again, and one that has not is left alone.
func TestFileIsReadAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "old")
	for range 100 {
		r.is("old")
	}
	if r.reads != 1 {
		t.Errorf("it was read %d times", r.reads)
	}
	r.write("new")
	r.is("new")
	r.is("new")
	if r.reads != 2 || len(r.told) != 1 || r.told[0] != "<nil>" {
		t.Errorf("%d reads, told %q", r.reads, r.told)
	}
}

// Where secrets are mounted into a container, the file is a link through a folder that is exchanged as a whole.
func TestFileBehindALink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := func(folder, value string) {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, folder, "token"), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(folder, filepath.Join(dir, "..new")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "..new"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	link("1", "old")
	if err := os.Symlink(filepath.Join("..data", "token"), filepath.Join(dir, "token")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "token")
	f, err := secret.Open("x", path, func() (string, error) { raw, err := os.ReadFile(path); return string(raw), err })
	if err != nil || f.Get().Reveal() != "old" {
		t.Fatal(err)
	}
	link("2", "new")
	if got := f.Get().Reveal(); got != "new" {
		t.Errorf("the secret is %q", got)
	}
}

// A refused secret is read again once, whatever the file looks like; the next refusal of it meets the new one without reading, and whoever sends
// rubbish does not keep the disk busy.
func TestRefusedIsReadAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "old")
	old := r.Get()
	r.Aged()
	r.overwrite("new")
	r.is("old")
	if s, ok := r.Instead(old); !ok || s.Reveal() != "new" || r.reads != 2 {
		t.Errorf("%q %t after %d reads", s.Reveal(), ok, r.reads)
	}
	r.Aged()
	if s, ok := r.Instead(old); !ok || s.Reveal() != "new" || r.reads != 2 {
		t.Errorf("again: %q %t after %d reads", s.Reveal(), ok, r.reads)
	}
	if _, ok := r.Instead(r.Get()); ok || r.reads != 3 {
		t.Errorf("the new one: %t after %d reads", ok, r.reads)
	}
	for range 100 {
		if _, ok := r.Instead(r.Get()); ok {
			t.Error("there is another")
		}
	}
	if r.reads != 3 {
		t.Errorf("read %d times within a second", r.reads)
	}
}

// A file that cannot be used leaves the secret as it was, is told of once, and is read again by itself when it is mended.
func TestFaultyFileKeepsTheSecret(t *testing.T) {
	t.Parallel()
	r := newRig(t, "old")
	if r.Trouble() != nil {
		t.Error(r.Trouble())
	}
	if err := os.Remove(r.path); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		r.is("old")
	}
	if err := r.Trouble(); err == nil || err.Error() != "cannot be read" || len(r.told) != 1 {
		t.Errorf("trouble %v, told %q", err, r.told)
	}
	if _, ok := r.Instead(r.Get()); ok {
		t.Error("there is another")
	}
	r.write("new")
	r.is("new")
	if r.Trouble() != nil || len(r.told) != 2 {
		t.Errorf("trouble %v, told %q", r.Trouble(), r.told)
	}
	if err := os.Chmod(r.path, 0o644); err != nil { // a change of the mode is one of its looks
		t.Fatal(err)
	}
	r.fails = errors.New("others may read it")
	r.is("new")
	if err := r.Trouble(); err == nil || len(r.told) != 3 {
		t.Errorf("trouble %v, told %q", err, r.told)
	}
	r.fails = nil
	r.Aged()
	r.is("new")
	if r.Trouble() != nil || len(r.told) != 4 {
		t.Errorf("trouble %v, told %q", r.Trouble(), r.told)
	}
}

func TestOpenFails(t *testing.T) {
	t.Parallel()
	f, err := secret.Open("x", filepath.Join(t.TempDir(), "none"), func() (string, error) { return "", errors.New("cannot be read") })
	if err == nil || !f.Get().Empty() {
		t.Errorf("%v", err)
	}
}

func TestSources(t *testing.T) {
	t.Parallel()
	s := secret.New("x")
	if other, ok := s.Instead(s); ok || other.Reveal() != "x" || s.Get().Reveal() != "x" {
		t.Error("a string has another value")
	}
	if !secret.Empty(nil) || !secret.Empty(secret.String{}) || secret.Empty(s) || secret.Empty(newRig(t, "y").File) {
		t.Error("Empty")
	}
}

// Many use a secret while it changes.
func TestFileSideBySide(t *testing.T) {
	t.Parallel()
	r := newRig(t, "0")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				s := r.Get()
				if other, ok := r.Instead(s); ok && other.Reveal() == s.Reveal() {
					t.Error("the same is another")
				}
			}
		})
	}
	for i := range 20 {
		r.write(fmt.Sprint(time.Duration(i)))
	}
	all.Wait()
	r.is("19ns")
}
