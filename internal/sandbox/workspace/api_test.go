package workspace_test

import (
	"net/url"
	"strings"
	"testing"

	"offboard/internal/sandbox/workspace"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	own := postCard(t, w)
	foreign := w.Say("U1", "C1", "", "mine").TS
	text := func(n int) string { return strings.Repeat("€", n) }
	for _, c := range []struct {
		name, method string
		params       url.Values
		want         string
	}{
		{"unknown method", "chat.shout", nil, "unknown_method"},
		{"unknown channel", "chat.postMessage", url.Values{"channel": {"C9"}, "text": {"x"}}, "channel_not_found"},
		{"not a member", "chat.postMessage", url.Values{"channel": {"C2"}, "text": {"x"}}, "not_in_channel"},
		{"private, not a member", "chat.postMessage", url.Values{"channel": {"G1"}, "text": {"x"}}, "channel_not_found"},
		{"archived", "chat.postMessage", url.Values{"channel": {"COLD"}, "text": {"x"}}, "is_archived"},
		{"nothing to say", "chat.postMessage", url.Values{"channel": {"C1"}}, "no_text"},
		{"long", "chat.postMessage", url.Values{"channel": {"C1"}, "text": {text(40001)}}, "msg_too_long"},
		{"bad blocks", "chat.postMessage", url.Values{"channel": {"C1"}, "blocks": {`[{"type":"alert"}]`}}, "invalid_blocks"},
		{"no list", "chat.postMessage", url.Values{"channel": {"C1"}, "blocks": {`{"type":"divider"}`}}, "invalid_blocks_format"},
		{"bad metadata", "chat.postMessage", url.Values{"channel": {"C1"}, "text": {"x"}, "metadata": {`{"a":1}`}}, "invalid_metadata_format"},
		{"no such thread", "chat.postMessage", url.Values{"channel": {"C1"}, "text": {"x"}, "thread_ts": {"1.000001"}}, "thread_not_found"},
		{"to a bot", "chat.postMessage", url.Values{"channel": {w.Config().BotUserID}, "text": {"x"}}, "cannot_dm_bot"},
		{"update: long", "chat.update", url.Values{"channel": {"C1"}, "ts": {own}, "text": {text(4001)}}, "msg_too_long"},
		{"update: fits", "chat.update", url.Values{"channel": {"C1"}, "ts": {own}, "text": {text(4000)}}, ""},
		{"update: gone", "chat.update", url.Values{"channel": {"C1"}, "ts": {"1.000001"}, "text": {"x"}}, "message_not_found"},
		{"update: another's", "chat.update", url.Values{"channel": {"C1"}, "ts": {foreign}, "text": {"x"}}, "cant_update_message"},
		{"delete: another's", "chat.delete", url.Values{"channel": {"C1"}, "ts": {foreign}}, "cant_delete_message"},
		{"ephemeral to nobody", "chat.postEphemeral", url.Values{"channel": {"C1"}, "user": {"UGUEST"}, "text": {"x"}}, "user_not_in_channel"},
		{"no such person", "users.info", url.Values{"user": {"U9"}}, "user_not_found"},
		{"no such address", "users.lookupByEmail", url.Values{"email": {"x@example.com"}}, "users_not_found"},
		{"no such group", "usergroups.users.list", url.Values{"usergroup": {"S9"}}, "no_such_subteam"},
		{"hidden channel", "conversations.info", url.Values{"channel": {"G1"}}, "channel_not_found"},
		{"history elsewhere", "conversations.history", url.Values{"channel": {"C2"}}, "not_in_channel"},
		{"no thread", "conversations.replies", url.Values{"channel": {"C1"}, "ts": {"1.000001"}}, "thread_not_found"},
		{"cursor", "conversations.history", url.Values{"channel": {"C1"}, "cursor": {"x"}}, "invalid_cursor"},
		{"limit", "conversations.history", url.Values{"channel": {"C1"}, "limit": {"1000"}}, "invalid_limit"},
		{"oldest", "conversations.history", url.Values{"channel": {"C1"}, "oldest": {"soon"}}, "invalid_ts_oldest"},
		{"no scope", "conversations.open", url.Values{"users": {"U1"}}, "missing_scope"},
		{"wrong token", "apps.connections.open", nil, "not_allowed_token_type"},
		{"no trigger", "views.open", url.Values{"trigger_id": {"1.2.3"}, "view": {modal}}, "invalid_trigger_id"},
		{"bad view", "views.open", url.Values{"trigger_id": {"1.2.3"}, "view": {`{"type":"modal"}`}}, "invalid_arguments"},
	} {
		t.Run(c.name, func(t *testing.T) { wantError(t, call(t, w, c.method, c.params), c.want) })
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	const form, json = "application/x-www-form-urlencoded", "application/json"
	token := w.Config().BotToken
	for _, c := range []struct {
		name, authorization, kind, body string
		want                            string
		place                           workspace.TokenPlace
	}{
		{"bearer", "Bearer " + token, form, "user=U1", "", workspace.TokenBearer},
		{"form", "", form, "user=U1&token=" + token, "", workspace.TokenForm},
		{"in JSON", "", json, `{"user":"U1","token":"` + token + `"}`, "not_authed", workspace.TokenNone},
		{"none", "", form, "user=U1", "not_authed", workspace.TokenNone},
		{"wrong", "Bearer x", form, "user=U1", "invalid_auth", workspace.TokenBearer},
		{"app token", "Bearer " + w.Config().AppToken, form, "user=U1", "not_allowed_token_type", workspace.TokenBearer},
		{"odd body", "Bearer " + token, "text/csv", "user,U1", "invalid_post_type", workspace.TokenBearer},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, got := callRaw(t, w, "users.info", c.authorization, c.kind, c.body)
			wantError(t, got, c.want)
			calls := w.Calls("users.info")
			if last := calls[len(calls)-1]; last.Token != c.place || last.Params["token"] != "" || last.Error != c.want {
				t.Errorf("the log says %+v", last)
			}
		})
	}
}

// TestReadsTakeNoJSON: Slack's reads do not look into a JSON body, and most writes do.
func TestReadsTakeNoJSON(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	for method, c := range map[string]struct{ body, want string }{
		"users.info":            {`{"user":"U1"}`, "user_not_found"},
		"bots.info":             {`{"bot":"` + w.Config().BotID + `"}`, "bot_not_found"},
		"conversations.info":    {`{"channel":"C1"}`, "channel_not_found"},
		"conversations.history": {`{"channel":"C1"}`, "channel_not_found"},
		"usergroups.users.list": {`{"usergroup":"S1"}`, "no_such_subteam"},
		"chat.postMessage":      {`{"channel":"C1","text":"hello"}`, ""},
		"auth.test":             {`{}`, ""},
	} {
		_, got := callRaw(t, w, method, "Bearer "+w.Config().BotToken, "application/json", c.body)
		wantError(t, got, c.want)
	}
}

func TestScopesAreAskedFor(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{Scopes: []string{"users:read"}})
	got := call(t, w, "chat.postMessage", url.Values{"channel": {"C1"}, "text": {"x"}})
	wantError(t, got, "missing_scope")
	if got["needed"] != "chat:write" || got["provided"] != "users:read" {
		t.Errorf("needed %v, provided %v", got["needed"], got["provided"])
	}
	user, _ := call(t, w, "users.info", url.Values{"user": {"U1"}})["user"].(map[string]any)
	if profile, _ := user["profile"].(map[string]any); profile == nil || profile["email"] != nil {
		t.Errorf("without users:read.email the profile is %v", profile)
	}
	if _, err := w.Command(t.Context(), "U1", "C1", "/offboard", ""); err == nil {
		t.Error("a command went out without the scope commands")
	}
}

func TestAnswersThatARealClientReads(t *testing.T) {
	t.Parallel()
	w, ctx := start(t, workspace.Config{}), within(t)
	api := client(w)
	who, err := api.AuthTestContext(ctx)
	if err != nil || who.BotID != w.Config().BotID || who.TeamID != w.Config().TeamID {
		t.Errorf("auth.test: %+v, %v", who, err)
	}
	u, err := api.GetUserInfoContext(ctx, "U1")
	if err != nil || u.ID != "U1" || u.Profile.Email != "ann@example.com" || !u.IsEmailConfirmed || u.IsRestricted {
		t.Errorf("users.info: %+v, %v", u, err)
	}
	guest, err := api.GetUserInfoContext(ctx, "UGUEST")
	if err != nil || !guest.IsUltraRestricted || !guest.IsRestricted {
		t.Errorf("users.info of a guest: %+v, %v", guest, err)
	}
	members, err := api.GetUserGroupMembersContext(ctx, "S1")
	if err != nil || len(members) != 2 {
		t.Errorf("usergroups.users.list: %v, %v", members, err)
	}
	found, err := api.GetUserByEmailContext(ctx, "ANN@example.com")
	if err != nil || found.ID != "U1" {
		t.Errorf("users.lookupByEmail: %+v, %v", found, err)
	}
}

func TestUpdateWithoutBlocksRemovesThem(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	ts := postCard(t, w)
	wantError(t, call(t, w, "chat.update", url.Values{"channel": {"C1"}, "ts": {ts}, "text": {"other"}, "blocks": {card}}), "")
	if m, _ := w.Message("C1", ts); m.EditedTS != "" || m.Blocks == nil || m.Metadata == nil {
		t.Errorf("an update of blocks left %+v", m)
	}
	wantError(t, call(t, w, "chat.update", url.Values{"channel": {"C1"}, "ts": {ts}, "text": {"done"}, "metadata": {"{}"}}), "")
	m, _ := w.Message("C1", ts)
	if m.Blocks != nil || m.Text != "done" || m.EditedTS == "" || m.Metadata != nil || len(m.Earlier) != 2 {
		t.Errorf("an update without blocks left %+v", m)
	}
}

func TestPingsAreTold(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	for text, want := range map[string]int{"hi <!channel> @here": 2, "hi &lt;!channel&gt;": 0} {
		got := call(t, w, "chat.postMessage", url.Values{"channel": {"C1"}, "text": {text}})
		ts, _ := got["ts"].(string)
		if m, _ := w.Message("C1", ts); len(m.Pings) != want {
			t.Errorf("%q pings %q", text, m.Pings)
		}
	}
}
