package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with the file. It holds no secret.
type Fault struct {
	File    string
	Line    int    // 1 and up; 0 when the file could not be read at all
	Column  int    // 1 and up, in characters
	Text    string // one plain sentence: what is wrong and what to do
	Excerpt string // the line, cut and with its secrets blanked, and a caret below; empty where there is no line
}

// String gives the fault as people read it: the place and the sentence, then the excerpt.
func (f Fault) String() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %s", f.File, f.Text)
	}
	s := fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Text)
	if f.Excerpt == "" {
		return s
	}
	return s + "\n" + f.Excerpt
}

// Faults is everything that is wrong with one file, in the order of its lines.
type Faults []Fault

// Error gives all faults, each as its String, one after the other.
func (f Faults) Error() string {
	out := make([]string, 0, len(f))
	for _, one := range f {
		out = append(out, one.String())
	}
	return strings.Join(out, "\n")
}

// Warning is something that works and is probably not meant.
type Warning Fault

// String gives the warning as people read it.
func (w Warning) String() string {
	f := Fault(w)
	f.Text = "warning: " + f.Text
	return f.String()
}

// place is where something stands in the file; line and column are 1 and up.
type place struct{ line, column int }

func byPlace(a, b Fault) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

func (r *reader) fault(at place, format string, args ...any) {
	r.faults = append(r.faults, r.note(at, format, args...))
}

func (r *reader) warn(at place, format string, args ...any) {
	r.warnings = append(r.warnings, r.note(at, format, args...))
}

func (r *reader) note(at place, format string, args ...any) Fault {
	return Fault{
		File: r.file, Line: at.line, Column: at.column,
		Text: fmt.Sprintf(format, args...), Excerpt: r.text.excerpt(at),
	}
}

func (r *reader) verdict() ([]Warning, error) {
	slices.SortStableFunc(r.faults, byPlace)
	slices.SortStableFunc(r.warnings, byPlace)
	out := make([]Warning, 0, len(r.warnings))
	for _, w := range r.warnings {
		out = append(out, Warning(w))
	}
	if len(r.faults) > 0 {
		return out, r.faults
	}
	return out, nil
}
