package mrkdwn_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"offboard/internal/mrkdwn"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Alice Example", "Alice Example"},
		{"e-mail stays", "john_doe+x.y@mail.example.com", "john_doe+x.y@mail.example.com"},
		{"vendor words stay", "USER_STATE_INACTIVE", "USER_STATE_INACTIVE"},
		{"channel mention", "<!channel>", "&lt;!channel&gt;"},
		{"user mention", "<@U1>", "&lt;＠U1&gt;"},
		{"bare mentions", "@here @channel @everyone", "＠here ＠channel ＠everyone"},
		{"channel name", "#general", "＃general"},
		{"format", "*b* _i_ ~s~ `c` ```p```", "∗b∗ ˍiˍ ∼s∼ ˋcˋ ˋˋˋpˋˋˋ"},
		{"escapes once", "a&amp;b", "a&amp;amp;b"},
		{"one line", "a\r\n\tb\u2028c\u0085d", "a b c d"},
		{"bidi", "a\u202Egnp.exe\u2066x\u2069\u200F", "agnp.exex"},
		{"zero width", "ad\u200Bm\u200Din\uFEFF\u2060", "admin"},
		{"tags", "x\U000E0041\U000E0042", "x"},
		{"zalgo", "e" + strings.Repeat("\u0301", 50) + "x", "e" + strings.Repeat("\u0301", 4) + "x"},
		{"emoji code", ":boom: a:b:c", "∶boom∶ a∶b∶c"},
		{"link", "see https://evil.example", "see https∶//evil.example"},
		{"quotation", "> x", "› x"},
		{"not utf-8", "a\xffb", "a\uFFFDb"},
		{"fillers", "\u3164\u2800\uffa0", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := mrkdwn.Text(c.in); got != c.want {
				t.Errorf("Text(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestNameOfNobody(t *testing.T) {
	t.Parallel()
	if got := mrkdwn.Name(" \u200b\n", "12345"); got != "(no name) 12345" {
		t.Errorf("got %q", got)
	}
	if got := mrkdwn.Name(strings.Repeat("ä", 10_000), "1"); got != strings.Repeat("ä", 79)+"…" {
		t.Errorf("got %q", got)
	}
}

func TestPersonMentionsOnlyUserIDs(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"U0123ABC": "<@U0123ABC>", "W0123": "<@W0123>", "": "somebody",
		"U1> <!channel": "U1&gt; &lt;!channel", "!channel": "!channel", "u1": "u1",
	} {
		if got := mrkdwn.Person(in); got != want {
			t.Errorf("Person(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCutSplitsNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"a&amp;b", 4, "a…"},
		{"a&amp;bcd", 7, "a&amp;…"},
		{"hi <@U123> there", 8, "hi…"},
		{"ae\u0301x", 3, "a…"},
		{"abc", 0, ""},
	} {
		if got := mrkdwn.Cut(c.in, c.n); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func TestTimeHasAFallbackInUTC(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 15, 4, 5, 0, time.FixedZone("x", 3600))
	if got, want := mrkdwn.Time(at), "<!date^1767362645^{date_short_pretty} {time}|2026-01-02 14:04 UTC>"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := mrkdwn.Time(time.Time{}); got != "unknown" {
		t.Errorf("got %q", got)
	}
}

// hostile draws arbitrary text with the dangerous pieces far more often than chance would.
func hostile() *rapid.Generator[string] {
	piece := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"<!channel>", "<@U1>", "@here", "@everyone", "#general", "`", "```", "*", "_", "~", "&", "&lt;", "\n", "\u202e", "\u2066",
		"\u200d", "👩\u200d👩\u200d👧", "e\u0301\u0301\u0301", ":x:", "://", ">", "\x00", "\xff", "\u3164",
	}))
	return rapid.Map(rapid.SliceOf(piece), func(s []string) string { return strings.Join(s, "") })
}

var (
	bareAmp  = regexp.MustCompile(`&(?:[^alg]|a[^m]|l[^t]|g[^t]|$)`)
	formats  = regexp.MustCompile("[*~`]|(^|[^\\pL\\pN])_|_([^\\pL\\pN]|$)|(^|[^\\pL\\pN])[@#]|://|:[\\pL\\pN_+'-]+:")
	invisble = []*unicode.RangeTable{unicode.Cc, unicode.Cf, unicode.Co, unicode.Bidi_Control, unicode.Zl, unicode.Zp}
)

func checkSafe(t *rapid.T, got string) {
	t.Helper()
	if strings.ContainsAny(got, "<>\n\r") || bareAmp.MatchString(got) {
		t.Fatalf("not escaped: %q", got)
	}
	if i := strings.IndexFunc(got, func(r rune) bool { return unicode.In(r, invisble...) }); i >= 0 {
		t.Fatalf("invisible at %d: %q", i, got)
	}
	if !utf8.ValidString(got) {
		t.Fatalf("not UTF-8: %q", got)
	}
}

func TestTextIsAlwaysSafe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := hostile().Draw(t, "s")
		for _, got := range []string{mrkdwn.Text(s), mrkdwn.Name(s, s), mrkdwn.ID(s)} {
			checkSafe(t, got)
			if m := formats.FindString(got); m != "" {
				t.Fatalf("%q would format: %q", m, got)
			}
		}
		if got := mrkdwn.Clean(mrkdwn.Clean(s)); got != mrkdwn.Clean(s) {
			t.Fatalf("Clean changes its own result: %q", got)
		}
	})
}

func TestCutKeepsToItsLimitAndStaysSafe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, n := hostile().Draw(t, "s"), rapid.IntRange(0, 60).Draw(t, "n")
		got := mrkdwn.Cut(mrkdwn.Text(s), n)
		checkSafe(t, got)
		if c := utf8.RuneCountInString(got); c > n {
			t.Fatalf("%d code points, want at most %d: %q", c, n, got)
		}
		if c := utf8.RuneCountInString(mrkdwn.Name(s, s)); c > 80*5+len("(no name) ")+200*5 {
			t.Fatalf("a name of %d code points", c)
		}
	})
}
