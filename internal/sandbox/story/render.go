package story

import (
	"encoding/json"
	"regexp"
	"strings"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// block is what the transcript shows of a Block Kit block.
type block struct {
	Type      string `json:"type"`
	Text      *text  `json:"text"`
	Fields    []text `json:"fields"`
	Accessory *item  `json:"accessory"`
	Elements  []item `json:"elements"`
}

type text struct {
	Text string `json:"text"`
}

// item is an element: a button has its text in an object, a context element is one.
type item struct {
	Type     string          `json:"type"`
	Text     json.RawMessage `json:"text"`
	ActionID string          `json:"action_id"`
	Style    string          `json:"style"`
}

func (e item) words() string {
	var t text
	if json.Unmarshal(e.Text, &t) == nil && t.Text != "" {
		return t.Text
	}
	var s string
	if json.Unmarshal(e.Text, &s) != nil {
		return ""
	}
	return s
}

// shown gives a message as its reader sees it, line by line.
func shown(m workspace.Message) []string {
	var blocks []block
	if len(m.Blocks) == 0 || json.Unmarshal(m.Blocks, &blocks) != nil || len(blocks) == 0 {
		return lines(m.Text)
	}
	var out []string
	for _, b := range blocks {
		out = append(out, b.lines()...)
	}
	return out
}

func (b block) lines() []string {
	var out []string
	if b.Text != nil {
		out = append(out, lines(b.Text.Text)...)
	}
	for _, f := range b.Fields {
		out = append(out, strings.Join(lines(f.Text), " "))
	}
	var buttons []string
	elements := b.Elements
	if b.Accessory != nil {
		elements = append(elements, *b.Accessory)
	}
	for _, e := range elements {
		if e.Type == "button" {
			buttons = append(buttons, "["+e.words()+"]")
		} else {
			out = append(out, lines(e.words())...)
		}
	}
	if len(buttons) > 0 {
		out = append(out, strings.Join(buttons, " "))
	}
	return out
}

var (
	person  = regexp.MustCompile(`<@([A-Z0-9]+)>`)
	channel = regexp.MustCompile(`<#([A-Z0-9]+)(?:\|[^>]*)?>`)
	moment  = regexp.MustCompile(`<!date\^[^|>]*\|([^>]*)>`)
	link    = regexp.MustCompile(`<https?://[^|>]*\|([^>]*)>`)
	entity  = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// lines reads mrkdwn as a person does.
func lines(s string) []string {
	s = person.ReplaceAllStringFunc(s, func(m string) string { return "@" + town.Name(person.FindStringSubmatch(m)[1]) })
	s = channel.ReplaceAllString(s, "#$1")
	s = moment.ReplaceAllString(s, "$1")
	s = link.ReplaceAllString(s, "$1")
	s = entity.Replace(s)
	var out []string
	for l := range strings.SplitSeq(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}
