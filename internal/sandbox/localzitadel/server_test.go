package localzitadel_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/localzitadel"
)

// instance is a running local instance with a manager (token "manager"), a viewer ("viewer"), somebody who may do nothing with users
// ("member") and one without any membership ("outsider"), all of org-1.
type instance struct {
	*localzitadel.Server
	url string
}

func start(t *testing.T) instance {
	t.Helper()
	front := httptest.NewUnstartedServer(nil)
	address := "http://" + front.Listener.Addr().String()
	s, err := localzitadel.New(address)
	if err != nil {
		t.Fatal(err)
	}
	front.Config.Handler = s
	front.Start()
	t.Cleanup(front.Close)
	for _, name := range []string{"manager", "viewer", "member", "outsider"} {
		s.Put(localzitadel.User{ID: name, Org: "org-1", UserName: name, Machine: &localzitadel.Machine{Name: name}})
		s.AddToken(name, name)
	}
	s.Grant(localzitadel.Member{User: "manager", Roles: []string{"IAM_USER_MANAGER"}})
	s.Grant(localzitadel.Member{User: "viewer", Org: "org-1", Roles: []string{"ORG_OWNER_VIEWER"}})
	s.Grant(localzitadel.Member{User: "member", Org: "org-1", Roles: []string{"ORG_SETTINGS_MANAGER"}})
	for id, state := range map[string]string{"1": localzitadel.Active, "2": localzitadel.Inactive, "3": localzitadel.Initial,
		"4": localzitadel.Deleted} {
		s.Put(localzitadel.User{ID: id, Org: "org-1", UserName: "user" + id, State: state,
			Human: &localzitadel.Human{DisplayName: "User " + id, Email: "User" + id + "@example.com"}})
	}
	s.Put(localzitadel.User{ID: "5", Org: "org-2", UserName: "user5", Human: &localzitadel.Human{Email: "user5@example.com"}})
	return instance{Server: s, url: address}
}

// request is one call as a client would make it.
type request struct {
	method, path, token, org, host, body string
}

// ask makes a call and gives the status and what the JSON holds.
func (i instance) ask(t *testing.T, q request) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), q.method, i.url+q.path, strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	if q.token != "" {
		r.Header.Set("Authorization", "Bearer "+q.token)
	}
	if q.org != "" {
		r.Header.Set("x-zitadel-orgid", q.org)
	}
	if q.host != "" {
		r.Host = q.host
	}
	return send(t, r)
}

func send(t *testing.T, r *http.Request) (int, map[string]any) {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatalf("%s %s: %s: %v", r.Method, r.URL.Path, raw, err)
	}
	return resp.StatusCode, body
}

// errorID is details[0].id, or empty.
func errorID(body map[string]any) string {
	details, _ := body["details"].([]any)
	if len(details) == 0 {
		return ""
	}
	first, _ := details[0].(map[string]any)
	id, _ := first["id"].(string)
	return id
}

// The error table of facts/providers.md.
func TestErrors(t *testing.T) {
	t.Parallel()
	const get, post, del, v2, v1 = "GET", "POST", "DELETE", "/v2/users/", "/management/v1/users/"
	for name, c := range map[string]struct {
		q      request
		status int
		code   float64
		id     string
	}{
		"get, unknown":              {request{get, v2 + "404", "manager", "", "", ""}, 404, 5, "QUERY-Dfbg2"},
		"get, deleted":              {request{get, v2 + "4", "manager", "", "", ""}, 404, 5, "QUERY-Dfbg2"},
		"get, unknown, outsider":    {request{get, v2 + "404", "outsider", "", "", ""}, 404, 5, "QUERY-Dfbg2"},
		"get, few rights":           {request{get, v2 + "1", "member", "", "", ""}, 403, 7, "AUTH-AWfge"},
		"get, no membership":        {request{get, v2 + "1", "outsider", "", "", ""}, 404, 5, "AUTHZ-cdgFk"},
		"get, membership elsewhere": {request{get, v2 + "5", "viewer", "", "", ""}, 404, 5, "AUTHZ-cdgFk"},
		"deactivate, no membership": {request{post, v2 + "1/deactivate", "outsider", "", "", "{}"}, 404, 5, "AUTHZ-cdgFk"},
		"deactivate, few rights":    {request{post, v2 + "1/deactivate", "viewer", "", "", "{}"}, 403, 7, "AUTH-AWfge"},
		"deactivate, inactive, few": {request{post, v2 + "2/deactivate", "outsider", "", "", "{}"}, 400, 9, "COMMAND-5gunjw0cd7"},
		"deactivate, initial":       {request{post, v2 + "3/deactivate", "manager", "", "", "{}"}, 400, 9, "COMMAND-gvx4kct9r2"},
		"deactivate, deleted":       {request{post, v2 + "4/deactivate", "manager", "", "", "{}"}, 404, 5, "COMMAND-5gp2p62iin"},
		"reactivate, active":        {request{post, v2 + "1/reactivate", "manager", "", "", "{}"}, 400, 9, "COMMAND-s5qqcz97hf"},
		"delete v2, unknown":        {request{del, v2 + "404", "manager", "", "", ""}, 404, 5, "COMMAND-bd4ir1mblj"},
		"delete v2, few rights":     {request{del, v2 + "1", "member", "", "", ""}, 403, 7, "AUTH-AWfge"},
		"delete v1, unknown":        {request{del, v1 + "404", "manager", "org-1", "", ""}, 404, 5, "COMMAND-m9od"},
		"delete v1, other org":      {request{del, v1 + "1", "manager", "org-2", "", ""}, 404, 5, "COMMAND-m9od"},
		"delete v1, own org":        {request{del, v1 + "5", "manager", "", "", ""}, 404, 5, "COMMAND-m9od"},
		"delete v1, no such org":    {request{del, v1 + "1", "manager", "org-9", "", ""}, 403, 7, "AUTH-Bs7Ds"},
		"delete v1, few rights":     {request{del, v1 + "1", "viewer", "org-1", "", ""}, 403, 7, "AUTH-5mWD2"},
		"id too long":               {request{get, v2 + strings.Repeat("1", 201), "manager", "", "", ""}, 400, 3, ""},
		"no token":                  {request{get, v2 + "1", "", "", "", ""}, 401, 16, ""},
		"wrong token":               {request{get, v2 + "1", "nobody", "", "", ""}, 401, 16, "AUTH-7fs1e"},
		"wrong host":                {request{get, v2 + "1", "manager", "", "id.example.com", ""}, 404, 5, ""},
		"unknown path":              {request{get, "/v3/users", "manager", "", "", ""}, 404, 5, ""},
		"search, unknown field":     {request{post, "/v2/users", "manager", "", "", `{"querys":[]}`}, 400, 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := start(t)
			before := i.StateOf("1") + i.StateOf("2") + i.StateOf("3") + i.StateOf("5")
			status, body := i.ask(t, c.q)
			if status != c.status || body["code"] != c.code || errorID(body) != c.id {
				t.Errorf("%d %v", status, body)
			}
			if after := i.StateOf("1") + i.StateOf("2") + i.StateOf("3") + i.StateOf("5"); before != after {
				t.Errorf("states %s → %s", before, after)
			}
		})
	}
}

func TestMalformedAuthorization(t *testing.T) {
	t.Parallel()
	i := start(t)
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, i.url+"/v2/users/1", nil)
	r.Header.Set("Authorization", "Basic abc")
	if status, body := send(t, r); status != 401 || errorID(body) != "AUTH-toLo1" {
		t.Errorf("%d %v", status, body)
	}
}

func TestWritesTakeEffectAndAreLogged(t *testing.T) {
	t.Parallel()
	i := start(t)
	i.AddToken("1", "token-of-1")
	i.PutSession("1", "s-1")
	i.Grant(localzitadel.Member{User: "1", Roles: []string{"IAM_OWNER"}})
	for _, step := range []struct {
		q     request
		state string
	}{
		{request{"POST", "/v2/users/1/deactivate", "manager", "", "", "{}"}, localzitadel.Inactive},
		{request{"POST", "/v2/users/1/reactivate", "manager", "", "", "{}"}, localzitadel.Active},
		{request{"DELETE", "/management/v1/users/1", "manager", "org-1", "", ""}, localzitadel.Deleted},
	} {
		if status, body := i.ask(t, step.q); status != 200 || body["details"] == nil || i.StateOf("1") != step.state {
			t.Errorf("%s %s: %d %v, state %s", step.q.method, step.q.path, status, body, i.StateOf("1"))
		}
		if status, body := i.ask(t, request{method: "GET", path: "/auth/v1/users/me", token: "token-of-1"}); status != 401 {
			t.Errorf("its token opens: %v", body)
		}
	}
	if i.Exists("1") || len(i.Sessions("1")) != 1 {
		t.Errorf("exists %v, sessions %v", i.Exists("1"), i.Sessions("1"))
	}
	var effects []string
	for _, c := range i.Calls() {
		if c.Write {
			effects = append(effects, c.Effect)
		}
	}
	if diff := cmp.Diff([]string{"deactivated 1", "reactivated 1", "deleted 1"}, effects); diff != "" {
		t.Error(diff)
	}
}

func TestAFaultHidesWhatWasDone(t *testing.T) {
	t.Parallel()
	i := start(t)
	i.Faults().Set("write", fault.Fault{Mode: fault.Status500After, Times: 1})
	status, body := i.ask(t, request{method: "DELETE", path: "/v2/users/1", token: "manager"})
	if status != 500 || body["code"] != 13.0 || i.Exists("1") {
		t.Errorf("%d %v, exists %v", status, body, i.Exists("1"))
	}
}

// token asks the token endpoint.
func (i instance) token(t *testing.T, form url.Values) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, i.url+"/oauth/v2/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return send(t, r)
}

func TestTokens(t *testing.T) {
	t.Parallel()
	i := start(t)
	i.AddClient("manager", "c-1", "secret")
	i.AddClient("2", "c-2", "secret") // whose user is inactive
	const aud = "urn:zitadel:iam:org:project:id:zitadel:aud"
	for name, c := range map[string]struct {
		id, secret, scope string
		status            int
		oauth             string
		opens             int
	}{
		"good":             {"c-1", "secret", "openid " + aud, 200, "", 200},
		"without its aud":  {"c-1", "secret", "openid", 200, "", 401},
		"wrong secret":     {"c-1", "wrong", aud, 400, "invalid_request", 0},
		"unknown client":   {"c-9", "secret", aud, 400, "invalid_client", 0},
		"deactivated user": {"c-2", "secret", aud, 400, "invalid_request", 0},
	} {
		status, body := i.token(t, url.Values{"grant_type": {"client_credentials"}, "client_id": {c.id}, "client_secret": {c.secret},
			"scope": {c.scope}})
		if got, _ := body["error"].(string); status != c.status || got != c.oauth {
			t.Errorf("%s: %d %v", name, status, body)
		}
		if token, _ := body["access_token"].(string); c.status == 200 {
			if status, body := i.ask(t, request{method: "GET", path: "/auth/v1/users/me", token: token}); status != c.opens {
				t.Errorf("%s: opens %d %v", name, status, body)
			}
		}
	}
	status, body := i.token(t, url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {"eyJ"}, "scope": {aud}})
	if status != 500 || body["error"] != "server_error" {
		t.Errorf("bad assertion: %d %v", status, body)
	}
}
