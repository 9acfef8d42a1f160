package approvals

import (
	"testing"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		a, b string
		same bool
	}{
		"the same":                    {"pat@example.com", "pat@example.com", true},
		"letter case":                 {"Pat@Example.COM", "pat@example.com", true},
		"a dot at the end":            {"pat@example.com.", "pat@example.com", true},
		"blanks":                      {" pat@example.com\t", "pat@example.com", true},
		"a soft hyphen":               {"pat@exam\u00adple.com", "pat@example.com", true},
		"a zero-width blank":          {"pat\u200b@example.com", "pat@example.com", true},
		"its own script and xn--":     {"pat@bücher.example", "pat@xn--bcher-kva.example", true},
		"xn-- in capitals":            {"pat@XN--BCHER-KVA.example", "pat@BÜCHER.example", true},
		"the other dots":              {"pat@example。com", "pat@example.com", true},
		"full width":                  {"pat@ｅxample.com", "pat@example.com", true},
		"Chinese":                     {"pat@他们为什么不说中文.example", "pat@xn--ihqwcrb4cv8a8dqg056pqjye.example", true},
		"another domain":              {"pat@example.com", "pat@example.org", false},
		"a domain below":              {"pat@a.example.com", "pat@example.com", false},
		"a letter of another script":  {"pat@exаmple.com", "pat@example.com", false},
		"xn-- that says nothing":      {"pat@xn--!.example", "pat@.example", false},
		"xn-- that is too much":       {"pat@xn--99999999999.example", "pat@.example", false},
		"a login, with nothing to it": {"", "", true},
	} {
		if got := sameAddress(tc.a, tc.b); got != tc.same {
			t.Errorf("%s: %t (%q, %q)", name, got, canonical(tc.a), canonical(tc.b))
		}
		if got := sameAddress(tc.b, tc.a); got != tc.same {
			t.Errorf("%s, the other way round: %t", name, got)
		}
	}
}

func TestDomains(t *testing.T) {
	t.Parallel()
	for address, within := range map[string]bool{
		"ceo@board.example.com":             true,
		"CEO@Board.Example.COM":             true,
		"ceo@board.example.com.":            true,
		"ceo@board。example。com":             true,
		`"a@b"@board.example.com`:           true,
		"ceo@board.example.com@org.example": true,
		"board.example.com":                 false,
		"ceo@sub.board.example.com":         false,
		"ceo@board.example.com.evil.org":    false,
		"ceo@evilboard.example.com":         false,
		"ceo@boаrd.example.com":             false, // a Cyrillic letter: another domain
		"board.example.com@evil.org":        false,
		"ceo@board.example.comm":            false,
		"ceo@example.com":                   false,
		"ceo@":                              false,
		"":                                  false,
	} {
		if got := under(address, "board.example.com"); got != within {
			t.Errorf("%q: %t", address, got)
		}
	}
	if !under("x@bücher.example", "xn--bcher-kva.example") || !under("x@xn--bcher-kva.example", "Bücher.example.") {
		t.Error("the two forms of one domain are told apart")
	}
	if under("x@", "") || under("x", ".") {
		t.Error("no domain at all protects everybody")
	}
}

// What a provider sends is anything.
func FuzzAddresses(f *testing.F) {
	for _, s := range []string{"pat@example.com", "@", "@@", "pat@xn--", "pat@xn--a-", "pat@xn--99999999999", "pat@xn--bcher-kva.example", "\xff@\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !sameAddress(s, s) {
			t.Errorf("%q is not the same as itself", s)
		}
		under(s, s)
		under(s, "example.com")
	})
}
