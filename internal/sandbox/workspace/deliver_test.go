package workspace_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"offboard/internal/sandbox/workspace"
)

func TestCommandOverHTTP(t *testing.T) {
	t.Parallel()
	w, ctx := start(t, workspace.Config{}), within(t)
	a := newApp(t, w, func(res http.ResponseWriter, _ *http.Request, _ []byte) { _, _ = res.Write([]byte("looking up")) })
	w.Switch(workspace.Switches{EscapeMentions: true, MailtoEmails: true})
	ack, err := w.Command(ctx, "U1", "C1", "/offboard", "@ben or x@example.com <b>")
	if err != nil || ack.Error != "" || ack.Status != http.StatusOK {
		t.Fatalf("%+v, %v", ack, err)
	}
	form, err := url.ParseQuery(a.got()[0])
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"team_id": "T0LOCAL", "channel_id": "C1", "user_id": "U1", "command": "/offboard", "api_app_id": "A0LOCAL", "trigger_id": ack.TriggerID,
		"response_url": ack.ResponseURL, "text": "<@U2|ben> or <mailto:x@example.com|x@example.com> &lt;b&gt;", "is_enterprise_install": "false",
	}
	for k, v := range want {
		if form.Get(k) != v {
			t.Errorf("%s is %q, want %q", k, form.Get(k), v)
		}
	}
	e, err := w.WaitEphemeral(ctx, "U1", func(e workspace.Ephemeral) bool { return e.TS > ack.TS })
	if err != nil || e.Text != "looking up" || e.Channel != "C1" {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestClickOverHTTP(t *testing.T) {
	t.Parallel()
	w, ctx := start(t, workspace.Config{}), within(t)
	a := newApp(t, w, func(http.ResponseWriter, *http.Request, []byte) {})
	ts := postCard(t, w)
	ack, err := w.Click(ctx, "U2", "C1", ts, "deny")
	if err != nil || ack.Error != "" {
		t.Fatalf("%+v, %v", ack, err)
	}
	form, err := url.ParseQuery(a.got()[0])
	if err != nil {
		t.Fatal(err)
	}
	var got slack.InteractionCallback
	if err := json.Unmarshal([]byte(form.Get("payload")), &got); err != nil {
		t.Fatal(err)
	}
	b := got.ActionCallback.BlockActions
	if len(b) != 1 || b[0].Value != "v2" || b[0].BlockID != "b" || got.User.ID != "U2" || got.Container.MessageTs != ts ||
		got.Channel.ID != "C1" || got.Message.Timestamp != ts || got.APIAppID != "A0LOCAL" || got.ResponseURL != ack.ResponseURL {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(form.Get("payload"), `"event_payload":{"mark":"m1"}`) {
		t.Error("the message came without its metadata")
	}
	if _, err := w.Redeliver(ctx); err != nil || len(a.got()) != 2 || a.got()[0] != a.got()[1] {
		t.Errorf("delivered again: %v, %d bodies", err, len(a.got()))
	}
	for _, user := range []string{"UGUEST", "U9"} {
		if _, err := w.Click(ctx, user, "C1", ts, "deny"); err == nil {
			t.Errorf("%s clicked in a channel that they cannot see", user)
		}
	}
}

func TestWhatAPersonIsToldOfAFailingApp(t *testing.T) {
	t.Parallel()
	w, ctx := start(t, workspace.Config{AckWithin: 200 * time.Millisecond}), within(t)
	answers := map[string]http.HandlerFunc{
		workspace.ServerSide: func(res http.ResponseWriter, _ *http.Request) { res.WriteHeader(http.StatusBadGateway) },
		workspace.ClientSide: func(res http.ResponseWriter, _ *http.Request) { res.WriteHeader(http.StatusUnauthorized) },
		workspace.TimedOut:   func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() },
		workspace.Failed:     func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		workspace.BadAnswer: func(res http.ResponseWriter, _ *http.Request) {
			res.Header().Set("Content-Type", "application/json")
			_, _ = res.Write([]byte(`{"text":"x","blocks":[{"type":"alert"}]}`))
		},
	}
	for want, handle := range answers {
		newApp(t, w, func(res http.ResponseWriter, req *http.Request, _ []byte) { handle(res, req) })
		ack, err := w.Command(ctx, "U1", "C1", "/offboard", "x")
		if err != nil || ack.Error != want {
			t.Errorf("%+v, %v, want %s", ack, err, want)
		}
	}
	w.UseHTTP(workspace.Endpoints{})
	if ack, err := w.Command(ctx, "U1", "C1", "/offboard", "x"); err != nil || ack.Error != workspace.NoReader {
		t.Errorf("%+v, %v", ack, err)
	}
}

func TestURLIsVerified(t *testing.T) {
	t.Parallel()
	w, ctx := start(t, workspace.Config{}), within(t)
	good := true
	newApp(t, w, func(res http.ResponseWriter, _ *http.Request, raw []byte) {
		var body struct{ Challenge string }
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Error(err)
		}
		if good {
			_, _ = res.Write([]byte(body.Challenge))
		}
	})
	if _, err := w.VerifyURL(ctx); err != nil {
		t.Error(err)
	}
	good = false
	if _, err := w.VerifyURL(ctx); err == nil {
		t.Error("an answer without the challenge was taken")
	}
}

func TestResponseURL(t *testing.T) {
	t.Parallel()
	now := time.Now()
	w, ctx := start(t, workspace.Config{Clock: func() time.Time { return now }}), within(t)
	newApp(t, w, func(http.ResponseWriter, *http.Request, []byte) {})
	ts := postCard(t, w)
	ack, err := w.Click(ctx, "U1", "C1", ts, "approve")
	if err != nil {
		t.Fatal(err)
	}
	use := func(u, body string) int {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, u, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	if got := use(ack.ResponseURL, `{"blocks":[{"type":"alert"}]}`); got != http.StatusBadRequest {
		t.Errorf("bad blocks: %d", got)
	}
	for i, body := range []string{`{"text":"a"}`, `{"text":"b","replace_original":true}`, `{"text":"c","response_type":"in_channel"}`,
		`{"text":"d"}`, `{"delete_original":"true"}`} {
		if got := use(ack.ResponseURL, body); got != http.StatusOK {
			t.Errorf("use %d: %d", i+1, got)
		}
	}
	if got := use(ack.ResponseURL, `{"text":"e"}`); got != http.StatusNotFound {
		t.Errorf("a sixth use: %d", got)
	}
	if m, _ := w.Message("C1", ts); m.Text != "b" || m.Blocks != nil || !m.Deleted {
		t.Errorf("the original is %+v", m)
	}
	if e := w.Ephemerals("U1"); len(e) != 2 || e[0].Text != "a" || e[1].Text != "d" {
		t.Errorf("private: %+v", e)
	}
	if m := w.Messages("C1"); len(m) != 1 || m[0].Text != "c" {
		t.Errorf("in the channel: %+v", m)
	}
	late, err := w.Command(ctx, "U1", "C1", "/offboard", "x")
	now = now.Add(31 * time.Minute)
	if got := use(late.ResponseURL, `{"text":"late"}`); err != nil || got != http.StatusNotFound {
		t.Errorf("after half an hour: %d, %v", got, err)
	}
}
