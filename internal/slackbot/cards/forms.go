package cards

import (
	"errors"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"offboard/internal/commands"
	"offboard/internal/mrkdwn"
)

// ErrPrivate is a form's private text that Slack would not carry.
var ErrPrivate = errors.New("the form's private text is too long")

// actionValue is the action id of every input; fields are told apart by their block ids.
const actionValue = "value"

// What a form takes, in code points.
const (
	mostWho    = 250
	mostReason = 500
	mostTyped  = 300
	mostOption = 75
	mostLabel  = 2000
)

// AskForm is the form of the command alone.
func AskForm(f commands.AskForm) (slack.ModalViewRequest, error) {
	blocks := []slack.Block{
		input(commands.FieldWho, "Who", "An e-mail address, an id or a login", line(mostWho), false),
	}
	if b := choices(commands.FieldProvider, "Provider", "Leave it empty to look at all of them", f.Providers); b != nil {
		blocks = append(blocks, b)
	}
	if b := choices(commands.FieldAction, "Action", "Leave it empty for the provider's default", f.Actions); b != nil {
		blocks = append(blocks, b)
	}
	blocks = append(blocks, input(commands.FieldAt, "Not before", "Leave it empty to begin as soon as it is approved",
		slack.NewDateTimePickerBlockElement(actionValue), true))
	reason := line(mostReason)
	reason.Multiline = true
	blocks = append(blocks, input(commands.FieldReason, "Reason", "People who decide will read it", reason, true))
	return modal(commands.FormAsk, "Offboard somebody", "Look up", f.Private, blocks)
}

// TypedForm asks an approver to type what the card shows, under the card's own warning.
func TypedForm(f commands.TypedForm) (slack.ModalViewRequest, error) {
	var blocks []slack.Block
	if len(f.Plan.Steps) > 0 {
		blocks = append(blocks, section(warning(f.Plan)))
	}
	ask := mrkdwn.Short(f.Ask, mostLabel/5)
	if ask == "" {
		ask = "Type the account's e-mail or id, as the card shows it"
	}
	blocks = append(blocks, input(commands.FieldTyped, ask, "", line(mostTyped), false))
	return modal(commands.FormTyped, mrkdwn.Text(f.Title), "Approve", f.Private, blocks)
}

func modal(id, title, submit, private string, blocks []slack.Block) (slack.ModalViewRequest, error) {
	if utf8.RuneCountInString(private) > mostPrivate {
		return slack.ModalViewRequest{}, ErrPrivate
	}
	if title == "" {
		title = "Offboard"
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: id, PrivateMetadata: private, Title: plain(title, mostTitle),
		Submit: plain(submit, mostTitle), Close: plain("Cancel", mostTitle), Blocks: slack.Blocks{BlockSet: blocks},
	}, nil
}

func line(most int) *slack.PlainTextInputBlockElement {
	e := slack.NewPlainTextInputBlockElement(nil, actionValue)
	e.MaxLength = most
	return e
}

func input(field, label, hint string, element slack.BlockElement, optional bool) slack.Block {
	var h *slack.TextBlockObject
	if hint != "" {
		h = plain(hint, mostLabel)
	}
	b := slack.NewInputBlock(field, plain(label, mostLabel), h, element)
	b.Optional = optional
	return b
}

// choices is an optional select: nothing chosen means what the hint says. nil: there is nothing to choose from.
func choices(field, label, hint string, values []string) slack.Block {
	var options []*slack.OptionBlockObject
	for _, v := range values {
		if v == "" || utf8.RuneCountInString(v) > mostOption || len(options) == mostOptions {
			continue // it can still be named in the command itself
		}
		options = append(options, slack.NewOptionBlockObject(v, plain(mrkdwn.Text(v), mostOption), nil))
	}
	if len(options) == 0 {
		return nil
	}
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain(label, mostOption), actionValue, options...)
	return input(field, label, hint, e, true)
}
