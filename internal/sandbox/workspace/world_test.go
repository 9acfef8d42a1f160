package workspace_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"encoding/json"

	"github.com/slack-go/slack"

	"offboard/internal/sandbox/workspace"
)

const patience = 10 * time.Second

// start serves a workspace with two people, a guest and a few channels.
func start(t *testing.T, cfg workspace.Config) *workspace.Workspace {
	t.Helper()
	w := workspace.New(cfg)
	if err := w.Start(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	bot := w.Config().BotUserID
	w.AddPerson(workspace.Person{ID: "U1", Name: "ann", Email: "ann@example.com"})
	w.AddPerson(workspace.Person{ID: "U2", Name: "ben", Email: "ben@example.com", EmailUnconfirmed: true})
	w.AddPerson(workspace.Person{ID: "UGUEST", Name: "gus", UltraRestricted: true})
	w.AddChannel(workspace.Channel{ID: "C1", Name: "approvals", Members: []string{"U1", "U2", bot}})
	w.AddChannel(workspace.Channel{ID: "C2", Name: "elsewhere", Members: []string{"U1"}})
	w.AddChannel(workspace.Channel{ID: "G1", Name: "secret", Private: true, Members: []string{"U1"}})
	w.AddChannel(workspace.Channel{ID: "COLD", Name: "old", Archived: true, Members: []string{"U1", bot}})
	w.AddGroup("S1", "U1", "U2")
	return w
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// client is slack-go's, so that the answers are those that a real client understands.
func client(w *workspace.Workspace) *slack.Client {
	return slack.New(w.Config().BotToken, slack.OptionAPIURL(w.APIURL()), slack.OptionAppLevelToken(w.Config().AppToken))
}

// call posts a form with the bot token as a Bearer header and returns the answer.
func call(t *testing.T, w *workspace.Workspace, method string, params url.Values) map[string]any {
	t.Helper()
	_, out := callRaw(t, w, method, "Bearer "+w.Config().BotToken, "application/x-www-form-urlencoded", params.Encode())
	return out
}

func callRaw(t *testing.T, w *workspace.Workspace, method, authorization, kind, body string) (*http.Response, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(within(t), http.MethodPost, w.APIURL()+method, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatalf("%s: %v: %s", method, err, raw)
	}
	return res, out
}

// wantError holds an answer to a word of Slack's; "" means ok.
func wantError(t *testing.T, got map[string]any, code string) {
	t.Helper()
	if said, _ := got["error"].(string); said != code || got["ok"] != (code == "") {
		t.Errorf("answered %v, want the error %q", got, code)
	}
}

// app is an app on HTTP: it keeps what came and answers as told.
type app struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
}

func newApp(t *testing.T, w *workspace.Workspace, handle func(http.ResponseWriter, *http.Request, []byte)) *app {
	t.Helper()
	a := &app{}
	a.Server = httptest.NewServer(http.HandlerFunc(func(res http.ResponseWriter, req *http.Request) {
		raw, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		if got := w.Sign(raw, req.Header.Get("X-Slack-Request-Timestamp")); got != req.Header.Get("X-Slack-Signature") {
			t.Errorf("the signature is %s", got)
		}
		a.mu.Lock()
		a.bodies = append(a.bodies, string(raw))
		a.mu.Unlock()
		handle(res, req, raw)
	}))
	t.Cleanup(a.Close)
	w.UseHTTP(workspace.Endpoints{Commands: a.URL + "/c", Interactions: a.URL + "/i", Events: a.URL + "/e", Options: a.URL + "/o"})
	return a
}

func (a *app) got() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string{}, a.bodies...)
}

const card = `[{"type":"section","block_id":"s","text":{"type":"mrkdwn","text":"hello","verbatim":true}},{"type":"actions","block_id":"b",` +
	`"elements":[{"type":"button","action_id":"approve","value":"v1","text":{"type":"plain_text","text":"Approve"}},` +
	`{"type":"button","action_id":"deny","value":"v2","text":{"type":"plain_text","text":"Deny"}}]}]`

// postCard posts a message with two buttons and returns its ts.
func postCard(t *testing.T, w *workspace.Workspace) string {
	t.Helper()
	got := call(t, w, "chat.postMessage", url.Values{
		"channel": {"C1"}, "text": {"hello"}, "blocks": {card}, "metadata": {`{"event_type":"mark","event_payload":{"mark":"m1"}}`},
	})
	wantError(t, got, "")
	ts, _ := got["ts"].(string)
	return ts
}
