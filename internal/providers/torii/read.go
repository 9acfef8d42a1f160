package torii

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"offboard/internal/providers"
)

const (
	most      = providers.MostFound
	mostPages = 50
)

// selector is the body of a search. The selector "email" is not used: it matches parts.
type selector struct {
	UserIDs        []string `json:"userIds,omitempty"`
	EmailAddresses []string `json:"emailAddresses,omitempty"`
	Statuses       []string `json:"statuses"`
}

func (q selector) matches(u user) bool {
	same := func(want string) func(string) bool {
		return func(s string) bool { return strings.EqualFold(s, want) }
	}
	return slices.ContainsFunc(q.UserIDs, same(u.ID)) || u.Email != "" && slices.ContainsFunc(q.EmailAddresses, same(u.Email))
}

type page struct {
	Items      list   `json:"items"`
	NextCursor string `json:"nextCursor"`
	HasMore    bool   `json:"hasMore"`
}

// list tells null, which some servers write for nobody, from an answer that has no list at all: of that it stays nil.
type list []user

// UnmarshalJSON is called for null, too.
func (l *list) UnmarshalJSON(raw []byte) error {
	users := []user{}
	if err := json.Unmarshal(raw, &users); err != nil {
		return fmt.Errorf("items: %w", err)
	}
	if *l = users; users == nil {
		*l = list{}
	}
	return nil
}

// page asks for one page, in every status, deleted included.
func (p *Provider) page(ctx context.Context, op string, q selector, cursor string) (page, error) {
	q.Statuses = []string{wordActive, wordBanned, wordDeleted}
	query := url.Values{"limit": {"20"}}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	r, err := p.wire.Read(ctx, op, http.MethodPost, users+"search?"+query.Encode(), nil, q)
	if err != nil {
		return page{}, err
	}
	out := page{}
	if r.Status != http.StatusOK || r.Decode(&out) != nil || out.Items == nil {
		return page{}, strange(op, r.Status, "answered without a list of users")
	}
	return out, nil
}

// search returns the users that match, through all pages: a server that ignores selectors shows everybody, and the one who was asked
// for may be on any page.
func (p *Provider) search(ctx context.Context, op string, q selector) ([]user, error) {
	var hits []user
	cursor := ""
	for range mostPages {
		one, err := p.page(ctx, op, q, cursor)
		if err != nil {
			return nil, err
		}
		for _, u := range one.Items {
			if q.matches(u) {
				hits = append(hits, u)
			}
		}
		if !one.HasMore || one.NextCursor == "" || len(hits) >= most {
			return hits, nil
		}
		cursor = one.NextCursor
	}
	return nil, &providers.Error{Kind: providers.Misconfigured, Vendor: vendor, Op: op,
		Say: "this Torii server ignores what a search asks for, and has too many users to look through"}
}

// Find returns the users of the configured environment that match. Torii has no logins beside the e-mail address.
func (p *Provider) Find(ctx context.Context, q providers.Query) ([]providers.Account, error) {
	value := strings.TrimSpace(q.Value)
	if value == "" {
		return nil, &providers.Error{Kind: providers.Refused, Vendor: vendor, Op: "search",
			Say: "a search needs an e-mail address or an id"}
	}
	if strings.Contains(value, "@") {
		if q.By == providers.ByID {
			return nil, nil
		}
		return p.findAll(ctx, selector{EmailAddresses: []string{value}})
	}
	if !validID(value) || q.By != providers.ByID && q.By != providers.ByAny {
		return nil, nil
	}
	a, err := p.Read(ctx, value)
	if unseen(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []providers.Account{a}, nil
}

func (p *Provider) findAll(ctx context.Context, q selector) ([]providers.Account, error) {
	hits, err := p.search(ctx, "search", q)
	out := []providers.Account{}
	for _, u := range hits {
		if strings.EqualFold(u.Environment, p.environment) && validID(u.ID) && len(out) < most {
			out = append(out, u.account(p.description.Name))
		}
	}
	return out, err
}

// Read returns the user with this id, deleted users included. A 404 proves nothing: a search in every status has the last word,
// and what it does not show either is Denied.
func (p *Provider) Read(ctx context.Context, id string) (providers.Account, error) {
	const op = "read user"
	if !validID(id) {
		return providers.Account{}, badID(op)
	}
	r, err := p.wire.Read(ctx, op, http.MethodGet, users+id, nil, nil)
	if unseen(err) {
		return p.readBySearch(ctx, id, err)
	}
	if err != nil {
		return providers.Account{}, err
	}
	var u user
	if r.Status != http.StatusOK || r.Decode(&u) != nil || !strings.EqualFold(u.ID, id) {
		return providers.Account{}, strange(op, r.Status, "answered without the user who was asked for")
	}
	return p.own(op, u)
}

func (p *Provider) readBySearch(ctx context.Context, id string, otherwise error) (providers.Account, error) {
	hits, err := p.search(ctx, "read user", selector{UserIDs: []string{id}})
	if err != nil {
		return providers.Account{}, err
	}
	if len(hits) != 1 {
		return providers.Account{}, otherwise
	}
	return p.own("read user", hits[0])
}

// own refuses users of another environment.
func (p *Provider) own(op string, u user) (providers.Account, error) {
	if !strings.EqualFold(u.Environment, p.environment) {
		return providers.Account{}, p.foreign(op)
	}
	return u.account(p.description.Name), nil
}

// unseen is an answer that shows no user: 404, or 400 or 422 where the id is not a UUID.
func unseen(err error) bool {
	e, ok := errors.AsType[*providers.Error](err)
	return ok && (e.Status == http.StatusNotFound || e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity)
}
