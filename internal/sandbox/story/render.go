package story

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

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

// Shown gives a message as its reader sees it, line by line: buttons and links in brackets, moments in the words that are for clients that know no zones,
// and long hashes cut.
func Shown(m workspace.Message) []string {
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
		label, value, _ := strings.Cut(strings.Join(lines(f.Text), "\n"), "\n")
		out = append(out, fmt.Sprintf("%-12s %s", label, strings.ReplaceAll(value, "\n", " ")))
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
	group   = regexp.MustCompile(`<!subteam\^([A-Z0-9]+)>`)
	channel = regexp.MustCompile(`<#([A-Z0-9]+)(?:\|[^>]*)?>`)
	moment  = regexp.MustCompile(`<!date\^[^|>]*\|([^>]*)>`)
	link    = regexp.MustCompile(`<https?://[^|>]*\|([^>]*)>`)
	bold    = regexp.MustCompile(`\*([^*\n]+)\*`)
	hash    = regexp.MustCompile("`([0-9a-f]{12})[0-9a-f]*`")
	entity  = strings.NewReplacer(":warning:", "⚠", "&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// lines reads mrkdwn as a person does. Long hashes are cut.
func lines(s string) []string {
	s = person.ReplaceAllStringFunc(s, func(m string) string { return "@" + town.Name(person.FindStringSubmatch(m)[1]) })
	s = group.ReplaceAllStringFunc(s, func(m string) string { return "@" + town.Name(group.FindStringSubmatch(m)[1]) })
	s = channel.ReplaceAllStringFunc(s, func(m string) string { return "#" + town.Name(channel.FindStringSubmatch(m)[1]) })
	s = moment.ReplaceAllString(s, "$1")
	s = link.ReplaceAllString(s, "[$1]")
	s = bold.ReplaceAllString(s, "$1")
	s = hash.ReplaceAllString(s, "$1…")
	s = entity.Replace(s)
	var out []string
	for l := range strings.SplitSeq(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// words gives a message as one line.
func words(m workspace.Message) string { return strings.Join(Shown(m), " ") }

// width is that of the transcript's lines, which a terminal of 120 columns shows whole.
const width = 110

// wrap breaks a long line between words.
func wrap(line string) []string {
	var out []string
	part, length := "", 0
	for word := range strings.SplitSeq(line, " ") {
		n := utf8.RuneCountInString(word)
		if length > 0 && length+1+n > width {
			out, part, length = append(out, part), "  ", 2
		} else if length > 0 {
			part, length = part+" ", length+1
		}
		part, length = part+word, length+n
	}
	return append(out, part)
}
