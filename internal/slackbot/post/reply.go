package post

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/commands"
	"offboard/internal/slackbot/cards"
	"offboard/internal/slackbot/webapi"
)

// Replier answers one person privately: by a response_url that is Slack's while it works, else by an ephemeral message in the channel
// they were in, else by a direct message.
type Replier struct {
	api         *webapi.Client
	responseURL string
	channel     string
	user        string
}

var _ commands.Replier = (*Replier)(nil)

// NewReplier returns a replier for one person. responseURL and channel may be empty.
func NewReplier(api *webapi.Client, responseURL, channel, user string) *Replier {
	if !api.MayRespond(responseURL) {
		responseURL = ""
	}
	return &Replier{api: api, responseURL: responseURL, channel: channel, user: user}
}

// String keeps the response_url out of logs.
func (r *Replier) String() string { return fmt.Sprintf("replier to %s", r.user) }

// GoString keeps the response_url out of logs.
func (r *Replier) GoString() string { return r.String() }

// Private answers the person. An answer that may have arrived is sent the next way all the same: twice is better than never.
func (r *Replier) Private(ctx context.Context, reply commands.Reply) error {
	m := cards.Reply(reply, r.permalink(ctx, reply.Card))
	if r.responseURL != "" {
		if err := r.api.Respond(ctx, r.responseURL, hook(m)); err == nil || ctx.Err() != nil {
			return err
		}
	}
	params, err := message(m, "")
	if err != nil {
		return err
	}
	if r.channel != "" {
		params.Set("channel", r.channel)
		params.Set("user", r.user)
		if err := r.api.Call(ctx, "chat.postEphemeral", params, nil); err == nil || ctx.Err() != nil {
			return err
		}
		params.Del("user")
	}
	params.Set("channel", r.user)
	return r.api.Call(ctx, "chat.postMessage", params, &posted{})
}

// hook is a message as a response_url takes it.
func hook(m cards.Message) any {
	return struct {
		Type      string `json:"response_type"`
		Replace   bool   `json:"replace_original"`
		Text      string `json:"text"`
		Blocks    any    `json:"blocks,omitempty"`
		Parse     string `json:"parse"`
		LinkNames bool   `json:"link_names"`
		Unfurl    bool   `json:"unfurl_links"`
	}{Type: "ephemeral", Text: m.Text, Blocks: m.Blocks, Parse: "none"}
}

type permalink struct {
	Permalink string `json:"permalink"`
}

// permalink returns the address of a message; empty when there is none, or Slack does not say in time.
func (r *Replier) permalink(ctx context.Context, at approvals.Place) string {
	if !at.Known() || at.Channel == "" {
		return ""
	}
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var out permalink
	if r.api.Call(ctx, "chat.getPermalink", url.Values{"channel": {at.Channel}, "message_ts": {at.TS}}, &out) != nil {
		return ""
	}
	return out.Permalink
}
