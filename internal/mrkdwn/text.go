package mrkdwn

import (
	"regexp"
	"strings"
	"unicode"
)

// Text makes untrusted text safe inside mrkdwn, for text objects with verbatim and for messages with parse=none alike, and in a plain_text
// object too.
func Text(s string) string { return escape(tame([]rune(Clean(s)))) }

// Short is Text of at most n code points of s; n counts before escaping, which can make one into five.
func Short(s string, n int) string { return escape(tame([]rune(cutRaw(clean(s, n), n)))) }

func escape(rs []rune) string {
	var b strings.Builder
	for i, r := range rs {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			if i == 0 {
				b.WriteRune('›') // an escaped > at the start of a line makes a quotation
				continue
			}
			b.WriteString("&gt;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// alike are the look-alikes of what mrkdwn formats wherever it stands.
var alike = map[rune]rune{'*': '∗', '~': '∼', '`': 'ˋ'}

// edge are the look-alikes of what mrkdwn minds only at the edge of a word: inside of one, as in an e-mail address, they stay.
var edge = map[rune]rune{'_': 'ˍ', '@': '＠', '#': '＃'}

// tame replaces what mrkdwn would format, link or take for a mention.
func tame(rs []rune) []rune {
	out := make([]rune, len(rs))
	for i, r := range rs {
		out[i] = r
		if l, ok := alike[r]; ok {
			out[i] = l
		}
		if l, ok := edge[r]; ok && !inWord(rs, i) {
			out[i] = l
		}
	}
	s := colons.ReplaceAllString(string(out), "∶$1∶")
	return []rune(strings.ReplaceAll(s, "://", "∶//"))
}

// colons is what Slack would show as an emoji.
var colons = regexp.MustCompile(`:([\pL\pN_+'-]+):`)

// inWord reports whether letters or digits stand on both sides, not counting more of the same kind of character.
func inWord(rs []rune, i int) bool {
	return i > 0 && i+1 < len(rs) && wordy(rs[i-1]) && wordy(rs[i+1])
}

func wordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
