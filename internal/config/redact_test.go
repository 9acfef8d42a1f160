package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRedact shows what of a file may be quoted, line by line.
func TestRedact(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want string }{
		"references stay":       {"token: env:A\ntoken: \"file:a/b\" # c\n{token: env:A, x: 1}", "token: env:A\ntoken: \"file:a/b\" # c\n{token: env:A, x: 1}"},
		"clear":                 {"a: 1\n  api_key: abc\nb: 2", "a: 1\n  api_key: [redacted]\nb: 2"},
		"in a flow":             {"{url: x, api_key: abc, y: 1}", "{url: x, api_key: [redacted]"},
		"misspelt":              {"bot_tokens: abc\nApiKey: abc\n'password': x", "bot_tokens: [redacted]\nApiKey: [redacted]\n'password': [redacted]"},
		"block":                 {"a:\n  token: |\n    abc\n\n    def\n  b: 1", "a:\n  token: [redacted]\n[redacted]\n[redacted]\n[redacted]\n  b: 1"},
		"next line":             {"token:\n  abc\nb: 1", "token: [redacted]\n[redacted]\nb: 1"},
		"next line, reference":  {"token:\n  env:A\nb: 1", "token: [redacted]\n  env:A\nb: 1"},
		"open quote":            {"token: \"abc\ndef\nghi\" x\nb: 1", "token: [redacted]\n[redacted]\n[redacted]\nb: 1"},
		"not a name after env:": {"token: env:abc def", "token: [redacted]"},
		"shapes anywhere":       {"x: [xoxb-1-a, xapp-1, sk_test_a]", "x: [[redacted], [redacted], [redacted]]"},
		"private key":           {"x: -----BEGIN RSA PRIVATE KEY----- abc", "x: [redacted]"},
		"URL":                   {"journal: redis://u:p@h:1/0", "journal: redis://[redacted]@h:1/0"},
		"provider by that name": {"providers:\n  keycloak:\n    type: x\n  token-eu: {type: x}", "providers:\n  keycloak:\n    type: x\n  token-eu: {type: x}"},
		"a path is no secret":   {"key_file: a/b.json", "key_file: a/b.json"},
		"a key in its place":    {`key_file: {"type": 1, "key": "abc"}`, `key_file: {"type": 1, "key": [redacted]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(redact(strings.Split(tc.text, "\n")), "\n")
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestExcerptIsCut(t *testing.T) {
	t.Parallel()
	s := newSource("a: " + strings.Repeat("x", 300) + "é\x1b[2J" + strings.Repeat("y", 300))
	want := "    1 | …" + strings.Repeat("x", 58) + "é\ufffd[2J" + strings.Repeat("y", 36) + "…\n" +
		"      | " + strings.Repeat(" ", 61) + "^"
	if diff := cmp.Diff(want, s.excerpt(place{line: 1, column: 306})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, nowhere := range []place{{}, {line: 2, column: 1}, {line: -1, column: 1}} {
		if got := s.excerpt(nowhere); got != "" {
			t.Errorf("an excerpt of %v: %q", nowhere, got)
		}
	}
}
