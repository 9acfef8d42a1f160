package localzitadel

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
)

const pageLimit = 100 // where a search names no limit

type paging struct {
	Offset int  `json:"offset"`
	Limit  int  `json:"limit"`
	Asc    bool `json:"asc"`
}

type userSearch struct {
	Query         paging      `json:"query"`
	SortingColumn string      `json:"sortingColumn"`
	Queries       []userQuery `json:"queries"`
}

type userGroup struct {
	Queries []userQuery `json:"queries"`
}

// userQuery has exactly one member set.
type userQuery struct {
	Or    *userGroup `json:"orQuery"`
	And   *userGroup `json:"andQuery"`
	Email *struct {
		EmailAddress string `json:"emailAddress"`
		Method       string `json:"method"`
	} `json:"emailQuery"`
	LoginName *struct {
		LoginName string `json:"loginName"`
		Method    string `json:"method"`
	} `json:"loginNameQuery"`
	UserName *struct {
		UserName string `json:"userName"`
		Method   string `json:"method"`
	} `json:"userNameQuery"`
	InIDs *struct {
		UserIDs []string `json:"userIds"`
	} `json:"inUserIdsQuery"`
}

// strict decodes a request; a field that the API does not have is an error there.
func strict(body []byte, into any) *failure {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return invalid("proto: syntax error or unknown field")
	}
	return nil
}

func (s *Server) searchUsers(c call) (any, *failure) {
	var req userSearch
	if f := strict(c.body, &req); f != nil {
		return nil, f
	}
	total, shown := 0, []any{}
	for _, u := range s.indexed() {
		ok, f := matchAll(req.Queries, u)
		if f != nil {
			return nil, f
		}
		if !ok {
			continue
		}
		total++
		if s.rights(c.by, u.Org) >= viewer {
			shown = append(shown, u.v2())
		}
	}
	return page("result", total, shown, req.Query), nil
}

// indexed gives what searches see, in the order of ids.
func (s *Server) indexed() []User {
	from := s.users
	if s.index != nil {
		from = s.index
	}
	var out []User
	for _, id := range slices.Sorted(maps.Keys(from)) {
		if u := from[id]; u.State != Deleted {
			out = append(out, u)
		}
	}
	return out
}

// page builds the answer to a search: what is empty is left out. Past the last entry there is no total either, because it is counted
// with the entries.
func page(name string, total int, shown []any, p paging) map[string]any {
	if p.Offset >= total {
		total = 0
	}
	details := object("totalResult", number(uint64(total)))
	out := object("details", details)
	from := min(p.Offset, len(shown))
	limit := p.Limit
	if limit == 0 {
		limit = pageLimit
	}
	if part := shown[from:min(from+limit, len(shown))]; len(part) > 0 {
		out[name] = part
	}
	return out
}

// matchAll is the conjunction of a list: without any query everybody matches.
func matchAll(queries []userQuery, u User) (bool, *failure) {
	for _, q := range queries {
		if ok, f := q.match(u); f != nil || !ok {
			return false, f
		}
	}
	return true, nil
}

func matchAny(queries []userQuery, u User) (bool, *failure) {
	for _, q := range queries {
		if ok, f := q.match(u); f != nil || ok {
			return ok, f
		}
	}
	return false, nil
}

func (q userQuery) match(u User) (bool, *failure) {
	switch {
	case q.Or != nil:
		return matchAny(q.Or.Queries, u)
	case q.And != nil:
		return matchAll(q.And.Queries, u)
	case q.Email != nil:
		return compare(q.Email.Method, q.Email.EmailAddress, u.email())
	case q.LoginName != nil:
		return compare(q.LoginName.Method, q.LoginName.LoginName, u.LoginNames...)
	case q.UserName != nil:
		return compare(q.UserName.Method, q.UserName.UserName, u.UserName)
	case q.InIDs != nil:
		return slices.Contains(q.InIDs.UserIDs, u.ID), nil
	}
	return false, queryInvalid
}

func (u User) email() string {
	if u.Human == nil {
		return ""
	}
	return u.Human.Email
}

// compare holds texts against a wanted one by a method; the default method is case-sensitive.
func compare(method, want string, have ...string) (bool, *failure) {
	base, fold := strings.CutSuffix(method, "_IGNORE_CASE")
	if fold {
		want = strings.ToLower(want)
	}
	for _, h := range have {
		if fold {
			h = strings.ToLower(h)
		}
		ok, f := compareOne(base, want, h)
		if f != nil || ok {
			return ok, f
		}
	}
	return false, nil
}

func compareOne(method, want, have string) (bool, *failure) {
	switch method {
	case "", "TEXT_QUERY_METHOD_EQUALS":
		return have == want, nil
	case "TEXT_QUERY_METHOD_STARTS_WITH":
		return strings.HasPrefix(have, want), nil
	case "TEXT_QUERY_METHOD_CONTAINS":
		return strings.Contains(have, want), nil
	case "TEXT_QUERY_METHOD_ENDS_WITH":
		return strings.HasSuffix(have, want), nil
	}
	return false, invalid("proto: invalid value for enum field method")
}
