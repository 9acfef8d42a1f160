package webapi

// ChannelInfo is what conversations.info says of a channel, as far as it matters to a bot that posts there.
type ChannelInfo struct {
	Channel struct {
		ID               string   `json:"id"`
		Archived         bool     `json:"is_archived"`
		Member           *bool    `json:"is_member"`
		Shared           bool     `json:"is_shared"`
		OrgShared        bool     `json:"is_org_shared"`
		ExtShared        bool     `json:"is_ext_shared"`
		PendingExtShared bool     `json:"is_pending_ext_shared"`
		PendingShared    []string `json:"pending_shared"`
		PendingConnected []string `json:"pending_connected_team_ids"`
	} `json:"channel"`
}

// Lacks names the channel's id: without it every flag would read as false.
func (c *ChannelInfo) Lacks() string {
	if c.Channel.ID == "" {
		return "channel.id"
	}
	return ""
}

// Outside reports whether people of other organisations can see the channel, or are about to: they could click there (facts/slack.md).
func (c *ChannelInfo) Outside() bool {
	ch := c.Channel
	return ch.ExtShared || ch.PendingExtShared || len(ch.PendingShared)+len(ch.PendingConnected) > 0 || ch.Shared && !ch.OrgShared
}

// Left reports whether Slack says that the bot is not in the channel.
func (c *ChannelInfo) Left() bool { return c.Channel.Member != nil && !*c.Channel.Member }
