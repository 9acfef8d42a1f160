package page

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// app is the app's own page, as somebody sees it.
type app struct {
	ID       string          `json:"id"` // of its bot's user
	Name     string          `json:"name"`
	HomeTab  bool            `json:"homeTab"`
	Writable bool            `json:"writable"` // people may write to it
	Home     string          `json:"home"`     // the id of what it has published for this person; empty: nothing yet
	Hash     string          `json:"hash"`
	Blocks   json.RawMessage `json:"blocks,omitempty"`
}

func (s *server) app(as string) app {
	c := s.town.Slack.Config()
	out := app{ID: c.BotUserID, Name: c.BotName, HomeTab: c.HomeTab, Writable: c.Writable}
	if v, ok := s.town.Slack.Home(as); ok {
		out.Home, out.Hash, out.Blocks = v.ID, v.Hash, v.Blocks
	}
	return out
}

// opened is a tab of the app's own page that somebody has come to.
type opened struct {
	As  string `json:"as"`
	Tab string `json:"tab"` // home, messages
}

func (s *server) openApp(_ context.Context, o opened) error {
	if !slices.Contains(town.Everybody(), o.As) {
		return errors.New("nobody here is called that")
	}
	return s.town.Slack.OpenApp(o.As, o.Tab)
}

// errClosed is what Slack's client says in the place of the composer, for messages and commands alike: the setting of an app is called "Allow users to
// send Slash commands and messages from the messages tab" (messages_tab_read_only_enabled in a manifest).
var errClosed = errors.New("Sending messages to this app has been turned off.") //nolint:revive,staticcheck // a sentence of Slack's

func (s *server) closed(l line) bool {
	return l.Channel == town.Direct(l.As) && !s.town.Slack.Config().Writable
}

// reacted is an emoji that somebody puts at a message, or takes away.
type reacted struct {
	As      string `json:"as"`
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	Name    string `json:"name"`
	On      bool   `json:"on"`
}

func (s *server) react(_ context.Context, r reacted) error {
	return s.town.Slack.React(r.As, r.Channel, r.TS, r.Name, r.On)
}

// reaction is an emoji at a message.
type reaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
}

func reactions(m workspace.Message) []reaction {
	var out []reaction
	for _, r := range m.Reactions {
		out = append(out, reaction(r))
	}
	return out
}
