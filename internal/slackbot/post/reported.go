package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"offboard/internal/audit"
	"offboard/internal/dispatch"
	"offboard/internal/slackbot/cards"
	"offboard/internal/slackbot/webapi"
)

// The marks of messages about the journal as a whole. Those of requests are hashes.
const (
	markLacking  = "journal lacks"
	markAccepted = "journal loss accepted"
)

// How far back the audit channel is read. What a journal lost last was reported last.
const (
	enoughLines  = 100
	witnessPages = 10
)

var _ audit.Channel = (*Poster)(nil)

// Reported reads back what our own newest messages in the audit channel report.
func (p *Poster) Reported(ctx context.Context) (audit.Report, error) {
	r := reading{poster: p}
	params := url.Values{"channel": {p.cfg.Audit}, "include_all_metadata": {"true"}, "limit": {strconv.Itoa(pageSize)}}
	for range witnessPages {
		answer, err := p.page(ctx, params)
		if err != nil {
			if told := tellError(err); !lasting(told) || webapi.Code(err) == "" { // what is not in Slack's words comes from something in the way
				return audit.Report{}, told
			}
			return audit.Report{}, fmt.Errorf("%w: %w", audit.ErrUnreadable, err)
		}
		if r.page(answer) || answer.Next.Cursor == "" || answer.Next.Cursor == params.Get("cursor") {
			return r.report(), nil
		}
		params.Set("cursor", answer.Next.Cursor)
	}
	p.log.Warn("the audit channel holds much that others wrote; not all of it was read", "own_lines", len(r.lines))
	return r.report(), nil
}

// reading goes through the messages, the newest first.
type reading struct {
	poster  *Poster
	lines   []audit.Line // the newest first
	alarmed bool
}

// page takes messages in, and reports whether that is enough.
func (r *reading) page(p *page) bool {
	for _, text := range *p.Messages {
		var m found
		if json.Unmarshal(text, &m) != nil || !r.poster.ours(m) {
			continue
		}
		switch m.mark() {
		case markAccepted:
			return true
		case markLacking:
			r.alarmed = r.alarmed || len(r.lines) == 0
		default:
			lines := cards.ReadAuditLines(m.Text)
			for i := range lines {
				lines[i].At = m.at()
			}
			slices.Reverse(lines)
			r.lines = append(r.lines, lines...)
		}
	}
	return len(r.lines) >= enoughLines
}

func (r *reading) report() audit.Report {
	slices.Reverse(r.lines)
	return audit.Report{Lines: r.lines, Alarmed: r.alarmed}
}

// lasting reports whether an error of a telling is one that only a person can mend.
func lasting(err error) bool {
	e, ok := errors.AsType[*dispatch.TellError](err)
	return ok && (e.Kind == dispatch.TellClosed || e.Kind == dispatch.TellBroken || e.Kind == dispatch.TellGone)
}

// Lacking tells both channels that the journal lacks something, in mrkdwn. In the audit channel it can be found again, and so it comes last.
func (p *Poster) Lacking(ctx context.Context, text string) error {
	_, err := p.post(ctx, p.cfg.Approvals, "", cards.Message{Text: text}, "")
	if err != nil && !lasting(err) {
		return err
	}
	_, also := p.post(ctx, p.cfg.Audit, "", cards.Message{Text: text}, markLacking)
	return errors.Join(err, also)
}

// AcceptLoss notes in the audit channel, in mrkdwn, that what was reported up to now is not held against the journal any more.
func (p *Poster) AcceptLoss(ctx context.Context, text string) error {
	_, err := p.post(ctx, p.cfg.Audit, "", cards.Message{Text: text}, markAccepted)
	return err
}
