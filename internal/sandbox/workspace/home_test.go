package workspace_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/workspace"
)

const aHome = `{"type":"home","callback_id":"h","private_metadata":"p","blocks":[{"type":"input","block_id":"note","optional":true,` +
	`"label":{"type":"plain_text","text":"Note"},"element":{"type":"plain_text_input","action_id":"v","initial_value":"old"}},` +
	`{"type":"section","block_id":"s","text":{"type":"plain_text","text":"Pick"},"accessory":{"type":"multi_users_select","action_id":"who"}},` +
	`{"type":"actions","block_id":"b","elements":[{"type":"button","action_id":"go","value":"1","text":{"type":"plain_text","text":"Go"}},` +
	`{"type":"static_select","action_id":"pick","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]},` +
	`{"type":"overflow","action_id":"more","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]}]}]}`

func TestHomeTab(t *testing.T) {
	t.Parallel()
	w := start(t, yours())
	got := listen(t, w, nil)
	open := func() heard {
		t.Helper()
		if err := w.OpenApp("U1", workspace.HomeTab); err != nil {
			t.Fatal(err)
		}
		return nextEvent(t, got, "app_home_opened")
	}
	if h := open(); h.event["tab"] != "home" || h.event["user"] != "U1" || h.event["channel"] != "D1" || h.event["view"] != nil {
		t.Errorf("%v", h.event)
	}
	wantError(t, call(t, w, "views.publish", url.Values{"user_id": {"U9"}, "view": {aHome}}), "user_not_found")
	wantError(t, call(t, w, "views.publish", url.Values{"user_id": {"U1"}, "view": {modal}}), "invalid_arguments")
	wantError(t, call(t, w, "views.publish", url.Values{"user_id": {"U1"}, "view": {aHome}}), "")
	wantError(t, call(t, w, "views.publish", url.Values{"user_id": {"U1"}, "view": {aHome}, "hash": {"1.2"}}), "hash_conflict")
	if _, ok := w.Home("U2"); ok {
		t.Error("somebody else has it too")
	}
	home, _ := w.Home("U1")
	view, _ := open().event["view"].(map[string]any)
	if view["id"] != home.ID || view["hash"] != home.Hash || view["type"] != "home" || view["callback_id"] != "h" {
		t.Errorf("opened with %v", view)
	}
	if _, err := w.CloseView(t.Context(), "U1", home.ID); err == nil {
		t.Error("a Home tab was closed")
	}
	for _, user := range []string{"U2", "U9"} {
		if _, err := w.Press(t.Context(), workspace.Press{User: user, View: home.ID, ActionID: "go"}); err == nil {
			t.Errorf("%s pressed in another's Home tab", user)
		}
	}
}

func TestWithoutAHomeTab(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	wantError(t, call(t, w, "views.publish", url.Values{"user_id": {"U1"}, "view": {aHome}}), "not_enabled")
	if err := w.OpenApp("U1", workspace.HomeTab); err == nil {
		t.Error("it was opened")
	}
	if err := w.OpenApp("U1", workspace.MessagesTab); err != nil {
		t.Error(err)
	}
}

// All that stands in a message, a form or a Home tab is told with each click: what was entered, and what it began with.
func TestTheStateComesWithEachClick(t *testing.T) {
	t.Parallel()
	w, ctx := start(t, yours()), within(t)
	a := newApp(t, w, func(http.ResponseWriter, *http.Request, []byte) {})
	wantError(t, call(t, w, "views.publish", url.Values{"user_id": {"U1"}, "view": {aHome}}), "")
	home, _ := w.Home("U1")
	var view struct{ Blocks json.RawMessage }
	if err := json.Unmarshal([]byte(aHome), &view); err != nil {
		t.Fatal(err)
	}
	blocks := strings.ReplaceAll(string(view.Blocks), "multi_users_select", "users_select")
	posted := call(t, w, "chat.postMessage", url.Values{"channel": {"C1"}, "text": {"a card"}, "blocks": {blocks}})
	ts, _ := posted["ts"].(string)
	held := workspace.Held{"note": {"v": "half a sen"}, "b": {"pick": "gone"}, "nowhere": {"x": "y"}}
	for name, p := range map[string]struct {
		press workspace.Press
		want  []string
	}{
		"home": {workspace.Press{User: "U1", View: home.ID, ActionID: "go", Held: held}, []string{
			`"container":{"type":"view","view_id":"` + home.ID + `"}`, `"note":{"v":{"type":"plain_text_input","value":"half a sen"}}`,
			`"who":{"selected_users":[],"type":"multi_users_select"}`, `"b":{"pick":{"selected_option":null,"type":"static_select"}}`,
			`"type":"home"`, `"hash":"` + home.Hash, `"previous_view_id":null`,
		}},
		"home, untouched": {workspace.Press{User: "U1", View: home.ID, ActionID: "go"}, []string{`"note":{"v":{"type":"plain_text_input","value":"old"}}`}},
		"message": {workspace.Press{User: "U1", Channel: "C1", TS: ts, ActionID: "pick", Value: "1", Held: held}, []string{
			`"state":{"values":{"b":{"pick":{"selected_option":{"text":{"text":"One","type":"plain_text"},"value":"1"},"type":"static_select"}}`,
			`"value":"half a sen"`, `"s":{"who":{"selected_user":null,"type":"users_select"}}`,
		}},
	} {
		before := len(a.got())
		if ack, err := w.Press(ctx, p.press); err != nil || ack.Error != "" {
			t.Fatalf("%s: %+v, %v", name, ack, err)
		}
		var body string
		for _, b := range a.got()[before:] {
			if form, _ := url.ParseQuery(b); form.Get("payload") != "" { // beside the events
				body = form.Get("payload")
			}
		}
		for _, want := range p.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the payload lacks %s: %s", name, want, body)
			}
		}
		if strings.Contains(body, "nowhere") || strings.Contains(body, `"more":{`) {
			t.Errorf("%s: too much: %s", name, body)
		}
	}
}

func TestAScheduledMessage(t *testing.T) {
	t.Parallel()
	w := start(t, yours())
	at := func(d time.Duration) url.Values {
		return url.Values{"channel": {"C1"}, "text": {"later"}, "post_at": {seconds(time.Now().Add(d))}}
	}
	wantError(t, call(t, w, "chat.scheduleMessage", at(-time.Hour)), "time_in_past")
	wantError(t, call(t, w, "chat.scheduleMessage", at(200*24*time.Hour)), "time_too_far")
	taken := call(t, w, "chat.scheduleMessage", at(2*time.Second))
	wantError(t, taken, "")
	id, _ := taken["scheduled_message_id"].(string)
	raw, _ := json.Marshal(call(t, w, "chat.scheduledMessages.list", nil))
	if !strings.Contains(string(raw), id) {
		t.Errorf("%s", raw)
	}
	wantError(t, call(t, w, "chat.deleteScheduledMessage", url.Values{"channel": {"C1"}, "scheduled_message_id": {"Q1"}}), "invalid_scheduled_message_id")
	wantError(t, call(t, w, "chat.scheduleMessage", at(time.Second)), "")
	wantError(t, call(t, w, "chat.deleteScheduledMessage", url.Values{"channel": {"C1"}, "scheduled_message_id": {id}}), "")
	if _, err := w.WaitMessage(within(t), "C1", func(m workspace.Message) bool { return m.Text == "later" }); err != nil {
		t.Error(err)
	}
}
