package zitadel

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"offboard/internal/providers"
)

const (
	opSessions   = "end sessions"
	mostSessions = 100
	sessionsTime = 10 * time.Second // for all of them
)

// endSessions removes a user's session objects, which outlive the user. A repeat does no harm: an unknown session is answered with
// success (facts/providers.md).
func (p *Provider) endSessions(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, sessionsTime)
	defer cancel()
	resp, err := p.read(ctx, opSessions, http.MethodPost, "/v2/sessions/search", nil, object{
		"query":   object{"limit": mostSessions},
		"queries": []object{{"userIdQuery": object{"id": id}}},
	})
	if err != nil {
		return err
	}
	var body struct {
		Details  *struct{ TotalResult text64 }
		Sessions []session
	}
	if err := resp.Decode(&body); err != nil || body.Details == nil && len(body.Sessions) == 0 {
		return notZITADEL(opSessions, resp.Status)
	}
	if len(body.Sessions) == 0 && counted(body.Details.TotalResult) {
		return &providers.Error{Kind: providers.Denied, Vendor: vendor, Op: opSessions, Status: resp.Status}
	}
	return p.deleteSessions(ctx, id, body.Sessions)
}

type session struct {
	ID      string
	Factors struct{ User struct{ ID string } }
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
