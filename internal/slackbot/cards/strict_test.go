package cards_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"offboard/internal/slackbot/cards"
)

// check holds a message to Slack's limits (facts/slack.md) and to pinging nobody but the people of the fixture.
func check(t *testing.T, m cards.Message) {
	t.Helper()
	text, err := json.Marshal(m.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []any
	if err := json.Unmarshal(text, &blocks); err != nil {
		t.Fatal(err)
	}
	for _, f := range faults(m.Text, blocks) {
		t.Error(f)
	}
	if n := utf8.RuneCountInString(m.Text); n < 1 || n > 3000 {
		t.Errorf("the text has %d code points", n)
	}
}

func faults(text string, blocks []any) []string {
	out := unsafe(text)
	if len(blocks) > 50 {
		out = append(out, fmt.Sprintf("%d blocks", len(blocks)))
	}
	ids := map[any]bool{}
	for _, b := range blocks {
		block, _ := b.(map[string]any)
		if id, ok := block["block_id"]; ok && id != "" {
			if ids[id] {
				out = append(out, fmt.Sprintf("block id %v twice", id))
			}
			ids[id] = true
		}
		out = append(out, blockFaults(block)...)
	}
	return out
}

func blockFaults(b map[string]any) []string {
	var out []string
	switch b["type"] {
	case "header":
		out = append(out, textFaults(b["text"], 150)...)
	case "section":
		fields, _ := b["fields"].([]any)
		if len(fields) > 10 || len(fields) == 0 && b["text"] == nil {
			out = append(out, fmt.Sprintf("a section with %d fields", len(fields)))
		}
		for _, f := range fields {
			out = append(out, textFaults(f, 2000)...)
		}
		if b["text"] != nil {
			out = append(out, textFaults(b["text"], 3000)...)
		}
		if a, ok := b["accessory"].(map[string]any); ok {
			out = append(out, buttonFaults(a)...)
		}
	case "context":
		elements, _ := b["elements"].([]any)
		for _, e := range elements {
			out = append(out, textFaults(e, 3000)...)
		}
	case "actions":
		elements, _ := b["elements"].([]any)
		for _, e := range elements {
			button, _ := e.(map[string]any)
			out = append(out, buttonFaults(button)...)
		}
	default:
		out = append(out, fmt.Sprintf("a block of type %v", b["type"]))
	}
	return out
}

func buttonFaults(b map[string]any) []string {
	out := textFaults(b["text"], 75)
	if v, _ := b["value"].(string); utf8.RuneCountInString(v) > 2000 || v == "" {
		out = append(out, "a button's value")
	}
	if c, ok := b["confirm"].(map[string]any); ok {
		out = append(out, textFaults(c["title"], 100)...)
		out = append(out, textFaults(c["text"], 300)...)
		out = append(out, textFaults(c["confirm"], 30)...)
		out = append(out, textFaults(c["deny"], 30)...)
	}
	return out
}

func textFaults(o any, most int) []string {
	obj, _ := o.(map[string]any)
	text, _ := obj["text"].(string)
	var out []string
	if n := utf8.RuneCountInString(text); n < 1 || n > most {
		out = append(out, fmt.Sprintf("%d code points where 1 to %d fit", n, most))
	}
	if obj["type"] == "mrkdwn" && obj["verbatim"] != true {
		out = append(out, "mrkdwn that is not verbatim")
	}
	return append(out, unsafe(text)...)
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
