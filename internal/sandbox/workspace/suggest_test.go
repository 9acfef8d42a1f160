package workspace_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"offboard/internal/sandbox/workspace"
)

const (
	menuBlock = `{"type":"section","block_id":"s","text":{"type":"mrkdwn","text":"pick","verbatim":true},"accessory":{"type":"external_select",` +
		`"action_id":"pick","initial_option":{"text":{"type":"plain_text","text":"Before"},"value":"0"}}}`
	oneOption = `{"text":{"type":"plain_text","text":"One"},"value":"1"}`
)

// menuMessage posts a message with a menu whose options the app gives. what is how the app acknowledges.
func menuMessage(t *testing.T) (w *workspace.Workspace, a *app, ts string, what *string) {
	t.Helper()
	w, what = start(t, workspace.Config{}), new(string)
	a = newApp(t, w, func(res http.ResponseWriter, _ *http.Request, _ []byte) {
		res.Header().Set("Content-Type", "application/json")
		_, _ = res.Write([]byte(*what))
	})
	got := call(t, w, "chat.postMessage", url.Values{"channel": {"C1"}, "text": {"pick"}, "blocks": {"[" + menuBlock + "]"}})
	wantError(t, got, "")
	ts, _ = got["ts"].(string)
	return w, a, ts, what
}

// What is typed is asked of the app as Slack does, what the app gives can be chosen, and nothing else can.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	w, a, ts, what := menuMessage(t)
	ctx, p := within(t), workspace.Press{User: "U1", Channel: "C1", TS: ts, ActionID: "pick", BlockID: "s", Value: "on"}
	choose := func(value string) error {
		q := p
		q.Value = value
		_, err := w.Press(ctx, q)
		return err
	}
	if choose("1") == nil {
		t.Error("what the app has not given was chosen")
	}
	*what = `{"option_groups":[{"label":{"type":"plain_text","text":"All"},"options":[` + oneOption + `]}]}`
	given, ack, err := w.Suggest(ctx, p)
	if err != nil || ack.Error != "" || given.Options != nil || !strings.Contains(string(given.OptionGroups), `"One"`) {
		t.Fatalf("%s, %+v, %v", given, ack, err)
	}
	body, _ := url.QueryUnescape(a.got()[0])
	for _, want := range []string{
		`"type":"block_suggestion"`, `"value":"on"`, `"action_id":"pick"`, `"block_id":"s"`, `"message_ts":"` + ts + `"`, `"channel":{"id":"C1"`, `"message":{`,
		`"id":"U1"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the payload lacks %s: %s", want, body)
		}
	}
	if strings.Contains(body, "trigger_id") {
		t.Errorf("it can open a form: %s", body)
	}
	*what = ""
	for value, ok := range map[string]bool{"1": true, "0": true, "2": false} {
		if err := choose(value); (err == nil) != ok {
			t.Errorf("choose %s: %v", value, err)
		}
	}
	if body, _ := url.QueryUnescape(strings.Join(a.got(), "\n")); !strings.Contains(body, `"selected_option":{"text":{"text":"One"`) {
		t.Errorf("the app is not told what was chosen by its own words: %s", body)
	}
}

func TestSuggestionsThatSlackDoesNotTake(t *testing.T) {
	t.Parallel()
	w, _, ts, what := menuMessage(t)
	ctx, p := within(t), workspace.Press{User: "U1", Channel: "C1", TS: ts, ActionID: "pick", Value: "on"}
	for said, code := range map[string]string{
		"": "", "{}": "", `{"options":[]}`: "", `{"options":[` + oneOption + `]}`: "", `{"options":[{"value":"1"}]}`: workspace.BadAnswer,
		`{"opts":[]}`: workspace.BadAnswer, `[]`: workspace.BadAnswer, `{"options":[` + strings.Repeat(oneOption+",", 100) + oneOption + `]}`: workspace.BadAnswer,
	} {
		*what = said
		if _, ack, err := w.Suggest(ctx, p); err != nil || ack.Error != code {
			t.Errorf("%.60s: %+v, %v", said, ack, err)
		}
	}
	for name, change := range map[string]func(*workspace.Press){
		"a guest elsewhere": func(p *workspace.Press) { p.User = "UGUEST" }, "no such menu": func(p *workspace.Press) { p.ActionID = "x" },
		"no such message": func(p *workspace.Press) { p.TS = "1.2" }, "no such form": func(p *workspace.Press) { p.View = "V1" },
	} {
		q := p
		change(&q)
		if _, _, err := w.Suggest(ctx, q); err == nil {
			t.Errorf("%s: asked", name)
		}
	}
}
