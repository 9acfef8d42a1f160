package localecgrid_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"offboard/internal/sandbox/localecgrid"
)

type answer struct {
	status  int
	Success bool            `json:"success"`
	Data    json.RawMessage `json:"data"`
	Code    string          `json:"errorCode"`
}

func ask(t *testing.T, s *localecgrid.Server, key, method, path, body string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("X-API-Key", key)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	a := answer{status: w.Code}
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
	}
	return a
}

// TestAnswers is the table of facts/providers.md, "ECGrid".
func TestAnswers(t *testing.T) {
	t.Parallel()
	s := localecgrid.New("key", 7)
	s.Put(localecgrid.User{ID: 5, Login: "anna@example.com"})
	s.Put(localecgrid.User{ID: 6, Login: "hidden@example.com", Invisible: true})
	for _, c := range []struct {
		key, method, path, body string
		status                  int
		code, contains          string
	}{
		{"", "GET", "/v2/users/me", "", 401, "InvalidAPIKey", ""},
		{"wrong", "DELETE", "/v2/users/5", "", 401, "InvalidAPIKey", ""},
		{"key", "GET", "/v2/users/me", "", 200, "", `"userId":7`},
		{"key", "GET", "/v2/users/5", "", 200, "", `"status":"Active"`},
		{"key", "GET", "/v2/users/0", "", 400, "InvalidParameter", ""},
		{"key", "GET", "/v2/users/99", "", 404, "ObjectNotFound", ""},
		{"key", "GET", "/v2/users/6", "", 404, "ObjectNotFound", ""},
		{"key", "GET", "/v3/users/5", "", 404, "ObjectNotFound", ""},
		{"key", "POST", "/v2/users/by-name", `{"login":"ANNA"}`, 200, "", `"userId":5`},
		{"key", "POST", "/v2/users/by-name", `{"login":"hidden"}`, 200, "", `[]`},
		{"key", "POST", "/v2/users/by-name", `{"login":""}`, 400, "InvalidParameter", ""},
		{"key", "POST", "/v2/users/by-name", `login=x`, 400, "InvalidParameter", ""},
		{"key", "POST", "/v2/users/list", `{"pageNo":2,"recordsPerPage":1}`, 200, "", `"userId":7`},
		{"key", "POST", "/v2/users/list", `{"pageNo":9,"recordsPerPage":1}`, 200, "", `[]`},
		{"key", "DELETE", "/v2/users/6", "", 404, "ObjectNotFound", ""},
		{"key", "DELETE", "/v2/users/5", "", 200, "", `true`},
		{"key", "DELETE", "/v2/users/5", "", 404, "ObjectNotFound", ""},
		{"key", "GET", "/v2/users/5", "", 200, "", `"status":"Terminated"`},
	} {
		a := ask(t, s, c.key, c.method, c.path, c.body)
		if a.status != c.status || a.Code != c.code || a.Success != (c.code == "") || !strings.Contains(string(a.Data), c.contains) {
			t.Errorf("%s %s %s = %+v %s", c.method, c.path, c.body, a, a.Data)
		}
	}
	effects := []string{}
	for _, c := range s.Calls() {
		if c.Effect != "" {
			effects = append(effects, c.Effect)
		}
	}
	if len(effects) != 1 || effects[0] != "terminated 5" || s.StateOf("5") != localecgrid.Terminated {
		t.Errorf("the record: %q, %s", effects, s.StateOf("5"))
	}
}

func TestOpenQuestions(t *testing.T) {
	t.Parallel()
	s := localecgrid.New("key", 7)
	s.Put(localecgrid.User{ID: 5, Login: "anna", Email: "anna@example.com"})
	s.Behave(localecgrid.Behaviour{SaysFalse: true, OtherSpelling: true})
	if a := ask(t, s, "key", http.MethodDelete, "/v2/users/5", ""); string(a.Data) != "false" || s.StateOf("5") != localecgrid.Active {
		t.Errorf("data false: %s, %s", a.Data, s.StateOf("5"))
	}
	if a := ask(t, s, "key", http.MethodGet, "/v2/users/5", ""); !strings.Contains(string(a.Data), `"loginName":"anna"`) {
		t.Errorf("the other spelling: %s", a.Data)
	}
	s.Behave(localecgrid.Behaviour{Vanishes: true})
	ask(t, s, "key", http.MethodDelete, "/v2/users/5", "")
	if a := ask(t, s, "key", http.MethodGet, "/v2/users/5", ""); a.status != http.StatusNotFound || s.StateOf("5") != localecgrid.Terminated {
		t.Errorf("a user who vanishes: %d, %s", a.status, s.StateOf("5"))
	}
}
