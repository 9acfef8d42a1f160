package cards

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"offboard/internal/commands"
	"offboard/internal/mrkdwn"
)

const (
	mostValue   = 2000 // of a button
	mostChoices = 30
	mostParts   = 10 // sections that a long reply is split into
)

// Reply is a private answer. The permalink leads to the card that the reply speaks of; empty: there is none.
func Reply(r commands.Reply, permalink string) Message {
	text := r.Text
	if link := cardLink(permalink); link != "" {
		text += "\n" + link
	}
	var blocks []slack.Block
	for _, part := range parts(text) {
		blocks = append(blocks, section(part))
	}
	for i, c := range r.Choices {
		if i == mostChoices {
			blocks = append(blocks, section(fmt.Sprintf("… and %d more. Say more exactly who is meant.", len(r.Choices)-mostChoices)))
			break
		}
		blocks = append(blocks, choice(i, c))
	}
	return Message{Text: mrkdwn.Cut(text, mostText), Blocks: blocks}
}

// cardLink trusts no permalink that could break out of the link.
func cardLink(permalink string) string {
	if !strings.HasPrefix(permalink, "http") || strings.ContainsAny(permalink, "<>|\n ") {
		return ""
	}
	return "<" + strings.ReplaceAll(permalink, "&", "&amp;") + "|Open the card>"
}

// choice has its own block id, since action ids are unique within a block only. A value that Slack would refuse leaves the choice
// without a button.
func choice(i int, c commands.Choice) slack.Block {
	id := fmt.Sprintf("%s_%d", commands.ActionChoose, i+1)
	if c.Value == "" || len([]rune(c.Value)) > mostValue {
		return slack.NewSectionBlock(md(c.Text), nil, nil, slack.SectionBlockOptionBlockID(id))
	}
	label := mrkdwn.Short(c.Label, mostButton)
	if label == "" {
		label = "Choose"
	}
	b := slack.NewButtonBlockElement(commands.ActionChoose, c.Value, plain(label, mostButton))
	return slack.NewSectionBlock(md(c.Text), nil, slack.NewAccessory(b), slack.SectionBlockOptionBlockID(id))
}

// parts splits a long text between lines, so that each part fits a section.
func parts(text string) []string {
	var out []string
	part := ""
	for line := range strings.SplitSeq(text, "\n") {
		line = mrkdwn.Cut(line, mostText)
		if part != "" && len([]rune(part))+1+len([]rune(line)) > mostText {
			out, part = append(out, part), ""
		}
		if part != "" {
			part += "\n"
		}
		part += line
	}
	out = append(out, part)
	var kept []string
	for _, p := range out {
		if strings.TrimSpace(p) != "" && len(kept) < mostParts {
			kept = append(kept, p)
		}
	}
	return kept
}
