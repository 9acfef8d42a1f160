package directory

import (
	"context"
	"net/url"

	"offboard/internal/slackbot/webapi"
)

// Channels asks Slack whether cards may go into the approvals channel and lines into the audit channel (design §9). Its error is a
// *StartError.
func Channels(ctx context.Context, api API, set Settings) error {
	cards, err := look(ctx, api, "slack.approvals_channel", set.Approvals)
	if err != nil {
		return err
	}
	if cards.Outside() {
		return wrong("slack.approvals_channel %s is shared with people outside, who could click there. Use a channel of your own.",
			set.Approvals)
	}
	_, err = look(ctx, api, "slack.audit_channel", set.Audit)
	return err
}

func look(ctx context.Context, api API, key, id string) (*webapi.ChannelInfo, error) {
	var c webapi.ChannelInfo
	err := ask(ctx, api, "conversations.info", url.Values{"channel": {id}}, &c)
	switch {
	case err != nil:
		return nil, refused(key+" "+id+" cannot be read", "Check the id, and invite the bot to the channel.", err)
	case c.Channel.ID != id:
		return nil, wrong("%s %s: Slack answered for another channel. Check the id.", key, id)
	case c.Channel.Archived:
		return nil, wrong("%s %s is archived. Unarchive it or choose another channel.", key, id)
	case c.Left():
		return nil, wrong("The bot is not in %s %s. Invite it there with /invite.", key, id)
	}
	return &c, nil
}
