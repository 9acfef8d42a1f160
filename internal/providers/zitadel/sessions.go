package zitadel

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"offboard/internal/providers"
)

const (
	opSessions   = "end sessions"
	sessionsPage = 100
	mostPages    = 10               // what is beyond them could not be removed in time either
	sessionsTime = 10 * time.Second // for all of them
)

// endSessions removes a user's session objects, which outlive the user. A repeat does no harm: an unknown session is answered with
// success (facts/providers.md).
func (p *Provider) endSessions(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, sessionsTime)
	defer cancel()
	all, err := p.sessions(ctx, id)
	return errors.Join(err, p.deleteSessions(ctx, id, all))
}

// sessions lists a user's session objects. They stay until somebody removes them, so that there can be many pages; all are read before the
// first one is removed, because removing would move the pages. What was listed before an error is returned with it.
func (p *Provider) sessions(ctx context.Context, id string) ([]session, error) {
	var all []session
	total := 0
	for n := range mostPages {
		page, err := p.sessionsAt(ctx, id, n*sessionsPage)
		if err != nil {
			return all, err
		}
		all = append(all, page.Sessions...)
		total = max(total, page.total()) // a page past the end has none
		switch {
		case len(all) >= total:
			return all, nil
		case len(page.Sessions) == 0: // counted and not shown
			return all, &providers.Error{Kind: providers.Denied, Vendor: vendor, Op: opSessions}
		}
	}
	return all, &providers.Error{Kind: providers.Temporary, Vendor: vendor, Op: opSessions, Say: "there are more sessions than the bot removes"}
}

type session struct {
	ID      string
	Factors struct{ User struct{ ID string } }
}

// sessionsFound is one page of a search.
type sessionsFound struct {
	Details  *struct{ TotalResult text64 }
	Sessions []session
}

// total is how many sessions there are on all pages. Without a number there are those of this page.
func (f sessionsFound) total() int {
	if f.Details == nil {
		return len(f.Sessions)
	}
	n, err := strconv.Atoi(string(f.Details.TotalResult))
	if err != nil {
		return len(f.Sessions)
	}
	return n
}

func (p *Provider) sessionsAt(ctx context.Context, id string, offset int) (sessionsFound, error) {
	var found sessionsFound
	resp, err := p.read(ctx, opSessions, http.MethodPost, "/v2/sessions/search", nil, object{
		"query":         object{"limit": sessionsPage, "offset": offset, "asc": true},
		"sortingColumn": "SESSION_FIELD_NAME_CREATION_DATE",
		"queries":       []object{{"userIdQuery": object{"id": id}}},
	})
	if err != nil {
		return found, err
	}
	if err := resp.Decode(&found); err != nil || found.Details == nil && len(found.Sessions) == 0 {
		return found, notZITADEL(opSessions, resp.Status)
	}
	return found, nil
}

// deleteSessions removes those sessions that really are the user's.
func (p *Provider) deleteSessions(ctx context.Context, user string, all []session) error {
	var failed []error
	for _, s := range all {
		if s.Factors.User.ID != user || !plausible(s.ID) {
			continue
		}
		_, err := p.read(ctx, opSessions, http.MethodDelete, "/v2/sessions/"+url.PathEscape(s.ID), nil, nil)
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}
