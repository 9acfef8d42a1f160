package directory

import (
	"context"
	"net/url"
)

// channel holds what is read of a channel.
type channel struct {
	Channel struct {
		ID         string   `json:"id"`
		Archived   bool     `json:"is_archived"`
		Member     *bool    `json:"is_member"`
		Shared     bool     `json:"is_shared"`
		OrgShared  bool     `json:"is_org_shared"`
		ExtShared  bool     `json:"is_ext_shared"`
		PendingExt bool     `json:"is_pending_ext_shared"`
		Pending    []string `json:"pending_shared"`
	} `json:"channel"`
}

// Lacks names the channel's id: without it every flag would read as false.
func (c *channel) Lacks() string {
	if c.Channel.ID == "" {
		return "channel.id"
	}
	return ""
}

// outside reports whether people from outside can see the channel, or are about to: they could click there (facts/slack.md).
func (c *channel) outside() bool {
	ch := c.Channel
	return ch.ExtShared || ch.PendingExt || len(ch.Pending) > 0 || ch.Shared && !ch.OrgShared
}

// Channels asks Slack whether cards may go into the approvals channel and lines into the audit channel (design §9). Its error is a
// *StartError.
func Channels(ctx context.Context, api API, set Settings) error {
	cards, err := look(ctx, api, "slack.approvals_channel", set.Approvals)
	if err != nil {
		return err
	}
	if cards.outside() {
		return wrong("slack.approvals_channel %s is shared with people outside, who could click there. Use a channel of your own.",
			set.Approvals)
	}
	_, err = look(ctx, api, "slack.audit_channel", set.Audit)
	return err
}

func look(ctx context.Context, api API, key, id string) (*channel, error) {
	var c channel
	err := ask(ctx, api, "conversations.info", url.Values{"channel": {id}}, &c)
	switch {
	case err != nil:
		return nil, refused(key+" "+id+" cannot be read", "Check the id, and invite the bot to the channel.", err)
	case c.Channel.ID != id:
		return nil, wrong("%s %s: Slack answered for another channel. Check the id.", key, id)
	case c.Channel.Archived:
		return nil, wrong("%s %s is archived. Unarchive it or choose another channel.", key, id)
	case c.Channel.Member != nil && !*c.Channel.Member:
		return nil, wrong("The bot is not in %s %s. Invite it there with /invite.", key, id)
	}
	return &c, nil
}
