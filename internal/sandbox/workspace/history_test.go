package workspace_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"testing"

	"offboard/internal/sandbox/workspace"
)

type historyPage struct {
	Messages []struct {
		TS       string `json:"ts"`
		Text     string `json:"text"`
		BotID    string `json:"bot_id"`
		Subtype  string `json:"subtype"`
		Metadata *struct {
			Payload struct{ Mark string } `json:"event_payload"`
		} `json:"metadata"`
	} `json:"messages"`
	HasMore bool `json:"has_more"`
	Next    struct {
		Cursor string `json:"next_cursor"`
	} `json:"response_metadata"`
}

// pages reads a method to its end and returns the texts, and how many pages there were.
func pages(t *testing.T, w *workspace.Workspace, method string, params url.Values) (all historyPage, texts []string, n int) {
	t.Helper()
	for {
		raw, err := json.Marshal(call(t, w, method, params))
		if err != nil {
			t.Fatal(err)
		}
		var p historyPage
		if err := json.Unmarshal(raw, &p); err != nil {
			t.Fatal(err)
		}
		n++
		for _, m := range p.Messages {
			all.Messages, texts = append(all.Messages, m), append(texts, m.Text)
		}
		if p.HasMore != (p.Next.Cursor != "") {
			t.Errorf("has_more is %v with the cursor %q", p.HasMore, p.Next.Cursor)
		}
		if p.Next.Cursor == "" {
			return all, texts, n
		}
		params.Set("cursor", p.Next.Cursor)
	}
}

func post(t *testing.T, w *workspace.Workspace, text, thread string) string {
	t.Helper()
	params := url.Values{"channel": {"C1"}, "text": {text}, "metadata": {`{"event_type":"mark","event_payload":{"mark":"` + text + `"}}`}}
	if thread != "" {
		params.Set("thread_ts", thread)
	}
	got := call(t, w, "chat.postMessage", params)
	wantError(t, got, "")
	ts, _ := got["ts"].(string)
	return ts
}

func TestHistoryInPages(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	var ts []string
	for i := range 5 {
		ts = append(ts, post(t, w, fmt.Sprint(i), ""))
	}
	post(t, w, "a reply", ts[0])
	all, texts, n := pages(t, w, "conversations.history", url.Values{"channel": {"C1"}, "limit": {"2"}, "include_all_metadata": {"true"}})
	if !slices.Equal(texts, []string{"4", "3", "2", "1", "0"}) || n != 3 {
		t.Errorf("%q in %d pages", texts, n)
	}
	if m := all.Messages[0]; m.Metadata == nil || m.Metadata.Payload.Mark != "4" || m.BotID != w.Config().BotID {
		t.Errorf("the newest is %+v", m)
	}
	all, _, _ = pages(t, w, "conversations.history", url.Values{"channel": {"C1"}})
	if all.Messages[0].Metadata != nil {
		t.Error("metadata came without having been asked for")
	}
	for inclusive, want := range map[string][]string{"true": {"4", "3"}, "false": {"4"}} {
		_, texts, _ = pages(t, w, "conversations.history", url.Values{"channel": {"C1"}, "oldest": {ts[3]}, "inclusive": {inclusive}})
		if !slices.Equal(texts, want) {
			t.Errorf("inclusive %s: %q", inclusive, texts)
		}
	}
}

func TestThreadOutlivesItsParent(t *testing.T) {
	t.Parallel()
	w := start(t, workspace.Config{})
	ts := post(t, w, "parent", "")
	reply := post(t, w, "one", ts)
	post(t, w, "two", reply)
	_, texts, _ := pages(t, w, "conversations.replies", url.Values{"channel": {"C1"}, "ts": {ts}, "oldest": {reply}})
	if !slices.Equal(texts, []string{"parent", "two"}) {
		t.Errorf("%q: want the parent always, and what is later than oldest", texts)
	}
	if !w.Remove("C1", ts) {
		t.Fatal("nothing was removed")
	}
	wantError(t, call(t, w, "chat.update", url.Values{"channel": {"C1"}, "ts": {ts}, "text": {"x"}}), "message_not_found")
	post(t, w, "three", ts)
	all, _, _ := pages(t, w, "conversations.replies", url.Values{"channel": {"C1"}, "ts": {ts}})
	if len(all.Messages) != 4 || all.Messages[0].Subtype != "tombstone" {
		t.Errorf("%+v", all.Messages)
	}
	if n := len(w.Thread("C1", ts)); n != 3 {
		t.Errorf("%d replies", n)
	}
}
