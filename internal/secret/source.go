package secret

import (
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Source is where a secret comes from: a [String], which stays as it is, or a [File], which is read again. It may be used concurrently.
type Source interface {
	// Get returns the secret as it is now.
	Get() String
	// Instead returns the secret to use in the place of one that was refused; false: there is no other.
	Instead(refused String) (String, bool)
}

// Empty reports whether a source, which may be nil, has no secret.
func Empty(s Source) bool { return s == nil || s.Get().Empty() }

// Get returns the secret.
func (s String) Get() String { return s }

// Instead knows of no other secret.
func (s String) Instead(String) (String, bool) { return s, false }

// patience is how long a file that has not changed by its looks is left alone: whoever sends wrong signatures must not keep the disk busy.
const patience = time.Second

// File is a secret in a file. The file is read again when it was changed by its looks (time, size, mode, or another file in its place), and once
// when the secret was refused. A file that cannot be used any more leaves the secret as it was.
type File struct {
	name string // of the key in the configuration
	path string
	read func() (string, error)

	mu      sync.Mutex
	current String
	fault   error // why the file could not be used when it was read last
	seen    fs.FileInfo
	readAt  time.Time
	told    func(error)
}

// Open reads a secret for the first time. read gives the file's secret; its errors are for people and hold nothing of the file.
func Open(name, path string, read func() (string, error)) (*File, error) {
	f := &File{name: name, path: path, read: read, told: func(error) {}}
	f.seen, _ = os.Stat(path) // read says what is wrong with it
	f.again(f.seen)
	return f, f.fault
}

// Name is what the secret is called in the configuration.
func (f *File) Name() string { return f.name }

// Watch has told called with nil after the secret was changed, or the file is in order again, and with what is wrong as soon as the file cannot be
// used. It must return at once and not call back.
func (f *File) Watch(told func(error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = told
}

// Trouble is why the file cannot be used at the moment, so that an older secret is in use; nil: it can.
func (f *File) Trouble() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.look()
	return f.fault
}

// Get returns the secret, from the file where that has changed.
func (f *File) Get() String {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.look()
	return f.current
}

// Instead reads the file again, unless that was done already since the refused secret was got.
func (f *File) Instead(refused String) (String, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.look()
	if f.current.Reveal() == refused.Reveal() && time.Since(f.readAt) >= patience {
		f.again(f.seen)
	}
	return f.current, f.current.Reveal() != refused.Reveal()
}

// look reads the file where it looks different, or was in trouble.
func (f *File) look() {
	now, err := os.Stat(f.path)
	if err != nil {
		now = nil
	}
	if changed(f.seen, now) || f.fault != nil && time.Since(f.readAt) >= patience {
		f.again(now)
	}
}

func changed(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return (a == nil) != (b == nil)
	}
	return !os.SameFile(a, b) || !a.ModTime().Equal(b.ModTime()) || a.Size() != b.Size() || a.Mode() != b.Mode()
}

// again reads the file. seen is what it looked like before: a change while it is read is noticed by the next look.
func (f *File) again(seen fs.FileInfo) {
	value, err := f.read()
	before, fault := f.current, f.fault
	f.seen, f.readAt, f.fault = seen, time.Now(), err
	switch {
	case err == nil:
		f.current = New(value)
		if fault != nil || before.Reveal() != value {
			f.told(nil)
		}
	case fault == nil || fault.Error() != err.Error():
		f.told(err)
	}
}

// String returns [redacted].
func (f *File) String() string { return redacted }

// GoString returns [redacted], for %#v.
func (f *File) GoString() string { return redacted }

// Format writes [redacted] for every verb.
func (f *File) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// MarshalText gives [redacted] to JSON and YAML.
func (f *File) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue gives [redacted] to slog.
func (f *File) LogValue() slog.Value { return slog.StringValue(redacted) }

var (
	_ Source         = String{}
	_ Source         = (*File)(nil)
	_ fmt.Formatter  = (*File)(nil)
	_ slog.LogValuer = (*File)(nil)
)
