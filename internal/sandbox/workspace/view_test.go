package workspace_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/workspace"
)

const modal = `{"type":"modal","callback_id":"ask","private_metadata":"p","title":{"type":"plain_text","text":"Ask"},` +
	`"submit":{"type":"plain_text","text":"Go"},"blocks":[{"type":"input","block_id":"who","label":{"type":"plain_text","text":"Who"},` +
	`"element":{"type":"plain_text_input","action_id":"value","max_length":5}},{"type":"input","block_id":"which","optional":true,` +
	`"label":{"type":"plain_text","text":"Which"},"element":{"type":"static_select","action_id":"value","options":[` +
	`{"text":{"type":"plain_text","text":"One"},"value":"1"}]}}]}`

// openForm runs a command and opens a form with its trigger.
func openForm(t *testing.T, w *workspace.Workspace) (workspace.View, workspace.Ack) {
	t.Helper()
	ctx := within(t)
	ack, err := w.Command(ctx, "U1", "C1", "/offboard", "")
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, call(t, w, "views.open", url.Values{"trigger_id": {ack.TriggerID}, "view": {modal}}), "")
	v, err := w.WaitView(ctx, "U1", func(v workspace.View) bool { return v.CallbackID == "ask" })
	if err != nil {
		t.Fatal(err)
	}
	return v, ack
}

func TestTriggerWorksOnceAndForThreeSeconds(t *testing.T) {
	t.Parallel()
	now := time.Now()
	w := start(t, workspace.Config{Clock: func() time.Time { return now }})
	newApp(t, w, func(http.ResponseWriter, *http.Request, []byte) {})
	_, ack := openForm(t, w)
	open := func(trigger string) map[string]any {
		return call(t, w, "views.open", url.Values{"trigger_id": {trigger}, "view": {modal}})
	}
	wantError(t, open(ack.TriggerID), "exchanged_trigger_id")
	ack, err := w.Command(t.Context(), "U1", "C1", "/offboard", "")
	now = now.Add(3*time.Second + 1)
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, open(ack.TriggerID), "expired_trigger_id")
}

func TestSubmission(t *testing.T) {
	t.Parallel()
	w, ctx := start(t, workspace.Config{}), within(t)
	said := ""
	a := newApp(t, w, func(res http.ResponseWriter, _ *http.Request, _ []byte) {
		res.Header().Set("Content-Type", "application/json")
		_, _ = res.Write([]byte(said))
	})
	v, _ := openForm(t, w)
	for name, values := range map[string]map[string]string{
		"nothing": nil, "too long": {"who": "123456"}, "no option": {"who": "ann", "which": "9"}, "no field": {"who": "ann", "x": "y"},
	} {
		if _, err := w.Submit(ctx, "U1", v.ID, values); err == nil {
			t.Errorf("%s: submitted", name)
		}
	}
	said = `{"response_action":"errors","errors":{"who":"nobody"}}`
	ack, err := w.Submit(ctx, "U1", v.ID, map[string]string{"who": "ann", "which": "1"})
	if err != nil || ack.Error != "" || w.Views("U1")[0].Errors["who"] != "nobody" {
		t.Errorf("%+v, %v, %+v", ack, err, w.Views("U1"))
	}
	body, _ := url.QueryUnescape(a.got()[1])
	for _, want := range []string{
		`"who":{"value":{"type":"plain_text_input","value":"ann"}}`, `"selected_option":{"text":`, `"type":"view_submission"`,
		`"private_metadata":"p"`, `"callback_id":"ask"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the payload lacks %s: %s", want, body)
		}
	}
	said = `{"response_action":"errors","errors":{"elsewhere":"nobody"}}`
	if ack, err := w.Submit(ctx, "U1", v.ID, map[string]string{"who": "ann"}); err != nil || ack.Error != workspace.BadAnswer {
		t.Errorf("errors at no input: %+v, %v", ack, err)
	}
	said = ""
	if ack, err := w.Submit(ctx, "U1", v.ID, map[string]string{"who": "ann"}); err != nil || ack.Error != "" || len(w.Views("U1")) != 0 {
		t.Errorf("%+v, %v, %+v", ack, err, w.Views("U1"))
	}
}

func TestViewIsReplacedByItsHash(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	newApp(t, w, func(http.ResponseWriter, *http.Request, []byte) {})
	v, _ := openForm(t, w)
	update := func(hash string) map[string]any {
		return call(t, w, "views.update", url.Values{"view_id": {v.ID}, "hash": {hash}, "view": {strings.ReplaceAll(modal, "Ask", "Asked")}})
	}
	wantError(t, update(v.Hash), "")
	wantError(t, update(v.Hash), "hash_conflict")
	if now := w.Views("U1")[0]; now.Title != "Asked" || now.ID != v.ID {
		t.Errorf("%+v", now)
	}
}

// What each kind of input holds, by Slack's documentation: untouched, and with something chosen.
func TestWhatInputsHold(t *testing.T) {
	t.Parallel()
	choice := `"options":[{"text":{"type":"plain_text","text":"One"},"value":"1"},{"text":{"type":"plain_text","text":"Two"},"value":"2"}]`
	for name, tt := range map[string]struct{ element, value, empty, held string }{
		"text":           {`"type":"plain_text_input"`, "ann", `"value":null`, `"value":"ann"`},
		"menu":           {`"type":"static_select",` + choice, "2", `"selected_option":null`, `"value":"2"`},
		"menu of many":   {`"type":"multi_static_select",` + choice, "1\n2", `"selected_options":[]`, `"value":"1"`},
		"check boxes":    {`"type":"checkboxes",` + choice, "1", `"selected_options":[]`, `"value":"1"`},
		"radio buttons":  {`"type":"radio_buttons",` + choice, "1", `"selected_option":null`, `"value":"1"`},
		"person":         {`"type":"users_select"`, "U2", `"selected_user":null`, `"selected_user":"U2"`},
		"date":           {`"type":"datepicker"`, "2026-03-02", `"selected_date":null`, `"selected_date":"2026-03-02"`},
		"time":           {`"type":"timepicker"`, "18:00", `"selected_time":null`, `"selected_time":"18:00"`},
		"time in a zone": {`"type":"timepicker","timezone":"Asia/Tokyo"`, "18:00", `"timezone":"Asia/Tokyo"`, `"timezone":"Asia/Tokyo"`},
		"date and time":  {`"type":"datetimepicker"`, "1772470800", `"selected_date_time":null`, `"selected_date_time":1772470800`},
		"chosen already": {`"type":"datetimepicker","initial_date_time":1772470801`, "1772470800", `"selected_date_time":1772470801`, `"selected_date_time":1772470800`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, ctx := start(t, workspace.Config{}), within(t)
			a := newApp(t, w, func(res http.ResponseWriter, _ *http.Request, _ []byte) {})
			for i, values := range []map[string]string{nil, {"it": tt.value}} {
				ack, err := w.Command(ctx, "U1", "C1", "/offboard", "")
				if err != nil {
					t.Fatal(err)
				}
				form := `{"type":"modal","callback_id":"ask","title":{"type":"plain_text","text":"Ask"},"submit":{"type":"plain_text","text":"Go"},` +
					`"blocks":[{"type":"input","block_id":"it","optional":true,"label":{"type":"plain_text","text":"It"},"element":{"action_id":"value",` +
					tt.element + `}}]}`
				wantError(t, call(t, w, "views.open", url.Values{"trigger_id": {ack.TriggerID}, "view": {form}}), "")
				if ack, err = w.Submit(ctx, "U1", w.Views("U1")[0].ID, values); err != nil || ack.Error != "" {
					t.Fatalf("%v: %+v, %v", values, ack, err)
				}
				got := a.got()
				body, _ := url.QueryUnescape(got[len(got)-1])
				_, state, _ := strings.Cut(body, `"state":`)
				if want := []string{tt.empty, tt.held}[i]; !strings.Contains(state, want) {
					t.Errorf("%v is held without %s: %s", values, want, state)
				}
			}
		})
	}
}
