package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/dispatch"
	"offboard/internal/slackbot/cards"
	"offboard/internal/slackbot/webapi"
)

// Config says where messages go and who we are.
type Config struct {
	Approvals  string       // id of the channel for cards
	Audit      string       // id of the audit channel
	Command    string       // what people type; empty: /offboard
	Ping       []string     // ids of the people and user groups whom a held request addresses
	PingFreeze []string     // the same, whom a freeze addresses
	Self       Self         // as auth.test says: only messages of this bot are taken for our own
	Logger     *slog.Logger // nil: nothing is logged
}

// Self is who we are in Slack. One of the two may be empty.
type Self struct {
	UserID string
	BotID  string
}

// Poster posts cards, sentences and audit lines. It may be used concurrently.
type Poster struct {
	api  *webapi.Client
	cfg  Config
	log  *slog.Logger
	mu   sync.Mutex
	seen map[string]time.Time // channel → until when it counts as fit for cards
}

var _ dispatch.Teller = (*Poster)(nil)

// New returns a poster. It does not call Slack.
func New(api *webapi.Client, cfg Config) (*Poster, error) {
	if cfg.Approvals == "" || cfg.Audit == "" {
		return nil, errors.New("post: a channel id is empty")
	}
	if cfg.Self.BotID == "" && cfg.Self.UserID == "" {
		return nil, errors.New("post: it is not known who we are")
	}
	p := &Poster{api: api, cfg: cfg, log: cfg.Logger, seen: map[string]time.Time{}}
	if p.cfg.Command == "" {
		p.cfg.Command = "/offboard"
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	return p, nil
}

// PostCard posts the card into the approvals channel, unless outsiders could see it there.
func (p *Poster) PostCard(ctx context.Context, r *approvals.Request, mark string) (approvals.Place, error) {
	if err := p.fitLately(ctx, p.cfg.Approvals); err != nil {
		return approvals.Place{}, err
	}
	return p.post(ctx, p.cfg.Approvals, "", cards.Card(r), mark)
}

// UpdateCard makes the card show the request as it is now. The mark is sent along, so that it stays on the message.
func (p *Poster) UpdateCard(ctx context.Context, r *approvals.Request) error {
	params, err := message(cards.Card(r), dispatch.Mark(r.ID, approvals.KeyCard))
	if err != nil {
		return broken(err)
	}
	params.Set("channel", r.Card.Place.Channel)
	params.Set("ts", r.Card.Place.TS)
	return tellError(p.api.Call(ctx, "chat.update", params, &posted{}))
}

// PostThread posts the sentence for one event into the card's thread; where there is none, into the audit channel, which it then names
// the request for.
func (p *Poster) PostThread(ctx context.Context, r *approvals.Request, e approvals.Event, mark string) (approvals.Place, error) {
	ping := p.cfg.Ping
	if r.Freeze {
		ping = p.cfg.PingFreeze
	}
	m := cards.ThreadLine(r, e, p.cfg.Command, ping...)
	if threadless(r) {
		m.Text = fmt.Sprintf("*%s* (told here, because its thread cannot be written): %s", r.Name(), m.Text)
		return p.post(ctx, p.cfg.Audit, "", m, mark)
	}
	return p.post(ctx, r.Card.Place.Channel, r.Card.Place.TS, m, mark)
}

func threadless(r *approvals.Request) bool { return r.Thread.Gone || !r.Card.Place.Known() }

// PostAudit posts one message into the audit channel, a line for each event.
func (p *Poster) PostAudit(ctx context.Context, r *approvals.Request, events []approvals.Event, mark string) (approvals.Place, error) {
	return p.post(ctx, p.cfg.Audit, "", cards.AuditLines(r, events), mark)
}

type posted struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// Lacks names the ts: without it the message could not be found again.
func (m *posted) Lacks() string {
	if m.TS == "" {
		return "ts"
	}
	return ""
}

func (p *Poster) post(ctx context.Context, channel, thread string, m cards.Message, mark string) (approvals.Place, error) {
	params, err := message(m, mark)
	if err != nil {
		return approvals.Place{}, broken(err)
	}
	params.Set("channel", channel)
	params.Set("unfurl_links", "false")
	params.Set("unfurl_media", "false")
	if thread != "" {
		params.Set("thread_ts", thread)
	}
	var out posted
	if err := p.api.Call(ctx, "chat.postMessage", params, &out); err != nil {
		return approvals.Place{}, tellError(err)
	}
	if out.Channel == "" {
		out.Channel = channel
	}
	return approvals.Place{Channel: out.Channel, TS: out.TS}, nil
}

// eventType is the type of the metadata on our messages.
const eventType = "offboard_mark"

type metadata struct {
	EventType string `json:"event_type"`
	Payload   struct {
		Mark string `json:"mark"`
	} `json:"event_payload"`
}

// message gives the parameters that posts and updates have in common. parse falls back to its default when it is left out.
func message(m cards.Message, mark string) (url.Values, error) {
	params := url.Values{"text": {m.Text}, "parse": {"none"}, "link_names": {"false"}}
	if len(m.Blocks) > 0 {
		blocks, err := json.Marshal(m.Blocks)
		if err != nil {
			return nil, fmt.Errorf("encoding blocks: %w", err)
		}
		params.Set("blocks", string(blocks))
	}
	if mark == "" {
		return params, nil
	}
	md := metadata{EventType: eventType}
	md.Payload.Mark = mark
	text, err := json.Marshal(md)
	if err != nil {
		return nil, fmt.Errorf("encoding metadata: %w", err)
	}
	params.Set("metadata", string(text))
	return params, nil
}
