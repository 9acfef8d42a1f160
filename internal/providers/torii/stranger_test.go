package torii_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"offboard/internal/providers"
)

// stranger is a Torii that somebody else made from the vendor's pages: "STATUS body" by "METHOD path", and a 404 for everything else.
func stranger(t *testing.T, answers map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		said, ok := answers[r.Method+" "+strings.TrimPrefix(r.URL.Path, "/api/server/v1/users/")]
		if !ok {
			said = `404 {"type":"about:blank","title":"Not Found","status":404}`
		}
		status, body, _ := strings.Cut(said, " ")
		code := map[string]int{"200": 200, "204": 204, "400": 400, "403": 403, "404": 404, "422": 422}[status]
		kind := "application/json"
		if code >= http.StatusBadRequest {
			kind = "application/problem+json; charset=utf-8"
		}
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

const (
	mine    = `"environmentId":"` + environment + `"`
	problem = `{"type":"about:blank","title":"x","status":0}`
)

// TestUsersInOtherClothes reads users with next to nothing in them, and with more than is documented.
func TestUsersInOtherClothes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body  string
		state       providers.State
		email, says string
	}{
		{"next to nothing", `{"id":"` + anna + `",` + mine + `,"status":"active"}`, providers.StateActive, "", ""},
		{"everything null", `{"id":"` + anna + `",` + mine + `,"status":"active","name":null,"firstName":null,"lastName":null,"email":null,
			"createdAt":null,"updatedAt":null,"deletedAt":null}`, providers.StateActive, "", ""},
		{"times as numbers", `{"id":"` + anna + `",` + mine + `,"status":"banned","email":"a@example.com","createdAt":1700000000000,
			"updatedAt":1700000000.5}`, providers.StateLocked, "a@example.com", ""},
		{"capitals", `{"id":"` + strings.ToUpper(anna) + `","environmentId":"` + strings.ToUpper(environment) + `","status":"deleted"}`,
			providers.StateDeleted, "", ""},
		{"one name", `{"id":"` + anna + `",` + mine + `,"status":"active","lastName":"Smith","extra":{"a":[1]}}`, providers.StateActive, "", "Smith"},
	} {
		p := dial(t, stranger(t, map[string]string{"GET " + anna: "200 " + c.body}))
		a, err := p.Read(t.Context(), anna)
		if err != nil || a.State != c.state || a.Email != c.email || a.Name != c.says {
			t.Errorf("%s: %+v, %v", c.name, a, err)
		}
	}
}

// TestSearchesOfOtherMakes: nobody is an empty list, a null list, or an id that the server does not even take for one.
func TestSearchesOfOtherMakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, search string
		kind         providers.Kind
	}{
		{"an empty page", `200 {"items":[],"nextCursor":null,"hasMore":false}`, ""},
		{"no more than the list", `200 {"items":[]}`, ""},
		{"null for nobody", `200 {"items":null,"nextCursor":null,"hasMore":false}`, ""},
		{"another's list", `200 {"users":[]}`, providers.Misconfigured},
		{"a bare list", `200 []`, providers.Misconfigured},
		{"nothing", `200 null`, providers.Misconfigured},
	} {
		p := dial(t, stranger(t, map[string]string{"POST search": c.search}))
		found, err := p.Find(t.Context(), providers.Query{By: providers.ByEmail, Value: "anna@example.com"})
		if len(found) != 0 || (err != nil) != (c.kind != "") || err != nil && providers.KindOf(err) != c.kind {
			t.Errorf("%s: %+v, %v; want %q", c.name, found, err, c.kind)
		}
	}
}

// TestWhatIsNoUUIDIsNobody: where no provider is named, every provider is asked for what was typed, logins of others included.
func TestWhatIsNoUUIDIsNobody(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"400", "404", "422"} {
		p := dial(t, stranger(t, map[string]string{"GET asmith": status + " " + problem}))
		found, err := p.Find(t.Context(), providers.Query{By: providers.ByAny, Value: "asmith"})
		if err != nil || len(found) != 0 {
			t.Errorf("%s: %+v, %v", status, found, err)
		}
	}
}
