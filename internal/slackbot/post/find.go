package post

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/dispatch"
)

const (
	clockSkew = time.Minute // between Slack's clock, which ts is from, and ours
	pageSize  = 200
	mostPages = 50
)

type found struct {
	TS       string   `json:"ts"`
	BotID    string   `json:"bot_id"`
	User     string   `json:"user"`
	Text     string   `json:"text"`
	Metadata metadata `json:"metadata"`
}

// at is when Slack took the message: its ts counts seconds, to six places. The zero time where it does not.
func (m found) at() time.Time {
	seconds, micros, _ := strings.Cut(m.TS, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	us, also := strconv.ParseInt(micros, 10, 64)
	if err != nil || also != nil || len(micros) != 6 {
		return time.Time{}
	}
	return time.Unix(s, us*int64(time.Microsecond))
}

// mark is the mark of one of our messages; empty: it has none.
func (m found) mark() string {
	if m.Metadata.EventType != eventType {
		return ""
	}
	return m.Metadata.Payload.Mark
}

// page keeps each message as it came: one that cannot be read is not ours, and must not hide ours. Any app may write any metadata.
type page struct {
	Messages *[]json.RawMessage `json:"messages"`
	Next     struct {
		Cursor string `json:"next_cursor"`
	} `json:"response_metadata"`
}

// Lacks names the messages: an answer without the list does not mean that there are none.
func (p *page) Lacks() string {
	if p.Messages == nil {
		return "messages"
	}
	return ""
}

// Find looks for a message of ours with the mark where Post… would have put it, posted at or after since.
func (p *Poster) Find(
	ctx context.Context, r *approvals.Request, to dispatch.Channel, mark string, since time.Time,
) (approvals.Place, bool, error) {
	channel, thread := p.cfg.Audit, ""
	switch to {
	case dispatch.ToApprovals:
		channel = p.cfg.Approvals
	case dispatch.ToThread:
		if !threadless(r) {
			channel, thread = r.Card.Place.Channel, r.Card.Place.TS
		}
	case dispatch.ToAudit:
	}
	params := url.Values{
		"channel": {channel}, "include_all_metadata": {"true"}, "limit": {strconv.Itoa(pageSize)}, "inclusive": {"true"},
		"oldest": {strconv.FormatInt(since.Add(-clockSkew).Unix(), 10) + ".000000"},
	}
	if thread != "" {
		params.Set("ts", thread)
	}
	ts, err := p.search(ctx, params, mark)
	if errors.Is(err, errNotToTheEnd) {
		p.log.Warn("our own message was not searched for to the end", "channel", channel)
		return approvals.Place{}, false, nil
	}
	if err != nil && unsearchable(err) {
		p.log.Warn("our own message cannot be searched for", "channel", channel, "error", err)
		return approvals.Place{}, false, nil
	}
	if err != nil {
		return approvals.Place{}, false, tellError(err)
	}
	return approvals.Place{Channel: channel, TS: ts}, ts != "", nil
}

// search goes through the pages and returns the ts of our message with the mark; empty: it is not there.
func (p *Poster) search(ctx context.Context, params url.Values, mark string) (string, error) {
	for range mostPages {
		answer, err := p.page(ctx, params)
		if err != nil {
			return "", err
		}
		for _, text := range *answer.Messages {
			var m found
			if json.Unmarshal(text, &m) == nil && p.ours(m) && m.mark() == mark {
				return m.TS, nil
			}
		}
		if answer.Next.Cursor == "" || answer.Next.Cursor == params.Get("cursor") {
			return "", nil
		}
		params.Set("cursor", answer.Next.Cursor)
	}
	return "", errNotToTheEnd
}

var errNotToTheEnd = errors.New("the channel holds too much to be searched to its end")

func (p *Poster) page(ctx context.Context, params url.Values) (*page, error) {
	var answer page
	if params.Has("ts") {
		return &answer, p.api.Call(ctx, "conversations.replies", params, &answer)
	}
	return &answer, p.api.Call(ctx, "conversations.history", params, &answer)
}

func (p *Poster) ours(m found) bool {
	return m.BotID != "" && m.BotID == p.cfg.Self.BotID || m.User != "" && m.User == p.cfg.Self.UserID
}
