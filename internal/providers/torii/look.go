package torii

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"offboard/internal/providers"
)

// Look decides by a search for this very id in every status (facts/providers.md, "The 403").
func (p *Provider) Look(ctx context.Context, o providers.Order) (providers.Sight, error) {
	const op = "read back"
	if !validID(o.Account.ID) {
		return providers.Sight{}, badID(op)
	}
	hits, err := p.search(ctx, op, selector{UserIDs: []string{o.Account.ID}})
	if err != nil {
		return providers.Sight{}, err
	}
	if len(hits) == 0 {
		return p.nothingFound(ctx, o)
	}
	// Pages may overlap, so one user may stand there twice; but not in two states, of which one would be believed.
	if slices.ContainsFunc(hits, func(u user) bool { return u.Status != hits[0].Status }) {
		return providers.Sight{}, strange(op, http.StatusOK, "gives one user two statuses")
	}
	a, err := p.own(op, hits[0])
	if err != nil {
		return providers.Sight{}, err
	}
	return seen(op, a)
}

func seen(op string, a providers.Account) (providers.Sight, error) {
	sight := providers.Sight{Text: "read back: " + a.StateWord, Account: &a}
	switch a.StateWord {
	case wordDeleted:
		sight.Verdict = providers.Reached
	case wordActive, wordBanned:
		sight.Verdict = providers.NotReached
	default:
		return providers.Sight{}, &providers.Error{Kind: providers.Misconfigured, Vendor: vendor, Op: op,
			Say: fmt.Sprintf("Torii gives the user the status %.40q, which the bot does not know", a.StateWord)}
	}
	return sight, nil
}

// nothingFound asks by id once more, because an older server may leave deleted users out of every search. A read by id counts
// only when it says deleted: against the search, "active" would be one word against another.
func (p *Provider) nothingFound(ctx context.Context, o providers.Order) (providers.Sight, error) {
	a, err := p.Read(ctx, o.Account.ID)
	switch {
	case err == nil && a.StateWord == wordDeleted:
		return seen("read back", a)
	case err == nil:
		return providers.Sight{Verdict: providers.Invisible, Text: "read back: Torii's search shows no such user, though reading the id does"}, nil
	case !notShown(err):
		return providers.Sight{}, err
	case o.Answered == http.StatusForbidden && o.Earlier:
		return providers.Sight{Verdict: providers.Reached,
			Text: "Torii answered 403 to a repeated delete, an earlier call of ours is on record, and nothing shows the user"}, nil
	}
	return providers.Sight{Verdict: providers.Invisible, Text: "read back: Torii shows no such user any more"}, nil
}

// notShown is a definite answer to a read by id: no such user, or one of another environment.
func notShown(err error) bool {
	e, ok := errors.AsType[*providers.Error](err)
	return ok && (unseen(err) || e.Status == http.StatusForbidden)
}
