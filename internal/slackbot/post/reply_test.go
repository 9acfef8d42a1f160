package post_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"offboard/internal/approvals"
	"offboard/internal/commands"
	"offboard/internal/slackbot/post"
)

var card = approvals.Place{Channel: "C0APPROVE", TS: "1.2"}

func TestAReplyGoesToTheResponseURL(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	s.says("/hook", `{"ok":true}`)
	s.says("chat.getPermalink", `{"ok":true,"permalink":"https://example.slack.com/archives/C0APPROVE/p12"}`)
	r := post.NewReplier(s.client(t), s.URL+"/hook", "C1", "U1")
	if err := r.Private(t.Context(), commands.Reply{Text: "hello", Card: card}); err != nil {
		t.Fatal(err)
	}
	hooks := s.seen("/hook")
	if len(hooks) != 1 || len(s.seen("chat.postEphemeral")) != 0 {
		t.Fatalf("%d hooks", len(hooks))
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(hooks[0].Body), &got); err != nil {
		t.Fatal(err)
	}
	if got["response_type"] != "ephemeral" || got["replace_original"] != false || got["parse"] != "none" || got["blocks"] == nil ||
		got["text"] != "hello\n<https://example.slack.com/archives/C0APPROVE/p12|Open the card>" {
		t.Errorf("got %v", got)
	}
}

// A response_url that is used up, or is not Slack's, is answered for by an ephemeral message, and that by a direct one.
func TestAReplyFindsAnotherWay(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	s.on("/hook", func(w http.ResponseWriter, _ url.Values) { http.Error(w, "used_url", http.StatusNotFound) })
	s.says("chat.postEphemeral", `{"ok":true,"message_ts":"1"}`)
	for _, u := range []string{s.URL + "/hook", "https://evil.example/hook", ""} {
		if err := post.NewReplier(s.client(t), u, "C1", "U1").Private(t.Context(), commands.Reply{Text: "hello", Card: card}); err != nil {
			t.Fatal(err)
		}
	}
	got := s.seen("chat.postEphemeral")
	if len(got) != 3 || got[0].Form.Get("channel") != "C1" || got[0].Form.Get("user") != "U1" || got[0].Form.Get("text") != "hello" {
		t.Fatalf("got %v", got)
	}
	s.says("chat.postEphemeral", `{"ok":false,"error":"not_in_channel"}`)
	for _, channel := range []string{"C1", ""} {
		if err := post.NewReplier(s.client(t), "", channel, "U1").Private(t.Context(), commands.Reply{Text: "hello"}); err != nil {
			t.Fatal(err)
		}
	}
	direct := s.seen("chat.postMessage")
	if len(direct) != 2 || direct[0].Form.Get("channel") != "U1" || direct[1].Form.Get("channel") != "U1" || direct[0].Form.Has("user") {
		t.Errorf("got %v", direct)
	}
}

func TestAReplierPrintsWithoutItsURL(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	r := post.NewReplier(s.client(t), s.URL+"/hook/secret-path", "C1", "U1")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, r); strings.Contains(got, "secret-path") {
			t.Errorf("%s prints %s", verb, got)
		}
	}
	s.Close()
	if err := r.Private(t.Context(), commands.Reply{Text: "hello"}); err == nil || strings.Contains(err.Error(), "secret-path") {
		t.Errorf("got %v", err)
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	s.says("views.open", `{"ok":true,"view":{"id":"V1"}}`)
	f := post.NewForms(s.client(t))
	if err := f.OpenAsk(t.Context(), "trigger-1", commands.AskForm{Providers: []string{"torii"}}); err != nil {
		t.Fatal(err)
	}
	if err := f.OpenTyped(t.Context(), "trigger-2", commands.TypedForm{Title: "Approve OFF-1", Ask: "Type it"}); err != nil {
		t.Fatal(err)
	}
	got := s.seen("views.open")
	if got[0].Form.Get("trigger_id") != "trigger-1" || !strings.Contains(got[0].Form.Get("view"), `"callback_id":"ask"`) ||
		got[1].Form.Get("trigger_id") != "trigger-2" || !strings.Contains(got[1].Form.Get("view"), `"callback_id":"typed"`) {
		t.Errorf("got %v", got)
	}
	s.says("views.open", `{"ok":false,"error":"expired_trigger_id"}`)
	if err := f.OpenAsk(t.Context(), "trigger-3", commands.AskForm{}); err == nil || strings.Contains(err.Error(), "trigger-3") {
		t.Errorf("got %v", err)
	}
}
