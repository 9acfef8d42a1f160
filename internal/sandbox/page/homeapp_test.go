package page

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"offboard/internal/sandbox/workspace"
)

// newHomeApp is an app with a Home tab, which says there how often and with which note it was pressed, and answers messages with a card that holds what was entered.
func newHomeApp(t *testing.T, w *world) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		raw, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		if form, err := url.ParseQuery(string(raw)); err == nil && form.Get("payload") != "" {
			pressedAtHome(t, w, []byte(form.Get("payload")))
			return
		}
		var body struct {
			Event struct{ Type, Tab, User, Channel, Text, TS string }
		}
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Error(err)
		}
		switch e := body.Event; {
		case e.Type == "app_home_opened" && e.Tab == "home":
			w.publish(e.User, "Welcome home")
		case e.Type == "message" && e.Text == "hello":
			w.call("chat.postMessage", url.Values{"channel": {e.Channel}, "text": {"Hey there"}, "attachments": {anAttachment}})
			w.call("reactions.add", url.Values{"channel": {e.Channel}, "timestamp": {e.TS}, "name": {"eyes"}})
		}
	}))
	t.Cleanup(server.Close)
	w.town.Slack.UseHTTP(workspace.Endpoints{Commands: server.URL, Interactions: server.URL, Events: server.URL})
}

const anAttachment = `[{"color":"good","pretext":"Look:","title":"A build","text":"It *passed*.","fields":[{"title":"Took","value":"3 s"}],"blocks":[` +
	`{"type":"input","block_id":"mood","label":{"type":"plain_text","text":"Mood"},"element":{"type":"plain_text_input","action_id":"text"}},` +
	`{"type":"actions","block_id":"a","elements":[{"type":"static_select","action_id":"size","placeholder":{"type":"plain_text","text":"Size"},"options":[` +
	`{"text":{"type":"plain_text","text":"Small"},"value":"s"},{"text":{"type":"plain_text","text":"Large"},"value":"l"}]},` +
	`{"type":"button","action_id":"tell","text":{"type":"plain_text","text":"Tell"}}]}]}]`

// pressedAtHome answers a press: at home with a new Home tab, in a message with a reply.
func pressedAtHome(t *testing.T, w *world, payload []byte) {
	type values map[string]map[string]struct {
		Value          string
		SelectedOption struct{ Value string } `json:"selected_option"`
	}
	var p struct {
		User    struct{ ID string }
		Channel struct{ ID string }
		Message struct{ TS string }
		Actions []struct {
			ActionID string `json:"action_id"`
		}
		State struct{ Values values }
		View  struct{ State struct{ Values values } }
	}
	if err := json.Unmarshal(payload, &p); err != nil {
		t.Error(err)
		return
	}
	switch v := p.State.Values; p.Actions[0].ActionID {
	case "count":
		w.publish(p.User.ID, "Pressed: "+p.View.State.Values["note"]["text"].Value)
	case "tell":
		w.call("chat.postMessage", url.Values{
			"channel": {p.Channel.ID}, "thread_ts": {p.Message.TS}, "text": {v["mood"]["text"].Value + ", " + v["a"]["size"].SelectedOption.Value},
		})
	}
}

func (w *world) publish(user, says string) {
	w.call("views.publish", url.Values{"user_id": {user}, "view": {fmt.Sprintf(`{"type":"home","blocks":[`+
		`{"type":"header","text":{"type":"plain_text","text":"Tasks"}},{"type":"section","text":{"type":"mrkdwn","text":%q}},`+
		`{"type":"input","block_id":"note","optional":true,"label":{"type":"plain_text","text":"Note"},"element":{"type":"plain_text_input","action_id":"text"}},`+
		`{"type":"actions","block_id":"h","elements":[{"type":"button","action_id":"count","text":{"type":"plain_text","text":"Count"}},`+
		`{"type":"datepicker","action_id":"day"},{"type":"users_select","action_id":"who","placeholder":{"type":"plain_text","text":"Somebody"}}]}]}`, says)}})
}

// call calls Slack as the app does. What is refused shows in what the test sees.
func (w *world) call(method string, params url.Values) {
	form := url.Values{"token": {w.town.Slack.Config().BotToken}}
	for k, v := range params {
		form[k] = v
	}
	res, err := http.PostForm(w.town.Slack.APIURL()+method, form)
	if err != nil {
		w.t.Error(err)
		return
	}
	_ = res.Body.Close()
}
