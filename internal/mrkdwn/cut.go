package mrkdwn

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const ellipsis = "…"

// Cut shortens text that is already safe to at most n code points, with … at its end when something is missing. It splits neither
// a rune, nor an entity such as &amp;, nor a mention or link in angle brackets, nor a letter from its combining marks.
func Cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	if n <= 0 {
		return ""
	}
	return trim(whole(head(s, n-1))) + ellipsis
}

// cutRaw shortens text that is not escaped yet.
func cutRaw(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	if n <= 0 {
		return ""
	}
	return trim(head(s, n-1)) + ellipsis
}

// head returns the first n code points, less the last letter when its marks come after the cut.
func head(s string, n int) string {
	rs := []rune(s)
	at := n
	for at > 0 && unicode.In(rs[at], unicode.M) {
		at--
	}
	return string(rs[:at])
}

// whole drops an entity or a <…> that was cut in two from the end.
func whole(s string) string {
	const longestEntity = len("&amp;")
	if at := strings.LastIndexByte(s, '&'); at >= 0 && len(s)-at < longestEntity && !strings.Contains(s[at:], ";") {
		s = s[:at]
	}
	if at := strings.LastIndexByte(s, '<'); at >= 0 && !strings.Contains(s[at:], ">") {
		s = s[:at]
	}
	return s
}

func trim(s string) string { return strings.TrimRight(s, " \n") }
