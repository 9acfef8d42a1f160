package cards

import (
	"unicode/utf8"

	"github.com/slack-go/slack"

	"offboard/internal/mrkdwn"
)

// Slack's limits, in code points (facts/slack.md).
const (
	mostText    = 3000 // of a text object; and what we allow ourselves of a message's text, which may have 4,000 in an update
	mostField   = 2000
	mostHeader  = 150
	mostButton  = 75
	mostTitle   = 24
	mostPrivate = 3000
	mostBlocks  = 50
	mostOptions = 100

	mostConfirmTitle = 100
	mostConfirmText  = 300
)

// Message is what is posted: Text for notifications and screen readers (and all there is where there are no blocks), and the blocks.
type Message struct {
	Text   string
	Blocks []slack.Block
}

// sentence makes a message of text alone.
func sentence(s string) Message { return Message{Text: mrkdwn.Cut(s, mostText)} }

// md is mrkdwn that is safe already. Verbatim: bare @here and #channel are not looked for.
func md(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, mrkdwn.Cut(s, mostText), false, true)
}

// plain is a plain_text object of text that is safe already.
func plain(s string, most int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, mrkdwn.Cut(s, most), false, false)
}

func section(s string) slack.Block { return slack.NewSectionBlock(md(s), nil, nil) }

func field(label, value string) *slack.TextBlockObject {
	if value == "" {
		value = "none"
	}
	text := "*" + label + "*\n" + value
	if utf8.RuneCountInString(text) > mostField {
		text = mrkdwn.Cut(text, mostField)
	}
	return slack.NewTextBlockObject(slack.MarkdownType, text, false, true)
}
