package config

import (
	"regexp"
	"strings"
)

const blank = "[redacted]"

// The keys of design §6 that hold secrets.
var secretKeys = map[string]bool{
	"bot_token": true, "app_token": true, "signing_secret": true,
	"api_key": true, "secret_key": true, "token": true, "client_secret": true, "password": true, "sentinel_password": true,
}

var (
	// A key that is, or by a slip of the pen was meant to be, one of a secret; with its colon.
	secretKey = regexp.MustCompile(`(?i)["']?([\w-]*(?:token|secret|passw|key|credential)[\w-]*)["']?\s*:`)
	// A value that only says where the secret is, up to whatever ends it.
	reference = regexp.MustCompile(`^\s*["']?(?:env:[A-Za-z_][A-Za-z0-9_]*|file:[^\s,}"']+)["']?\s*(?:[,}\]#].*)?$`)
	// What is a secret wherever it stands: Slack's and Torii's tokens, private keys, JSON web tokens.
	secretShape = regexp.MustCompile(`(?i)xox[a-z][-.][\w.-]+|xapp-[\w-]+|sk_(?:live|test)_\w+|-----BEGIN.*|eyJ[\w-]{8,}.*`)
	userinfo    = regexp.MustCompile(`://[^\s/@]*@`)
)

// redact blanks secrets line by line. It works on the text and not on the parsed file, because a file that cannot be parsed is
// quoted too; where it cannot know, it blanks too much.
func redact(lines []string) []string {
	out := make([]string, len(lines))
	var inside continuation
	for i, line := range lines {
		if inside.holds(line) {
			out[i] = blank
			continue
		}
		cut := secretAt(line)
		inside = continued(line, cut)
		if cut >= 0 {
			line = line[:cut] + " " + blank
		}
		line = secretShape.ReplaceAllString(line, blank)
		out[i] = userinfo.ReplaceAllString(line, "://"+blank+"@")
	}
	return out
}

// secretAt returns where the first secret in clear begins: right after its key's colon; -1 where there is none.
func secretAt(line string) int {
	for _, m := range secretKey.FindAllStringSubmatchIndex(line, -1) {
		if !harmless(line[m[2]:m[3]], line[m[1]:]) {
			return m[1]
		}
	}
	return -1
}

// harmless reports whether a key that sounds like a secret's holds none: a path, a reference, or the settings of a provider whose
// name sounds like that.
func harmless(key, rest string) bool {
	if strings.EqualFold(key, "key_file") || reference.MatchString(rest) {
		return true
	}
	value := strings.TrimSpace(rest)
	return !secretKeys[key] && (value == "" || value[0] == '{' || value[0] == '#')
}

// continuation is a secret in clear that may go on in the next lines.
type continuation struct {
	open   bool
	indent int    // deeper lines belong to it
	quote  string // or it goes on until this quote
}

func continued(line string, cut int) continuation {
	if cut < 0 {
		return continuation{}
	}
	c := continuation{open: true, indent: indentation(line)}
	value := strings.TrimSpace(line[cut:])
	if value != "" && strings.ContainsAny(value[:1], `"'`) && strings.Count(value, value[:1]) == 1 {
		c.quote = value[:1]
	}
	return c
}

func (c *continuation) holds(line string) bool {
	switch {
	case !c.open:
		return false
	case c.quote != "":
		if strings.Contains(line, c.quote) {
			c.quote = ""
		}
		return true
	default:
		return strings.TrimSpace(line) == "" || (indentation(line) > c.indent && !reference.MatchString(line))
	}
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }
