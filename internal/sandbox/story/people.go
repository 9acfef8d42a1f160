package story

import (
	"context"
	"errors"
	"strings"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// People are those whom the story is about: what they do with their hands, and see with their eyes. An error says what somebody was not let do, or
// does not see.
type People interface {
	// Type sends a line that somebody typed in a channel.
	Type(ctx context.Context, who, channel, line string) error
	// Press has somebody press a button of a message, by its words. Where the button asks once more, they say yes.
	Press(ctx context.Context, who string, on workspace.Message, button string) error
	// See holds that these messages stand before somebody's eyes as the workspace has them, and that nothing else can be pressed in them.
	See(ctx context.Context, who string, all ...workspace.Message) error
	// SeeAlone holds that somebody sees these messages, as private ones, and nobody else does.
	SeeAlone(ctx context.Context, who string, all ...workspace.Message) error
}

// Direct gives people who act on the workspace itself, and so see what it has for them. They pass confirm dialogs over.
func Direct(t *town.Town) People { return direct{t.Slack} }

type direct struct{ slack *workspace.Workspace }

func (d direct) Type(ctx context.Context, who, channel, line string) error {
	command, rest, _ := strings.Cut(line, " ")
	return acked(d.slack.Command(ctx, who, channel, command, rest))
}

func (d direct) Press(ctx context.Context, who string, on workspace.Message, button string) error {
	return acked(d.slack.Click(ctx, who, on.Channel, on.TS, strings.ToLower(button)))
}

func (direct) See(context.Context, string, ...workspace.Message) error { return nil }

func (direct) SeeAlone(context.Context, string, ...workspace.Message) error { return nil }

func acked(ack workspace.Ack, err error) error {
	if err == nil && ack.Error != "" {
		return errors.New(ack.Error)
	}
	return err
}
