package workspace_test

import (
	"context"
	"errors"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"offboard/internal/sandbox/workspace"
)

// A client that others wrote works against the workspace: posts, reads back, and answers a click over Socket Mode.
func TestARealClientOverSocketMode(t *testing.T) {
	t.Parallel()
	w, ctx := start(t, workspace.Config{}), within(t)
	api := client(w)
	button := slack.NewButtonBlockElement("go", "v", slack.NewTextBlockObject(slack.PlainTextType, "Go", true, false))
	mark := slack.SlackMetadata{EventType: "mark", EventPayload: map[string]any{"mark": "m"}}
	channel, ts, err := api.PostMessageContext(ctx, "C1", slack.MsgOptionText("x", false), slack.MsgOptionMetadata(mark),
		slack.MsgOptionBlocks(slack.NewActionBlock("b", button)))
	if err != nil || channel != "C1" {
		t.Fatal(channel, err)
	}
	history := &slack.GetConversationHistoryParameters{ChannelID: "C1", IncludeAllMetadata: true}
	read, err := api.GetConversationHistoryContext(ctx, history)
	if err != nil || len(read.Messages) != 1 || read.Messages[0].Metadata.EventPayload["mark"] != "m" {
		t.Errorf("%+v, %v", read, err)
	}
	sm, stopped := socketmode.New(api), make(chan error, 1)
	running, stop := context.WithCancel(ctx)
	go func() { stopped <- sm.RunContext(running) }()
	go func() {
		for event := range sm.Events {
			if event.Type == socketmode.EventTypeInteractive {
				_ = sm.Ack(*event.Request)
				return
			}
		}
	}()
	if err := w.Wait(ctx, func() bool { return w.OpenSockets() == 1 }); err != nil {
		t.Fatal(err)
	}
	ack, err := w.Click(ctx, "U1", "C1", ts, "go")
	if err != nil || ack.Error != "" || ack.Socket != 1 {
		t.Errorf("%+v, %v", ack, err)
	}
	stop()
	if err := <-stopped; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
