// Package secret holds values that must never be printed: tokens, keys, signing secrets.
//
// A [String] prints as [redacted] in every verb of fmt, in JSON, YAML and slog; only [String.Reveal] gives the value, and only the
// code that puts it on the wire calls that. It does not protect the process's memory.
//
// A [Source] gives the secret as it is now. One that stands in a file can be exchanged while the bot runs: the file is read again when it has changed,
// and once when the secret was refused. Whoever uses a secret gets it from its source for each use, and decides itself what is done a second time.
package secret

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// String is a secret text. The zero value is the empty secret.
type String struct{ p *string }

// New wraps a value.
func New(value string) String { return String{p: &value} }

// Reveal returns the value.
func (s String) Reveal() string {
	if s.p == nil {
		return ""
	}
	return *s.p
}

// Empty reports whether there is no value.
func (s String) Empty() bool { return s.Reveal() == "" }

// String returns [redacted].
func (s String) String() string { return redacted }

// GoString returns [redacted], for %#v.
func (s String) GoString() string { return redacted }

// Format writes [redacted] for every verb.
func (s String) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText gives [redacted] to JSON and YAML.
func (s String) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue gives [redacted] to slog.
func (s String) LogValue() slog.Value { return slog.StringValue(redacted) }

var (
	_ fmt.Formatter  = String{}
	_ slog.LogValuer = String{}
)
