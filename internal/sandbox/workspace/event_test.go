package workspace_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket/wsjson"

	"offboard/internal/sandbox/workspace"
)

// yours is a workspace for an app of one's own: everything is granted and subscribed to, and what fails is sent again soon.
func yours() workspace.Config {
	return workspace.Config{
		Scopes: workspace.EveryScope(), Events: workspace.EveryEvent(), HomeTab: true, Writable: true,
		EventRetries: []time.Duration{0, time.Millisecond, time.Millisecond},
	}
}

// heard is what an app is told of.
type heard struct {
	header http.Header
	event  map[string]any
	whole  map[string]any
}

// listen makes the app give what events it is told of, and answer them as told.
func listen(t *testing.T, w *workspace.Workspace, answer func(http.ResponseWriter)) <-chan heard {
	t.Helper()
	got := make(chan heard, 64)
	newApp(t, w, func(res http.ResponseWriter, req *http.Request, raw []byte) {
		h := heard{header: req.Header}
		if req.URL.Path != "/e" {
			return
		}
		if err := json.Unmarshal(raw, &h.whole); err != nil {
			t.Error(err)
		}
		h.event, _ = h.whole["event"].(map[string]any)
		got <- h
		if answer != nil {
			answer(res)
		}
	})
	return got
}

// nextEvent gives the next event of a type, and fails when another comes first that is not let by.
func nextEvent(t *testing.T, got <-chan heard, kind string, by ...string) heard {
	t.Helper()
	for {
		select {
		case h := <-got:
			if h.event["type"] == kind {
				return h
			}
			if said, _ := h.event["type"].(string); !slices.Contains(by, said) {
				t.Fatalf("%v came, not %s", h.event, kind)
			}
		case <-time.After(patience):
			t.Fatalf("no %s came", kind)
		}
	}
}

func TestAnAppHearsOfMessages(t *testing.T) {
	t.Parallel()
	w := start(t, yours())
	got := listen(t, w, nil)
	w.Say("U1", "C2", "", "not a member of this channel")
	m := w.Say("U1", "C1", "", "hello")
	h := nextEvent(t, got, "message")
	for key, want := range map[string]any{
		"channel": "C1", "channel_type": "channel", "user": "U1", "text": "hello", "ts": m.TS, "event_ts": m.TS, "subtype": nil, "bot_id": nil,
	} {
		if h.event[key] != want {
			t.Errorf("%s is %v, want %v", key, h.event[key], want)
		}
	}
	if h.whole["type"] != "event_callback" || h.whole["api_app_id"] != "A0LOCAL" || h.whole["authorizations"] == nil || h.header.Get("X-Slack-Retry-Num") != "" {
		t.Errorf("wrapped as %v, %v", h.whole, h.header)
	}
	reply := w.Say("U2", "C1", m.TS, "in the thread")
	if h := nextEvent(t, got, "message"); h.event["thread_ts"] != m.TS || h.event["ts"] != reply.TS {
		t.Errorf("the reply is told as %v", h.event)
	}
	ts := postCard(t, w)
	if h := nextEvent(t, got, "message"); h.event["bot_id"] != "B0LOCAL" || h.event["blocks"] == nil {
		t.Errorf("its own message is told as %v", h.event)
	}
	wantError(t, call(t, w, "chat.update", url.Values{"channel": {"C1"}, "ts": {ts}, "text": {"other"}}), "")
	h = nextEvent(t, got, "message")
	after, _ := h.event["message"].(map[string]any)
	before, _ := h.event["previous_message"].(map[string]any)
	if h.event["subtype"] != "message_changed" || after["text"] != "other" || before["text"] != "hello" || h.event["hidden"] != true {
		t.Errorf("the update is told as %v", h.event)
	}
	wantError(t, call(t, w, "chat.delete", url.Values{"channel": {"C1"}, "ts": {ts}}), "")
	if h := nextEvent(t, got, "message"); h.event["subtype"] != "message_deleted" || h.event["deleted_ts"] != ts || h.event["message"] != nil {
		t.Errorf("the deletion is told as %v", h.event)
	}
	w.Remove("C1", m.TS) // it has a reply
	h = nextEvent(t, got, "message")
	if after, _ := h.event["message"].(map[string]any); h.event["subtype"] != "message_changed" || after["subtype"] != "tombstone" {
		t.Errorf("the tombstone is told as %v", h.event)
	}
}

func TestAnAppHearsThatItIsMentioned(t *testing.T) {
	t.Parallel()
	w := start(t, yours())
	got := listen(t, w, nil)
	if err := w.OpenApp("U1", workspace.MessagesTab); err != nil {
		t.Fatal(err)
	}
	if h := nextEvent(t, got, "app_home_opened"); h.event["tab"] != "messages" || h.event["channel"] != "D1" || h.event["view"] != nil {
		t.Errorf("opened: %v", h.event)
	}
	m := w.Say("U1", "C1", "", w.Escaped("hi @offboard & @ben, not @offboards, in #elsewhere <b>"))
	if want := "hi <@U0LOCALBOT> &amp; <@U2>, not @offboards, in <#C2> &lt;b&gt;"; m.Text != want {
		t.Errorf("it is written %q, want %q", m.Text, want)
	}
	h := nextEvent(t, got, "app_mention", "message")
	if h.event["user"] != "U1" || h.event["text"] != m.Text || h.event["channel"] != "C1" || h.event["channel_type"] != nil {
		t.Errorf("mentioned: %v", h.event)
	}
	w.Say("U2", "D2", "", "the first that U2 says to the app")
	w.Say("U1", "D1", "", w.Escaped("@offboard"))
	for h := nextEvent(t, got, "message"); h.event["channel"] != "D1"; h = nextEvent(t, got, "message") { // and no mention: it is spoken to anyway
	}
	if err := w.Wait(within(t), func() bool { return len(w.Delivered()) == 5 }); err != nil {
		t.Errorf("%v: %+v", err, w.Delivered())
	}
}

// What the app does not acknowledge is sent again three times, at once and later, unless the app says not to.
func TestEventsAreSentAgain(t *testing.T) {
	t.Parallel()
	w := start(t, yours())
	got := listen(t, w, func(res http.ResponseWriter) { res.WriteHeader(http.StatusInternalServerError) })
	w.Say("U1", "C1", "", "hello")
	id := any(nil)
	for i, want := range []string{"", "1", "2", "3"} {
		h := nextEvent(t, got, "message")
		if i == 0 {
			id = h.whole["event_id"]
		}
		reason := h.header.Get("X-Slack-Retry-Reason")
		if h.header.Get("X-Slack-Retry-Num") != want || (reason == "http_error") != (i > 0) || h.whole["event_id"] != id {
			t.Errorf("attempt %d: %v", i, h.header)
		}
	}
	if err := w.Wait(within(t), func() bool { return len(w.Delivered()) == 4 }); err != nil {
		t.Fatal(err)
	}
	if last := w.Delivered()[3]; last.Attempt != 3 || last.Error != workspace.ServerSide || last.Event != "message.channels" {
		t.Errorf("%+v", last)
	}
	got = listen(t, w, func(res http.ResponseWriter) {
		res.Header().Set("X-Slack-No-Retry", "1")
		res.WriteHeader(http.StatusInternalServerError)
	})
	w.Say("U1", "C1", "", "once")
	nextEvent(t, got, "message")
	got = listen(t, w, func(res http.ResponseWriter) { res.WriteHeader(http.StatusAccepted) })
	w.Say("U1", "C1", "", "any 2xx will do")
	if h := nextEvent(t, got, "message"); h.event["text"] != "any 2xx will do" {
		t.Errorf("what was not to be sent again came: %v", h.event)
	}
	taken := func(e workspace.EventInfo) bool { return e.Error == "" }
	if err := w.Wait(within(t), func() bool { return len(w.Delivered()) == 6 && slices.ContainsFunc(w.Delivered(), taken) }); err != nil {
		t.Errorf("%v: %+v", err, w.Delivered())
	}
}

// An app that subscribes to nothing, or was not granted the scope, hears nothing.
func TestAnAppHearsOnlyWhatItAskedFor(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*workspace.Config){
		"subscribes to nothing": func(c *workspace.Config) { c.Events = nil },
		"without a scope":       func(c *workspace.Config) { c.Scopes = []string{"chat:write"}; c.Events = []string{"message.channels"} },
		"the bot of this project": func(c *workspace.Config) {
			*c = workspace.Config{}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := yours()
			change(&cfg)
			w := start(t, cfg)
			got := listen(t, w, nil)
			w.Say("U1", "C1", "", "hello <@U0LOCALBOT>")
			w.Event(t.Context(), map[string]any{"type": "the_end"}) // an event that is delivered in any case
			if h := nextEvent(t, got, "the_end"); h.event == nil {
				t.Error("nothing came")
			}
		})
	}
}

func TestReactions(t *testing.T) {
	t.Parallel()
	w := start(t, yours())
	got := listen(t, w, nil)
	m := w.Say("U1", "C1", "", "hello")
	at := func(name string) url.Values {
		return url.Values{"channel": {"C1"}, "timestamp": {m.TS}, "name": {name}}
	}
	wantError(t, call(t, w, "reactions.add", at("wave")), "")
	h := nextEvent(t, got, "reaction_added", "message")
	item, _ := h.event["item"].(map[string]any)
	if h.event["user"] != "U0LOCALBOT" || h.event["reaction"] != "wave" || h.event["item_user"] != "U1" || item["ts"] != m.TS {
		t.Errorf("told as %v", h.event)
	}
	wantError(t, call(t, w, "reactions.add", at("wave")), "already_reacted")
	wantError(t, call(t, w, "reactions.add", at(":wave:")), "invalid_name")
	wantError(t, call(t, w, "reactions.add", url.Values{"name": {"wave"}}), "no_item_specified")
	wantError(t, call(t, w, "reactions.add", url.Values{"channel": {"C1"}, "timestamp": {"1.1"}, "name": {"wave"}}), "message_not_found")
	if err := w.React("U2", "C1", m.TS, "wave", true); err != nil {
		t.Error(err)
	}
	if err := w.React("UGUEST", "C1", m.TS, "wave", true); err == nil {
		t.Error("a guest reacted where they see nothing")
	}
	raw, _ := json.Marshal(call(t, w, "reactions.get", at("")))
	if !strings.Contains(string(raw), `"reactions":[{"count":2,"name":"wave","users":["U0LOCALBOT","U2"]}]`) {
		t.Errorf("%s", raw)
	}
	wantError(t, call(t, w, "reactions.remove", at("wave")), "")
	wantError(t, call(t, w, "reactions.remove", at("wave")), "no_reaction")
	nextEvent(t, got, "reaction_removed", "reaction_added", "message")
	if got, _ := w.Message("C1", m.TS); len(got.Reactions) != 1 || !slices.Equal(got.Reactions[0].Users, []string{"U2"}) {
		t.Errorf("%+v", got.Reactions)
	}
}

// Over a socket the envelope says what the headers say over HTTP. An acknowledgement in time is the end of it.
func TestEventsAreSentAgainOverASocket(t *testing.T) {
	t.Parallel()
	cfg := yours()
	cfg.AckWithin = 200 * time.Millisecond
	w := start(t, cfg)
	conn, _ := dial(t, w)
	w.Say("U1", "C1", "", "hello")
	for attempt, reason := range []string{"", "timeout"} {
		var f struct {
			EnvelopeID string `json:"envelope_id"`
			Type       string
			Accepts    bool   `json:"accepts_response_payload"`
			Attempt    int    `json:"retry_attempt"`
			Reason     string `json:"retry_reason"`
		}
		if err := wsjson.Read(within(t), conn, &f); err != nil {
			t.Fatal(err)
		}
		if f.Type != "events_api" || f.Accepts || f.Attempt != attempt || f.Reason != reason {
			t.Errorf("attempt %d: %+v", attempt, f)
		}
		if attempt == 1 {
			if err := wsjson.Write(within(t), conn, map[string]string{"envelope_id": f.EnvelopeID}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Wait(within(t), func() bool { return len(w.Delivered()) == 2 && w.Delivered()[1].Error == "" }); err != nil {
		t.Errorf("%v: %+v", err, w.Delivered())
	}
}
