package ecgrid_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"offboard/internal/providers"
)

// stranger is an ECGrid that somebody else made from the vendor's pages: answers by "METHOD path", and a 404 for everything else.
func stranger(t *testing.T, answers map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := struct{ PageNo int }{}
		_ = json.NewDecoder(r.Body).Decode(&in)
		key := r.Method + " " + r.URL.Path
		if in.PageNo > 1 {
			key += fmt.Sprintf(" page %d", in.PageNo)
		}
		body, ok := answers[key]
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			body = `{"success":false,"errorCode":"ObjectNotFound","message":"no","data":null}`
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func data(v string) string { return `{"success":true,"data":` + v + `}` }

// TestUsersInOtherClothes reads one and the same user however the vendor's contradicting pages make a server write it.
func TestUsersInOtherClothes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, login, email, word string }{
		{"as documented", `{"userId":5,"login":"anna","email":"a@example.com","status":"Active"}`, "anna", "a@example.com", "Active"},
		{"the other spelling", `{"userId":5,"loginName":"anna","eMail":"a@example.com","status":"Active"}`, "anna", "a@example.com", "Active"},
		{"both spellings", `{"userId":5,"login":"anna","loginName":"","email":"a@example.com","eMail":"","status":"Active"}`,
			"anna", "a@example.com", "Active"},
		{"both, the other way", `{"userId":5,"loginName":"anna","login":null,"eMail":"a@example.com","email":null,"status":"Active"}`,
			"anna", "a@example.com", "Active"},
		{"numbers as texts", `{"userId":"5","login":"anna","email":"a@example.com","networkId":"3","mailboxId":"4","status":"Active"}`,
			"anna", "a@example.com", "Active"},
		{"capital names", `{"UserID":5,"Login":"anna","Email":"a@example.com","Status":"Active"}`, "anna", "a@example.com", "Active"},
		{"capital states", `{"userId":5,"login":"anna","email":"a@example.com","status":"ACTIVE"}`, "anna", "a@example.com", "Active"},
		{"small states", `{"userId":5,"login":"anna","email":"a@example.com","status":"terminated"}`, "anna", "a@example.com", "Terminated"},
		{"nothing but an id", `{"userId":5}`, "", "", ""},
		{"odd types", `{"userId":5,"login":["x"],"email":{"x":1},"created":17,"lastLogin":false,"status":"Active"}`, "", "", "Active"},
	} {
		p := dial(t, stranger(t, map[string]string{"GET /v2/users/5": data(c.body)}))
		a, err := p.Read(t.Context(), "5")
		if err != nil || a.ID != "5" || a.Email != c.email || strings.Join(a.Logins, " ") != c.login || a.StateWord != c.word {
			t.Errorf("%s: %+v, %v", c.name, a, err)
		}
	}
}

// TestListsOfOtherMakes: a list may end with a page that is not there, and a server may have none at all for what it shows.
func TestListsOfOtherMakes(t *testing.T) {
	t.Parallel()
	const byName, list = "POST /v2/users/by-name", "POST /v2/users/list"
	anna, bert := `[{"userId":5,"login":"anna","email":"a@example.com"}]`, `[{"userId":6,"login":"bert","email":"b@example.com"}]`
	for _, c := range []struct {
		name    string
		answers map[string]string
		found   string
		kind    providers.Kind
	}{
		{"nothing after the first page", map[string]string{byName: data(`[]`), list: data(anna)}, "5", ""},
		{"nothing after the second page", map[string]string{byName: data(`[]`), list: data(bert), list + " page 2": data(anna)}, "5", ""},
		{"the same page for ever", map[string]string{byName: data(`[]`), list: data(anna), list + " page 2": data(anna)}, "5", ""},
		{"nobody to list", map[string]string{byName: data(`[]`), list: data(`[]`)}, "", ""},
		{"null for nobody", map[string]string{byName: data(`null`), list: data(`null`)}, "", ""},
		{"by name is a 404", map[string]string{list: data(anna)}, "5", ""},
		{"found by name, and no list at all", map[string]string{byName: data(anna)}, "5", ""},
		{"no list at all", map[string]string{byName: data(`[]`)}, "", providers.Denied},
	} {
		p := dial(t, stranger(t, c.answers))
		found, err := p.Find(t.Context(), providers.Query{By: providers.ByEmail, Value: "A@example.com"})
		ids := []string{}
		for _, a := range found {
			ids = append(ids, a.ID)
		}
		if strings.Join(ids, " ") != c.found || (err != nil) != (c.kind != "") || err != nil && providers.KindOf(err) != c.kind {
			t.Errorf("%s: found %q, %v; want %q, %q", c.name, ids, err, c.found, c.kind)
		}
	}
}
