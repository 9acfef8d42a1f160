package post

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"offboard/internal/dispatch"
	"offboard/internal/mrkdwn"
	"offboard/internal/slackbot/cards"
	"offboard/internal/slackbot/webapi"
)

// lately is how long Slack's word that a channel is fit for cards is believed when a card is posted: whoever asks for one has Slack
// asked anew, and their card follows at once.
const lately = 5 * time.Second

func (p *Poster) channel(ctx context.Context, id string) (*webapi.ChannelInfo, error) {
	var info webapi.ChannelInfo
	if err := p.api.Call(ctx, "conversations.info", url.Values{"channel": {id}}, &info); err != nil {
		return nil, tellError(err)
	}
	switch {
	case info.Channel.ID != id:
		return nil, shut("Slack answered for another channel than " + id)
	case info.Channel.Archived:
		return nil, shut("the channel " + id + " is archived")
	case info.Left():
		return nil, shut("the bot is not in the channel " + id + ": invite it")
	}
	return &info, nil
}

// fitLately returns nil when a card may go into the channel, as Slack has said a moment ago or says now.
func (p *Poster) fitLately(ctx context.Context, id string) error {
	p.mu.Lock()
	until := p.seen[id]
	p.mu.Unlock()
	if time.Now().Before(until) {
		return nil
	}
	return p.fit(ctx, id)
}

// fit asks Slack, and returns nil when a card may go into the channel now. It fails closed: no clear answer, no card.
func (p *Poster) fit(ctx context.Context, id string) error {
	p.mark(id, time.Time{})
	info, err := p.channel(ctx, id)
	if err != nil {
		return err
	}
	if info.Outside() {
		return shut("the channel " + id + " is shared with people outside; no card goes there")
	}
	p.mark(id, time.Now().Add(lately))
	return nil
}

// mark says until when the channel counts as fit.
func (p *Poster) mark(id string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen[id] = until
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
