package page

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"offboard/internal/sandbox/workspace"
)

// formApp is an app that answers its command with a form.
type formApp struct {
	form    string
	filled  chan string // what was submitted and taken
	pressed chan string
}

const aForm = `{"type":"modal","title":{"type":"plain_text","text":"A form"},"submit":{"type":"plain_text","text":"Go on"},` +
	`"close":{"type":"plain_text","text":"Never mind"},"blocks":[` +
	`{"type":"section","text":{"type":"mrkdwn","text":"Say *who*."}},` +
	`{"type":"input","block_id":"who","label":{"type":"plain_text","text":"Who"},"hint":{"type":"plain_text","text":"a name"},` +
	`"element":{"type":"plain_text_input","action_id":"v"}},` +
	`{"type":"input","block_id":"provider","optional":true,"label":{"type":"plain_text","text":"Provider"},"element":{"type":"static_select",` +
	`"action_id":"v","options":[{"text":{"type":"plain_text","text":"First"},"value":"1"},{"text":{"type":"plain_text","text":"Second"},"value":"2"}]}},` +
	`{"type":"input","block_id":"at","optional":true,"label":{"type":"plain_text","text":"When"},"element":{"type":"datetimepicker","action_id":"v"}},` +
	`{"type":"input","block_id":"day","optional":true,"label":{"type":"plain_text","text":"Day"},"element":{"type":"datepicker","action_id":"v"}},` +
	`{"type":"input","block_id":"hour","optional":true,"label":{"type":"plain_text","text":"Hour"},"element":{"type":"timepicker","action_id":"v"}},` +
	`{"type":"input","block_id":"how","optional":true,"label":{"type":"plain_text","text":"How"},"element":{"type":"checkboxes","action_id":"v",` +
	`"options":[{"text":{"type":"plain_text","text":"Loudly"},"value":"loud"},{"text":{"type":"plain_text","text":"Twice"},"value":"twice"}]}},` +
	`{"type":"input","block_id":"pace","optional":true,"label":{"type":"plain_text","text":"Pace"},"element":{"type":"radio_buttons","action_id":"v",` +
	`"options":[{"text":{"type":"plain_text","text":"Fast"},"value":"fast"},{"text":{"type":"plain_text","text":"Slowly"},"value":"slow"}]}},` +
	`{"type":"input","block_id":"colleague","optional":true,"label":{"type":"plain_text","text":"Colleague"},"element":{"type":"users_select","action_id":"v"}}]}`

func newFormApp(t *testing.T, w *world) *formApp {
	t.Helper()
	a := &formApp{form: aForm, filled: make(chan string, 8), pressed: make(chan string, 8)}
	server := httptest.NewServer(http.HandlerFunc(func(res http.ResponseWriter, req *http.Request) {
		if err := req.ParseForm(); err != nil {
			t.Error(err)
		}
		payload := req.Form.Get("payload")
		switch {
		case payload == "":
			a.open(t, w, req.Form.Get("trigger_id"))
		case strings.Contains(payload, `"type":"block_actions"`):
			a.pressed <- payload
		case strings.Contains(payload, `"type":"block_suggestion"`):
			res.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(res, suggested(payload))
		case strings.Contains(payload, `"value":"ann"`):
			res.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(res, `{"response_action":"errors","errors":{"who":"nobody is called ann"}}`)
		default:
			a.filled <- payload
		}
	}))
	t.Cleanup(server.Close)
	w.town.Slack.UseHTTP(workspace.Endpoints{Commands: server.URL, Interactions: server.URL, Options: server.URL})
	return a
}

func (a *formApp) open(t *testing.T, w *world, trigger string) {
	form := url.Values{"trigger_id": {trigger}, "view": {a.form}, "token": {w.town.Slack.Config().BotToken}}
	res, err := http.PostForm(w.town.Slack.APIURL()+"views.open", form)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = res.Body.Close() }()
	if said, _ := io.ReadAll(res.Body); !strings.Contains(string(said), `"ok":true`) {
		t.Errorf("the form: %s", said)
	}
}
