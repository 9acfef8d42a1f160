package localzitadel_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/sandbox/localzitadel"
)

// found gives the ids of a search and its total as it travelled: nil where it was left out.
func found(t *testing.T, body map[string]any) (any, []string) {
	t.Helper()
	details, ok := body["details"].(map[string]any)
	if !ok {
		t.Fatalf("no details: %v", body)
	}
	var ids []string
	all, _ := body["result"].([]any)
	for _, u := range all {
		id, _ := u.(map[string]any)["userId"].(string)
		ids = append(ids, id)
	}
	return details["totalResult"], ids
}

func TestSearch(t *testing.T) {
	t.Parallel()
	email := func(address, method string) string {
		return fmt.Sprintf(`{"queries":[{"emailQuery":{"emailAddress":%q,"method":%q}}]}`, address, method)
	}
	const fold = "TEXT_QUERY_METHOD_EQUALS_IGNORE_CASE"
	for name, c := range map[string]struct {
		token, body string
		total       any
		want        []string
	}{
		"the default minds case":  {"manager", email("user1@example.com", "TEXT_QUERY_METHOD_EQUALS"), nil, nil},
		"in the right case":       {"manager", email("User1@example.com", ""), "1", []string{"1"}},
		"ignoring case":           {"manager", email("uSER1@example.com", fold), "1", []string{"1"}},
		"deleted":                 {"manager", email("user4@example.com", fold), nil, nil},
		"no queries is everybody": {"manager", `{"queries":[]}`, "8", []string{"1", "2", "3", "5", "manager", "member", "outsider", "viewer"}},
		"limit":                   {"manager", `{"query":{"limit":2}}`, "8", []string{"1", "2"}},
		"too few rights":          {"member", email("User1@example.com", ""), "1", nil},
		"another organisation":    {"viewer", email("user5@example.com", ""), "1", nil},
		"either": {"manager", `{"queries":[{"orQuery":{"queries":[{"loginNameQuery":{"loginName":"user2"}},{"emailQuery":{"emailAddress":"User1@example.com"}}]}}]}`,
			"2", []string{"1", "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body := start(t).ask(t, request{method: "POST", path: "/v2/users", token: c.token, body: c.body})
			total, ids := found(t, body)
			if diff := cmp.Diff(c.want, ids); status != 200 || total != c.total || diff != "" {
				t.Errorf("%d, total %v: %s", status, total, diff)
			}
		})
	}
}

func TestSearchLagsWhileItIsHeld(t *testing.T) {
	t.Parallel()
	i := start(t)
	i.HoldSearch(true)
	i.ask(t, request{method: "DELETE", path: "/v2/users/1", token: "manager"})
	q := request{method: "POST", path: "/v2/users", token: "manager", body: `{"queries":[{"inUserIdsQuery":{"userIds":["1"]}}]}`}
	_, body := i.ask(t, q)
	if _, ids := found(t, body); len(ids) != 1 {
		t.Errorf("held: %v", body)
	}
	i.HoldSearch(false)
	_, body = i.ask(t, q)
	if _, ids := found(t, body); len(ids) != 0 {
		t.Errorf("let go: %v", body)
	}
}

// Names as the API writes them, 64-bit numbers as strings, nothing for what is empty.
func TestUserOnTheWire(t *testing.T) {
	t.Parallel()
	_, body := start(t).ask(t, request{method: "GET", path: "/v2/users/1", token: "viewer"})
	user, _ := body["user"].(map[string]any)
	details, _ := user["details"].(map[string]any)
	if _, ok := details["sequence"].(string); !ok {
		t.Errorf("sequence = %v", details["sequence"])
	}
	delete(user, "details")
	want := map[string]any{
		"userId": "1", "state": "USER_STATE_ACTIVE", "username": "user1", "loginNames": []any{"user1"}, "preferredLoginName": "user1",
		"human": map[string]any{"profile": map[string]any{"displayName": "User 1"}, "email": map[string]any{"email": "User1@example.com"}},
	}
	if diff := cmp.Diff(want, user); diff != "" {
		t.Error(diff)
	}
}

func TestMembershipsOfTheOrganisationAndTheInstance(t *testing.T) {
	t.Parallel()
	i := start(t)
	for _, org := range []string{"", "org-1", "org-2"} {
		i.Grant(localzitadel.Member{User: "1", Org: org, Roles: []string{"ROLE_" + org}})
	}
	_, body := i.ask(t, request{method: "POST", path: "/management/v1/users/1/memberships/_search", token: "manager", org: "org-2", body: "{}"})
	want := []any{
		map[string]any{"userId": "1", "iam": true, "roles": []any{"ROLE_"}},
		map[string]any{"userId": "1", "orgId": "org-2", "roles": []any{"ROLE_org-2"}},
	}
	if diff := cmp.Diff(want, body["result"]); diff != "" {
		t.Error(diff)
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	i := start(t)
	i.PutSession("1", "s-1")
	i.PutSession("5", "s-2")
	_, body := i.ask(t, request{method: "POST", path: "/v2/sessions/search", token: "manager", body: `{"queries":[{"userIdQuery":{"id":"1"}}]}`})
	if all, _ := body["sessions"].([]any); len(all) != 1 {
		t.Errorf("%v", body)
	}
	for _, id := range []string{"s-1", "s-1", "s-9"} {
		if status, body := i.ask(t, request{method: "DELETE", path: "/v2/sessions/" + id, token: "manager"}); status != 200 {
			t.Errorf("%s: %d %v", id, status, body)
		}
	}
	if len(i.Sessions("1")) != 0 || len(i.Sessions("5")) != 1 {
		t.Errorf("left: %v, %v", i.Sessions("1"), i.Sessions("5"))
	}
}

// Without any membership a search is no error: it counts and shows nothing, like one with too few rights.
func TestSearchesWithoutAMembershipCountAndShowNothing(t *testing.T) {
	t.Parallel()
	i := start(t)
	i.PutSession("1", "s-1")
	for path, name := range map[string]string{"/v2/users": "result", "/v2/sessions/search": "sessions"} {
		status, body := i.ask(t, request{method: "POST", path: path, token: "outsider", body: `{}`})
		details, _ := body["details"].(map[string]any)
		if _, shown := body[name]; status != 200 || shown || details["totalResult"] == nil {
			t.Errorf("%s: %d %v", path, status, body)
		}
	}
}

// The total is counted with the entries of a page: past the last one there is none.
func TestPagePastTheEndHasNoTotal(t *testing.T) {
	t.Parallel()
	i := start(t)
	i.PutSession("1", "s-1")
	i.PutSession("1", "s-2")
	for offset, want := range map[string]any{"1": "2", "2": nil} {
		body := `{"query":{"limit":1,"offset":` + offset + `},"queries":[{"userIdQuery":{"id":"1"}}]}`
		_, got := i.ask(t, request{method: "POST", path: "/v2/sessions/search", token: "manager", body: body})
		if details, _ := got["details"].(map[string]any); details == nil || details["totalResult"] != want {
			t.Errorf("offset %s: %v", offset, got)
		}
	}
}
