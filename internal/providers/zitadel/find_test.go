package zitadel_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"offboard/internal/providers"
	"offboard/internal/sandbox/localzitadel"
)

func TestFind(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		by    providers.By
		value string
		want  []string
	}{
		"e-mail":                   {providers.ByEmail, "ada@example.com", []string{ada}},
		"e-mail, other case":       {providers.ByEmail, "ADA@EXAMPLE.COM", []string{ada}},
		"e-mail that is a login":   {providers.ByEmail, "Ada@org-1.example", []string{ada}},
		"part of an e-mail":        {providers.ByEmail, "da@example.com", nil},
		"e-mail of a deleted user": {providers.ByEmail, "gone@example.com", nil},
		"login":                    {providers.ByLogin, "ROBOT", []string{robot}},
		"login, with its org":      {providers.ByLogin, "bert@org-2.example", []string{bert}},
		"e-mail as login":          {providers.ByLogin, "ada@example.com", nil},
		"wildcard":                 {providers.ByLogin, "%", nil},
		"id":                       {providers.ByID, ada, []string{ada}},
		"id of a deleted user":     {providers.ByID, gone, nil},
		"id that is a login":       {providers.ByID, "ada", nil},
		"id that is a path":        {providers.ByID, "../users/" + ada, nil},
		"any: id":                  {providers.ByAny, ada, []string{ada}},
		"any: login":               {providers.ByAny, "ada", []string{ada}},
		"any: e-mail":              {providers.ByAny, "ada@example.com", []string{ada}},
		"id that is an e-mail":     {providers.ByID, "ada@example.com", nil},
		"space around":             {providers.ByEmail, " ada@example.com\t", []string{ada}},
		"any: a path":              {providers.ByAny, "../users/" + ada, nil},
		"any: nobody":              {providers.ByAny, "nobody", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			got, err := w.provider(t).Find(t.Context(), providers.Query{By: c.by, Value: c.value})
			if err != nil || !slices.Equal(ids(got), c.want) {
				t.Errorf("Find = %v, %v, want %v", ids(got), err, c.want)
			}
		})
	}
}

func ids(all []providers.Account) []string {
	var out []string
	for _, a := range all {
		out = append(out, a.ID)
	}
	return out
}

func TestFindByAnyJoinsIDAndLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Put(localzitadel.User{ID: "7", Org: "org-2", UserName: ada, Machine: &localzitadel.Machine{}})
	got, err := w.provider(t).Find(t.Context(), providers.Query{By: providers.ByAny, Value: ada})
	if want := []string{ada, "7"}; err != nil || !slices.Equal(ids(got), want) {
		t.Errorf("Find = %v, %v, want %v", ids(got), err, want)
	}
}

func TestFindRefusesWhatWouldMatchEverybody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, by := range []providers.By{providers.ByEmail, providers.ByLogin, providers.ByID, providers.ByAny, "shoe size"} {
		for _, value := range []string{"", " \t\n", strings.Repeat("x", 201)} {
			got, err := w.provider(t).Find(t.Context(), providers.Query{By: by, Value: value})
			if e := faultOf(t, err); e.Kind != providers.Refused || len(got) != 0 {
				t.Errorf("%s %q: Find = %v, %+v", by, value, ids(got), e)
			}
		}
	}
	if _, err := w.provider(t).Find(t.Context(), providers.Query{By: "shoe size", Value: "44"}); err == nil {
		t.Error("an unknown way to search was accepted")
	}
	if n := len(w.Calls()); n != 0 {
		t.Errorf("%d calls left", n)
	}
}

func TestFindWithTooFewRights(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*world)
		value string
		code  string
	}{
		"total without entries": {powerless, "ada@example.com", ""},
		"other organisation":    {only("org-1"), "bert@example.com", ""},
		"no membership":         {revoke, "ada@example.com", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c.spoil(w)
			got, err := w.provider(t).Find(t.Context(), providers.Query{By: providers.ByEmail, Value: c.value})
			if e := faultOf(t, err); e.Kind != providers.Denied || e.Code != c.code || len(got) != 0 {
				t.Errorf("Find = %v, %+v", ids(got), e)
			}
		})
	}
}

// A server that ignores the selectors gives everybody; whoever does not match is dropped here.
func TestFindChecksEveryHit(t *testing.T) {
	t.Parallel()
	const everybody = `{"details":{"totalResult":"3"},"result":[
		{"userId":"1","username":"ada","human":{"email":{"email":"ada@example.com"}}},
		{"userId":"2","username":"bert","human":{"email":{"email":"bert@example.com"}}},
		{"username":"ada","human":{"email":{"email":"ada@example.com"}}}]}`
	got, err := over(t, answerer{200, "", everybody}).Find(t.Context(), providers.Query{By: providers.ByEmail, Value: "ada@example.com"})
	if err != nil || !slices.Equal(ids(got), []string{"1"}) {
		t.Errorf("Find = %v, %v", ids(got), err)
	}
	for _, body := range []string{`{}`, `[]`, `"x"`} {
		_, err := over(t, answerer{200, "", body}).Find(t.Context(), providers.Query{By: providers.ByEmail, Value: "a@b"})
		if e := faultOf(t, err); e.Kind != providers.Misconfigured {
			t.Errorf("%s: Find = %+v", body, e)
		}
	}
}

// A server that ignores the limit gets no more names in.
func TestFindStopsAtTwenty(t *testing.T) {
	t.Parallel()
	var users []string
	for n := range 30 {
		users = append(users, fmt.Sprintf(`{"userId":"%d","loginNames":["shared"]}`, n))
	}
	p := over(t, answerer{200, "", `{"details":{"totalResult":"30"},"result":[` + strings.Join(users, ",") + `]}`})
	got, err := p.Find(t.Context(), providers.Query{By: providers.ByLogin, Value: "shared"})
	if err != nil || len(got) != 20 {
		t.Errorf("Find = %v, %v", ids(got), err)
	}
}

// A search may still show who is gone; a read does not.
func TestSearchLagsAndReadDoesNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.provider(t)
	w.HoldSearch(true)
	if _, err := p.Do(t.Context(), order(t, p, ada, providers.Delete)); err != nil {
		t.Fatal(err)
	}
	found, err := p.Find(t.Context(), providers.Query{By: providers.ByEmail, Value: "ada@example.com"})
	if err != nil || len(found) != 1 || found[0].RolesNote == "" {
		t.Errorf("Find = %+v, %v", found, err)
	}
	if _, err := p.Read(t.Context(), ada); faultOf(t, err).Kind != providers.NotFound {
		t.Errorf("Read = %v", err)
	}
	w.HoldSearch(false)
	if found, err := p.Find(t.Context(), providers.Query{By: providers.ByEmail, Value: "ada@example.com"}); err != nil || len(found) != 0 {
		t.Errorf("Find = %+v, %v", found, err)
	}
}

// Where the organisation's domain is appended, the login name is not what people know somebody by.
func TestFindByTheUserName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Put(localzitadel.User{ID: "43", Org: "org-2", UserName: "ann@corp.example", LoginNames: []string{"ann@corp.example@org-2.example"},
		Human: &localzitadel.Human{Email: "private@elsewhere.example"}})
	w.Put(localzitadel.User{ID: "44", Org: "org-2", UserName: "zoe", LoginNames: []string{"zoe@org-2.example"}, Human: &localzitadel.Human{}})
	for _, by := range []providers.By{providers.ByLogin, providers.ByEmail, providers.ByAny} {
		for value, id := range map[string]string{"Ann@corp.example": "43", "ZOE": "44", "zoe@org-2.example": "44"} {
			got, err := w.provider(t).Find(t.Context(), providers.Query{By: by, Value: value})
			if err != nil || !slices.Equal(ids(got), []string{id}) {
				t.Errorf("%s %s: %v, %v", by, value, ids(got), err)
			}
		}
	}
}
