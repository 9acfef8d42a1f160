package ecgrid

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"offboard/internal/providers"
)

const (
	most      = providers.MostFound
	pageSize  = 200 // users in one page of the list
	mostPages = 50
)

// Find returns the users that match, compared on this side: ECGrid does not say how it matches.
func (p *Provider) Find(ctx context.Context, q providers.Query) ([]providers.Account, error) {
	value := strings.TrimSpace(q.Value)
	if value == "" {
		return nil, &providers.Error{Kind: providers.Refused, Vendor: vendor, Op: "search",
			Say: "a search needs an e-mail address, a login or an id"}
	}
	hits := map[text]user{}
	for _, look := range p.searches(q.By, value) {
		found, err := look(ctx)
		if err != nil {
			return nil, err
		}
		for _, u := range found {
			hits[u.ID] = u
		}
	}
	return p.accounts(hits), nil
}

type search func(ctx context.Context) ([]user, error)

func (p *Provider) searches(by providers.By, value string) []search {
	id := func(ctx context.Context) ([]user, error) { return p.byID(ctx, value) }
	login := func(ctx context.Context) ([]user, error) {
		return p.byName(ctx, value, func(u user) bool { return strings.EqualFold(u.login(), value) })
	}
	email := func(ctx context.Context) ([]user, error) { return p.byEmail(ctx, value) }
	switch by {
	case providers.ByID:
		return []search{id}
	case providers.ByLogin:
		return []search{login}
	case providers.ByEmail:
		return []search{email}
	case providers.ByAny:
		if strings.Contains(value, "@") {
			return []search{email}
		}
		return []search{id, login}
	}
	return nil
}

// byID takes ECGrid's 404 as nobody to be found, which is all that a search has to say.
func (p *Provider) byID(ctx context.Context, value string) ([]user, error) {
	if !validID(value) {
		return nil, nil
	}
	r, err := p.wire.Read(ctx, "search", http.MethodGet, "/v2/users/"+value, nil, nil)
	if missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	u, err := oneUser("search", r)
	if err != nil || string(u.ID) != value {
		return nil, err
	}
	return []user{u}, nil
}

func (p *Provider) byName(ctx context.Context, value string, match func(user) bool) ([]user, error) {
	r, err := p.wire.Read(ctx, "search", http.MethodPost, "/v2/users/by-name", nil, map[string]string{"login": value})
	if missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all, err := manyUsers("search", r)
	return slices.DeleteFunc(all, func(u user) bool { return !match(u) }), err
}

// byEmail matches logins and e-mail addresses. Where the key is told that it may not list users, or there are too many, those found by
// name count, when there are any; when there are none, nobody could say that there is no such user.
func (p *Provider) byEmail(ctx context.Context, value string) ([]user, error) {
	match := func(u user) bool {
		return strings.EqualFold(u.login(), value) || strings.EqualFold(string(u.Email), value)
	}
	named, err := p.byName(ctx, value, match)
	if err != nil {
		return nil, err
	}
	listed, err := p.listed(ctx, nil, 0, match)
	if len(named) > 0 && (turnedDown(err) || errors.Is(err, errCrowd)) {
		return named, nil
	}
	return append(named, listed...), err
}

var errCrowd = errors.New("the list of users has no end in sight")

// listed goes through all users that the key may see, of a selection where one is given, until enough are found; 0: all. A server may give
// smaller pages than were asked for, so the end is a page that is empty, shows nobody new, or is not there.
func (p *Provider) listed(ctx context.Context, selection map[string]int, enough int, match func(user) bool) ([]user, error) {
	body := map[string]int{"recordsPerPage": pageSize}
	maps.Copy(body, selection)
	seen := map[text]bool{}
	var hits []user
	for page := 1; page <= mostPages; page++ {
		body["pageNo"] = page
		r, err := p.wire.Read(ctx, "search", http.MethodPost, "/v2/users/list", nil, body)
		if page > 1 && missing(err) {
			return hits, nil
		}
		if err != nil {
			return nil, err
		}
		users, err := manyUsers("search", r)
		if err != nil {
			return nil, err
		}
		before := len(seen)
		for _, u := range users {
			if !seen[u.ID] && match(u) {
				hits = append(hits, u)
			}
			seen[u.ID] = true
		}
		if len(seen) == before || enough > 0 && len(hits) >= enough {
			return hits, nil
		}
	}
	return nil, &providers.Error{Kind: providers.Refused, Vendor: vendor, Op: "search", Err: errCrowd,
		Say: "ECGrid has too many users to look through for an e-mail address; name the login or the id"}
}

func (p *Provider) accounts(hits map[text]user) []providers.Account {
	out := []providers.Account{}
	for _, u := range slices.SortedFunc(maps.Values(hits), func(a, b user) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	}) {
		out = append(out, u.account(p.description.Name))
	}
	return out[:min(len(out), most)]
}

func missing(err error) bool {
	e, ok := errors.AsType[*providers.Error](err)
	return ok && e.Status == http.StatusNotFound && e.Code == absent
}

// turnedDown is a definite no to the request itself.
func turnedDown(err error) bool {
	e, ok := errors.AsType[*providers.Error](err)
	return ok && e.Status >= http.StatusBadRequest && e.Status < http.StatusInternalServerError && e.Kind != providers.RateLimited
}
