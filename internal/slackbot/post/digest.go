package post

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"

	"offboard/internal/audit"
	"offboard/internal/slackbot/cards"
)

// Digested reports whether the digest with the mark was posted into the audit channel at or after since. In a channel that holds too much to be
// searched it counts as posted: rather never than twice.
func (p *Poster) Digested(ctx context.Context, mark string, since time.Time) (bool, error) {
	params := url.Values{
		"channel": {p.cfg.Audit}, "include_all_metadata": {"true"}, "limit": {strconv.Itoa(pageSize)}, "inclusive": {"true"},
		"oldest": {strconv.FormatInt(since.Unix(), 10) + ".000000"},
	}
	ts, err := p.search(ctx, params, mark)
	if errors.Is(err, errNotToTheEnd) {
		p.log.Warn("it cannot be seen whether the digest was posted, so it is not posted", "channel", p.cfg.Audit)
		return true, nil
	}
	if err != nil {
		return false, tellError(err)
	}
	return ts != "", nil
}

// Digest posts the digest into the audit channel. Its errors are *dispatch.TellError.
func (p *Poster) Digest(ctx context.Context, h audit.Habits, mark string) error {
	_, err := p.post(ctx, p.cfg.Audit, "", cards.Digest(h), mark)
	return err
}
