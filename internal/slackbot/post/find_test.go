package post_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/dispatch"
)

type obj = map[string]any

func msg(ts, bot, mark string) obj {
	return obj{"ts": ts, "bot_id": bot, "metadata": obj{"event_type": "offboard_mark", "event_payload": obj{"mark": mark}}}
}

// Slack takes the message and then does not answer in time: it may be there, and it is found by its mark.
func TestAPostThatTimedOutIsFoundAgain(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	var mu sync.Mutex
	var stored []obj
	hold := make(chan struct{})
	t.Cleanup(func() { close(hold) })
	s.on("chat.postMessage", func(_ http.ResponseWriter, f url.Values) {
		mu.Lock()
		stored = append(stored, msg("1700000060.000200", "B0SELF", "m1"))
		mu.Unlock()
		if f.Get("channel") == "C0AUDIT" {
			<-hold
		}
	})
	s.on("conversations.history", func(w http.ResponseWriter, _ url.Values) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = w.Write([]byte(encode(t, obj{"ok": true, "messages": stored})))
	})
	p, r := s.poster(t), request(true)
	_, err := p.PostAudit(t.Context(), r, r.Events[1:2], "m1")
	if kindOf(t, err) != dispatch.TellMaybe {
		t.Fatalf("got %v", err)
	}
	since := time.Unix(1_700_000_000, 0)
	place, ok, err := p.Find(t.Context(), r, dispatch.ToAudit, "m1", since)
	if err != nil || !ok || place != (approvals.Place{Channel: "C0AUDIT", TS: "1700000060.000200"}) {
		t.Errorf("got %v, %t, %v", place, ok, err)
	}
	f := s.seen("conversations.history")[0].Form
	if f.Get("include_all_metadata") != "true" || f.Get("channel") != "C0AUDIT" || f.Get("oldest") != "1699999940.000000" {
		t.Errorf("asked with %v", f)
	}
	if len(s.seen("chat.postMessage")) != 1 {
		t.Error("it was posted twice")
	}
}

func TestFindTakesOnlyOurOwnMessages(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	byUser := msg("5", "", "m1")
	byUser["user"] = "U0STRANGER"
	wrongType := msg("6", "B0SELF", "m1")
	wrongType["metadata"] = obj{"event_type": "other", "event_payload": obj{"mark": "m1"}}
	list := []obj{msg("1", "B0OTHER", "m1"), msg("2", "", "m1"), msg("3", "B0SELF", "m2"), {"ts": "4", "bot_id": "B0SELF"}, byUser, wrongType}
	s.says("conversations.history", encode(t, obj{"ok": true, "messages": list}))
	if place, ok, err := s.poster(t).Find(t.Context(), request(true), dispatch.ToApprovals, "m1", time.Unix(0, 0)); ok || err != nil {
		t.Errorf("got %v, %t, %v", place, ok, err)
	}
}

func TestFindGoesThroughThePagesOfAThread(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	s.on("conversations.replies", func(w http.ResponseWriter, f url.Values) {
		n, _ := strconv.Atoi(f.Get("cursor"))
		page := obj{"ok": true, "messages": []obj{msg(strconv.Itoa(n), "B0SELF", "m"+strconv.Itoa(n))}}
		if n < 4 {
			page["response_metadata"] = obj{"next_cursor": strconv.Itoa(n + 1)}
		}
		_, _ = w.Write([]byte(encode(t, page)))
	})
	p, r := s.poster(t), request(true)
	if place, ok, err := p.Find(t.Context(), r, dispatch.ToThread, "m3", time.Now()); err != nil || !ok || place.TS != "3" || place.Channel != "C0APPROVE" {
		t.Errorf("got %v, %t, %v", place, ok, err)
	}
	if f := s.seen("conversations.replies")[0].Form; f.Get("ts") != r.Card.Place.TS {
		t.Errorf("asked with %v", f)
	}
	if _, ok, err := p.Find(t.Context(), r, dispatch.ToThread, "m9", time.Now()); err != nil || ok {
		t.Errorf("got %t, %v", ok, err)
	}
}

// TestFindReadsPastWhatOthersWrote: any app of the workspace may put any metadata onto its messages, and must not make ours unfindable.
func TestFindReadsPastWhatOthersWrote(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	odd := []string{
		`{"ts":"9","bot_id":"B0OTHER","metadata":{"event_type":"offboard_mark","event_payload":{"mark":7}}}`,
		`{"ts":"8","bot_id":"B0OTHER","metadata":{"event_type":"x","event_payload":["m1"]}}`,
		`{"ts":"7","bot_id":null,"user":{"id":"U1"},"metadata":null}`, `{"ts":6}`, `null`, `"m1"`,
		`{"ts":"5","bot_id":"B0SELF","metadata":{"event_type":"offboard_mark","event_payload":{"mark":"m1"}}}`,
	}
	s.says("conversations.history", `{"ok":true,"messages":[`+strings.Join(odd, ",")+`]}`)
	place, ok, err := s.poster(t).Find(t.Context(), request(true), dispatch.ToAudit, "m1", time.Unix(0, 0))
	if err != nil || !ok || place.TS != "5" {
		t.Errorf("got %v, %t, %v", place, ok, err)
	}
}

// An answer that does not say is not a no. Where there is no such place, or we may never look, it is one.
func TestFindTellsNoFromDoNotKnow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer string
		known  bool
	}{
		"no list":       {`{"ok":true}`, false},
		"empty object":  {`{}`, false},
		"token revoked": {`{"ok":false,"error":"token_revoked"}`, false},
		"no thread":     {`{"ok":false,"error":"thread_not_found"}`, true},
		"no channel":    {`{"ok":false,"error":"channel_not_found"}`, true},
		"may not look":  {`{"ok":false,"error":"missing_scope"}`, true},
		"empty list":    {`{"ok":true,"messages":[]}`, true},
	} {
		s := newStub(t)
		s.says("conversations.history", c.answer)
		if _, ok, err := s.poster(t).Find(t.Context(), request(true), dispatch.ToAudit, "m", time.Now()); ok || (err == nil) != c.known {
			t.Errorf("%s: got %t, %v", name, ok, err)
		}
	}
}
