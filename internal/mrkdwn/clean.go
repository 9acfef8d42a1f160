package mrkdwn

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostMarks is how many combining marks in a row are kept: enough for every script in use, too few to paint over other lines.
const mostMarks = 4

// Clean strips what cannot be seen or would break a line, and returns one line without space at its ends. It escapes nothing.
func Clean(s string) string { return clean(s, len(s)) }

// clean is Clean that gives up after more than most code points, so that a very long text costs no more than a short one.
func clean(s string, most int) string {
	var b strings.Builder
	marks, n, gap := 0, 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029':
			gap = true
			continue
		case hidden(r):
			continue
		case r >= utf8.RuneSelf && unicode.In(r, unicode.Mn, unicode.Me):
			if marks++; marks > mostMarks {
				continue
			}
		default:
			marks = 0
		}
		if gap && n > 0 {
			b.WriteByte(' ')
			n++
		}
		gap = false
		b.WriteRune(r) // a byte that is not UTF-8 arrives here as U+FFFD
		if n++; n > most {
			break
		}
	}
	return b.String()
}

// blanks are letters and marks that show nothing; unicode's classes do not tell.
const blanks = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"

// hidden reports whether a character shows nothing by itself or reorders others: control, format (bidi, zero-width, tags), private
// use, not assigned.
func hidden(r rune) bool {
	if r < utf8.RuneSelf {
		return unicode.IsControl(r)
	}
	if strings.ContainsRune(blanks, r) {
		return true
	}
	return !unicode.IsGraphic(r)
}
