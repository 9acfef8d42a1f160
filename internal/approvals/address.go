package approvals

import (
	"slices"
	"strings"
	"unicode"

	"offboard/internal/providers"
)

// sameAddress reports whether two e-mail addresses, or two logins, reach the same mailbox however they are written: in any letter case, with a
// dot at the end of the domain, and with the domain in its own script or in the xn-- form.
func sameAddress(a, b string) bool {
	return strings.EqualFold(a, b) || canonical(a) != "" && canonical(a) == canonical(b)
}

// canonical gives an address in the one form in which two are compared.
func canonical(address string) string {
	parts := strings.Split(visible(address), "@")
	for i := range parts {
		if i > 0 {
			parts[i] = canonicalDomain(parts[i])
		}
	}
	return fold(strings.Join(parts, "@"))
}

// under reports whether an address is of a domain, that very domain and none below it. Every part behind an @ counts: a login can be an
// address with the organisation's domain appended.
func under(address, domain string) bool {
	domain = canonicalDomain(domain)
	parts := strings.Split(visible(address), "@")
	return domain != "" && slices.ContainsFunc(parts[1:], func(p string) bool { return canonicalDomain(p) == domain })
}

// visible leaves out blanks around an address, and what nobody can see of it.
func visible(address string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Variation_Selector) {
			return -1
		}
		return narrow(r)
	}, address))
}

// narrow gives the plain form of a full-width letter, digit or sign, which a domain is looked up by, and of the other dots.
func narrow(r rune) rune {
	const first, last, shift = 0xFF01, 0xFF5E, 0xFF01 - '!'
	switch {
	case r >= first && r <= last:
		return r - shift
	case r == '\u3002' || r == '\uFF0E' || r == '\uFF61':
		return '.'
	default:
		return r
	}
}

func canonicalDomain(d string) string {
	labels := strings.Split(fold(strings.TrimRight(visible(d), ".")), ".")
	for i, l := range labels {
		if coded, ok := strings.CutPrefix(l, "xn--"); ok {
			if plain, ok := unpuny(coded); ok {
				labels[i] = fold(plain)
			}
		}
	}
	return strings.Join(labels, ".")
}

// fold is the same for all letter cases of a text.
func fold(s string) string { return strings.ToLower(strings.ToUpper(s)) }

// unpuny decodes what follows xn-- in a label: punycode, RFC 3492, section 6.2.
func unpuny(coded string) (string, bool) {
	const base, bias, start = 36, 72, 128
	var out []rune
	if i := strings.LastIndexByte(coded, '-'); i >= 0 {
		out, coded = []rune(coded[:i]), coded[i+1:]
	}
	n, at, b := start, 0, bias
	for len(coded) > 0 {
		before := at
		for w, k := 1, base; ; k += base {
			digit, ok := punyDigit(coded)
			if !ok || digit > (1<<30-at)/w {
				return "", false
			}
			coded = coded[1:]
			at += digit * w
			t := min(max(k-b, 1), 26)
			if digit < t {
				break
			}
			w *= base - t
		}
		b = punyBias(at-before, len(out)+1, before == 0)
		n += at / (len(out) + 1)
		at %= len(out) + 1
		if n > unicode.MaxRune {
			return "", false
		}
		out = slices.Insert(out, at, rune(n)) //nolint:gosec // bounded above
		at++
	}
	return string(out), true
}

func punyDigit(coded string) (int, bool) {
	if coded == "" {
		return 0, false
	}
	switch c := coded[0]; {
	case c >= 'a' && c <= 'z':
		return int(c - 'a'), true
	case c >= '0' && c <= '9':
		return int(c-'0') + 26, true
	default:
		return 0, false
	}
}

// punyBias is the adaptation of RFC 3492, section 6.1.
func punyBias(delta, points int, first bool) int {
	const base, damp, skew = 36, 700, 38
	if first {
		delta /= damp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for ; delta > (base-1)*26/2; k += base {
		delta /= base - 1
	}
	return k + base*delta/(delta+skew)
}

// addresses are what an account is known by: its e-mail and its logins.
func addresses(a providers.Account) []string {
	return append([]string{a.Email}, a.Logins...)
}
