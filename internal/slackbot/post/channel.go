package post

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"offboard/internal/dispatch"
	"offboard/internal/mrkdwn"
	"offboard/internal/slackbot/cards"
)

// fresh is how long Slack's word that a channel is fit for cards is believed.
const fresh = 15 * time.Second

type channelInfo struct {
	Channel struct {
		ID               string   `json:"id"`
		IsArchived       bool     `json:"is_archived"`
		IsMember         *bool    `json:"is_member"`
		IsShared         bool     `json:"is_shared"`
		IsExtShared      bool     `json:"is_ext_shared"`
		IsOrgShared      bool     `json:"is_org_shared"`
		IsPendingShared  bool     `json:"is_pending_ext_shared"`
		PendingShared    []string `json:"pending_shared"`
		PendingConnected []string `json:"pending_connected_team_ids"`
	} `json:"channel"`
}

// Lacks names the channel's id: without it every flag would read as false.
func (c *channelInfo) Lacks() string {
	if c.Channel.ID == "" {
		return "channel.id"
	}
	return ""
}

// outside reports whether people of other organisations can see the channel, or are about to.
func (c *channelInfo) outside() bool {
	ch := c.Channel
	return ch.IsExtShared || ch.IsPendingShared || len(ch.PendingShared)+len(ch.PendingConnected) > 0 || ch.IsShared && !ch.IsOrgShared
}

func (p *Poster) channel(ctx context.Context, id string) (*channelInfo, error) {
	var info channelInfo
	if err := p.api.Call(ctx, "conversations.info", url.Values{"channel": {id}}, &info); err != nil {
		return nil, tellError(err)
	}
	switch {
	case info.Channel.ID != id:
		return nil, shut("Slack answered for another channel than " + id)
	case info.Channel.IsArchived:
		return nil, shut("the channel " + id + " is archived")
	case info.Channel.IsMember != nil && !*info.Channel.IsMember:
		return nil, shut("the bot is not in the channel " + id + ": invite it")
	}
	return &info, nil
}

// fit returns nil when a card may go into the channel now. It fails closed: no clear answer, no card.
func (p *Poster) fit(ctx context.Context, id string) error {
	p.mu.Lock()
	until := p.seen[id]
	p.mu.Unlock()
	if time.Now().Before(until) {
		return nil
	}
	info, err := p.channel(ctx, id)
	if err != nil {
		return err
	}
	if info.outside() {
		return shut("the channel " + id + " is shared with people outside; no card goes there")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen[id] = time.Now().Add(fresh)
	return nil
}

// FitForCards asks Slack whether cards may go into the approvals channel: it can be written to and is free of outsiders. Errors are
// *dispatch.TellError: TellClosed and TellBroken need a person, the others pass.
func (p *Poster) FitForCards(ctx context.Context) error {
	if err := p.fit(ctx, p.cfg.Approvals); err != nil {
		return fmt.Errorf("approvals channel: %w", err)
	}
	return nil
}

// FitForAudit asks Slack whether the audit channel can be written to. Its errors are as those of FitForCards.
func (p *Poster) FitForAudit(ctx context.Context) error {
	if _, err := p.channel(ctx, p.cfg.Audit); err != nil {
		return fmt.Errorf("audit channel: %w", err)
	}
	return nil
}

// Announce posts a sentence that belongs to no request, as plain text.
func (p *Poster) Announce(ctx context.Context, to dispatch.Channel, text string) error {
	channel := p.cfg.Approvals
	if to == dispatch.ToAudit {
		channel = p.cfg.Audit
	}
	_, err := p.post(ctx, channel, "", cards.Message{Text: mrkdwn.Text(text)}, "")
	return err
}
