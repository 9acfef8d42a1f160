package zitadel

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"offboard/internal/providers"
)

const (
	opSearch = "search"
	mostHits = providers.MostFound
	maxText  = 200                                    // longer ids and search texts are refused by the API
	fold     = "TEXT_QUERY_METHOD_EQUALS_IGNORE_CASE" // the default method is case-sensitive (facts/providers.md)
)

// object is a JSON object of a request.
type object map[string]any

// Find returns the users that match a query, each of them checked here: a search whose selector is empty or misspelt returns
// everybody. Their admin roles are not read. Of more than 20, the first 20 are returned.
func (p *Provider) Find(ctx context.Context, q providers.Query) ([]providers.Account, error) {
	value := strings.TrimSpace(q.Value)
	if err := checkValue(value); err != nil {
		return nil, err
	}
	switch q.By {
	case providers.ByID:
		return p.findID(ctx, value)
	case providers.ByEmail:
		return p.search(ctx, value, append(loginQueries(value), emailQuery(value))...)
	case providers.ByLogin:
		return p.search(ctx, value, loginQueries(value)...)
	case providers.ByAny:
		return p.findAny(ctx, value)
	}
	return nil, unusable(fmt.Sprintf("ZITADEL cannot be searched by %q", q.By))
}

func checkValue(value string) error {
	switch {
	case value == "":
		return unusable("an empty search would match everybody; nothing was sent")
	case utf8.RuneCountInString(value) > maxText:
		return unusable(fmt.Sprintf("nobody at ZITADEL has an id, login or e-mail of more than %d characters", maxText))
	}
	return nil
}

// unusable is a query that is not sent.
func unusable(say string) error {
	return &providers.Error{Kind: providers.Refused, Vendor: vendor, Op: opSearch, NotSent: true, Say: say}
}

// findID reads an id. An e-mail address is not tried as one: it would stand in the path, and so in logs.
func (p *Provider) findID(ctx context.Context, id string) ([]providers.Account, error) {
	if strings.Contains(id, "@") {
		return nil, nil
	}
	a, err := p.Read(ctx, id)
	if e, ok := errors.AsType[*providers.Error](err); ok && e.Kind == providers.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []providers.Account{a}, nil
}

// findAny looks for an id, and then for a login and, where there is an @, an e-mail.
func (p *Provider) findAny(ctx context.Context, value string) ([]providers.Account, error) {
	found, err := p.findID(ctx, value)
	if err != nil {
		return nil, err
	}
	queries := loginQueries(value)
	if strings.Contains(value, "@") {
		queries = append(queries, emailQuery(value))
	}
	more, err := p.search(ctx, value, queries...)
	if err != nil {
		return nil, err
	}
	for _, a := range more {
		if len(found) == 0 || a.ID != found[0].ID {
			found = append(found, a)
		}
	}
	return found[:min(len(found), mostHits)], nil
}

func emailQuery(value string) object {
	return object{"emailQuery": object{"emailAddress": value, "method": fold}}
}

// loginQueries ask for the user name too: it is no login name where the organisation's domain is appended to it.
func loginQueries(value string) []object {
	return []object{
		{"loginNameQuery": object{"loginName": value, "method": fold}},
		{"userNameQuery": object{"userName": value, "method": fold}},
	}
}

// search asks for users that match any of the queries.
func (p *Provider) search(ctx context.Context, value string, either ...object) ([]providers.Account, error) {
	resp, err := p.read(ctx, opSearch, http.MethodPost, "/v2/users", nil, object{
		"query":   object{"limit": mostHits},
		"queries": []object{{"orQuery": object{"queries": either}}},
	})
	if err != nil {
		return nil, err
	}
	var body struct {
		Details *struct{ TotalResult text64 }
		Result  []user
	}
	if err := resp.Decode(&body); err != nil || body.Details == nil && len(body.Result) == 0 {
		return nil, notZITADEL(opSearch, resp.Status)
	}
	// Too few rights look like a page without entries that still has a total (facts/providers.md).
	if len(body.Result) == 0 && counted(body.Details.TotalResult) {
		return nil, &providers.Error{Kind: providers.Denied, Vendor: vendor, Op: opSearch, Status: resp.Status,
			Say: "ZITADEL has a match but does not show it: the bot's rights do not suffice there"}
	}
	return p.hits(value, body.Result), nil
}

func counted(total text64) bool { return total != "" && total != "0" }

// hits keeps the users that really match.
func (p *Provider) hits(value string, users []user) []providers.Account {
	var found []providers.Account
	for _, u := range users {
		a := p.account(u)
		if a.ID == "" || !matches(a, value) {
			continue
		}
		a.RolesNote = rolesNotAsked
		found = append(found, a)
	}
	return found[:min(len(found), mostHits)]
}

func matches(a providers.Account, value string) bool {
	if strings.EqualFold(a.Email, value) {
		return true
	}
	for _, l := range a.Logins {
		if strings.EqualFold(l, value) {
			return true
		}
	}
	return false
}
