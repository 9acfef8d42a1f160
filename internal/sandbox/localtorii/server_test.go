package localtorii_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"offboard/internal/sandbox/localtorii"
)

const base = "/api/server/v1/users/"

func ask(t *testing.T, s *localtorii.Server, key, method, path, body string) (status int, contentType, text string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+key)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Header().Get("Content-Type"), w.Body.String()
}

// TestAnswers is the table of facts/providers.md, "Torii".
func TestAnswers(t *testing.T) {
	t.Parallel()
	s := localtorii.New("key", "here")
	s.Put(localtorii.User{ID: "a", Email: "anna@example.com"})
	s.Put(localtorii.User{ID: "b", Email: "bert@example.com", Environment: "there"})
	s.Put(localtorii.User{ID: "c", Email: "carl@example.com", Status: localtorii.Banned})
	all := `"statuses":["active","banned","deleted"]`
	for _, c := range []struct {
		key, method, path, body string
		status                  int
		contains, lacks         string
	}{
		{"wrong", "GET", "a", "", 401, "Unauthorized", ""},
		{"key", "GET", "a", "", 200, `"status":"active"`, ""},
		{"key", "GET", "b", "", 403, "different environment", ""},
		{"key", "GET", "x", "", 404, "not found", ""},
		{"key", "POST", "search", `{}`, 200, `"id":"a"`, `"id":"b"`},
		{"key", "POST", "search", `{"emailAddresses":["ANNA@example.com"]}`, 200, `"id":"a"`, `"id":"c"`},
		{"key", "POST", "search", `{"email":"example"}`, 200, `"id":"c"`, `"id":"b"`},
		{"key", "POST", "search?limit=1", `{}`, 200, `"hasMore":true,`, `"id":"c"`},
		{"key", "POST", "search?limit=1&cursor=1", `{}`, 200, `"id":"c"`, `"id":"a"`},
		{"key", "POST", "search", `{"statuses":["banned"]}`, 200, `"id":"c"`, `"id":"a"`},
		{"key", "DELETE", "b", "", 403, "Forbidden", ""},
		{"key", "DELETE", "x", "", 404, "Not Found", ""},
		{"key", "DELETE", "a", "", 204, "", "{"},
		{"key", "DELETE", "a", "", 403, "Forbidden", ""},
		{"key", "GET", "a", "", 200, `"status":"deleted"`, ""},
		{"key", "POST", "search", `{"userIds":["a"]}`, 200, `"items":[]`, `"id":"a"`},
		{"key", "POST", "search", `{"userIds":["a"],` + all + `}`, 200, `"status":"deleted"`, ""},
		{"key", "POST", "search", `no`, 400, "not JSON", ""},
	} {
		status, kind, text := ask(t, s, c.key, c.method, c.path, c.body)
		if status != c.status || !strings.Contains(text, c.contains) || c.lacks != "" && strings.Contains(text, c.lacks) ||
			(kind == "application/problem+json") != (status >= 400) {
			t.Errorf("%s %s %s = %d %s %s", c.method, c.path, c.body, status, kind, text)
		}
	}
	if s.StateOf("a") != localtorii.Deleted || s.StateOf("b") != localtorii.Active {
		t.Errorf("the record: %s, %s", s.StateOf("a"), s.StateOf("b"))
	}
}

func TestOlderServers(t *testing.T) {
	t.Parallel()
	s := localtorii.New("key", "here")
	s.Put(localtorii.User{ID: "a", Email: "anna@example.com"})
	s.Put(localtorii.User{ID: "d", Status: localtorii.Deleted})
	s.Behave(localtorii.Behaviour{IgnoresSelectors: true})
	if _, _, text := ask(t, s, "key", "POST", "search", `{"userIds":["a"],"statuses":["active"]}`); !strings.Contains(text, `"id":"d"`) {
		t.Errorf("selectors were not ignored: %s", text)
	}
	s.Behave(localtorii.Behaviour{HidesDeleted: true, DeletedIsGone: true})
	if _, _, text := ask(t, s, "key", "POST", "search", `{"statuses":["deleted"]}`); strings.Contains(text, `"id":"d"`) {
		t.Errorf("a deleted user was shown: %s", text)
	}
	if status, _, _ := ask(t, s, "key", "GET", "d", ""); status != 404 {
		t.Errorf("a deleted user is %d", status)
	}
}
