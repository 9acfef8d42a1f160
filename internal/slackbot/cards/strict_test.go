package cards_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"offboard/internal/sandbox/workspace/limits"
	"offboard/internal/slackbot/cards"
)

// check holds a message to Slack's limits and to pinging nobody but the people of the fixture.
func check(t *testing.T, m cards.Message) {
	t.Helper()
	blocks, err := json.Marshal(m.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range limits.CheckUpdate(m.Text, blocks) { // stricter than a post
		t.Error(f)
	}
	if n := utf8.RuneCountInString(m.Text); n < 1 || n > 3000 {
		t.Errorf("the text has %d code points", n)
	}
	checkTexts(t, m.Text, blocks)
}

func checkView(t *testing.T, view any) {
	t.Helper()
	text, err := json.Marshal(view)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range limits.CheckView(text) {
		t.Error(f)
	}
	checkTexts(t, "", text)
}

func checkTexts(t *testing.T, text string, blocks []byte) {
	t.Helper()
	var v any
	if err := json.Unmarshal(blocks, &v); err != nil {
		t.Fatal(err)
	}
	for _, f := range append(unsafe(text), textFaults(v)...) {
		t.Error(f)
	}
}

// textFaults looks at every text object anywhere.
func textFaults(v any) []string {
	var out []string
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			out = append(out, textFaults(x)...)
		}
	case map[string]any:
		if text, ok := v["text"].(string); ok {
			out = append(out, unsafe(text)...)
		}
		if v["type"] == "mrkdwn" && v["verbatim"] != true {
			out = append(out, "mrkdwn that is not verbatim")
		}
		for _, x := range v {
			out = append(out, textFaults(x)...)
		}
	}
	return out
}

var (
	angles   = regexp.MustCompile(`<[^>]*>?`)
	allowed  = regexp.MustCompile(`^<(@U0ASKS|@U0SECOND|@U0THIRD|!date\^\d+\^\{date_short_pretty\} \{time\}\|[-0-9: ]+UTC|https://[^|<>]+\|Open the card)>$`)
	bareName = regexp.MustCompile(`(^|[^\pL\pN])[@#]\pL`)
	amps     = regexp.MustCompile(`&(amp|lt|gt);`)
)

// unsafe finds what would ping, link or hide. Only our own mentions and dates may stand in angle brackets.
func unsafe(s string) []string {
	var out []string
	for _, a := range angles.FindAllString(s, -1) {
		if !allowed.MatchString(a) {
			out = append(out, "unexpected "+a)
		}
	}
	rest := angles.ReplaceAllString(s, "")
	if m := bareName.FindString(rest); m != "" {
		out = append(out, "a bare mention: "+m)
	}
	if strings.Contains(amps.ReplaceAllString(rest, ""), "&") || strings.Contains(rest, ">") {
		out = append(out, "not escaped: "+rest)
	}
	hidden := func(r rune) bool {
		return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
	}
	if strings.ContainsFunc(s, hidden) || !utf8.ValidString(s) {
		out = append(out, fmt.Sprintf("something hidden: %q", s))
	}
	return out
}
