package config

import (
	"fmt"
	"strings"
	"unicode"
)

// source is the file's lines as they may be shown: secrets are blanked once, before anything is quoted.
type source struct {
	lines []string // safe to show
	same  []int    // how many characters at the start of each line are as in the file
}

func newSource(text string) source {
	raw := strings.Split(text, "\n")
	s := source{lines: redact(raw), same: make([]int, len(raw))}
	for i := range raw {
		s.same[i] = agreement([]rune(raw[i]), []rune(s.lines[i]))
	}
	return s
}

func agreement(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// How much of a line an excerpt shows.
const (
	excerptWidth = 100
	excerptLead  = 60 // before the caret, when the line is longer
)

// excerpt shows the line of a place with a caret below the column. A column that was blanked moves to where the blank begins.
func (s source) excerpt(at place) string {
	if at.line < 1 || at.line > len(s.lines) {
		return ""
	}
	line := printable(s.lines[at.line-1])
	if strings.TrimSpace(string(line)) == "" {
		return ""
	}
	column := min(max(at.column-1, 0), s.same[at.line-1], len(line))
	if len(line) > excerptWidth && column > excerptLead {
		line = append([]rune{'…'}, line[column-excerptLead:]...)
		column = excerptLead + 1
	}
	if len(line) > excerptWidth {
		line = append(line[:excerptWidth:excerptWidth], '…')
	}
	return fmt.Sprintf("%5d | %s\n      | %s^", at.line, strings.TrimRight(string(line), " "), strings.Repeat(" ", column))
}

// printable replaces, one for one, what a terminal would obey instead of showing.
func printable(line string) []rune {
	out := []rune(strings.TrimSuffix(line, "\r"))
	for i, c := range out {
		switch {
		case c == '\t':
			out[i] = ' '
		case !unicode.IsPrint(c):
			out[i] = unicode.ReplacementChar
		}
	}
	return out
}
