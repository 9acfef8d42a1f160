package post_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/dispatch"
	"offboard/internal/slackbot/post"
)

func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	p, r := s.poster(t), request(true)
	place, err := p.PostCard(t.Context(), r, "mark-1")
	if err != nil || place != (approvals.Place{Channel: "C0APPROVE", TS: "1700000000.000100"}) {
		t.Fatalf("got %v, %v", place, err)
	}
	if _, err := p.PostThread(t.Context(), r, r.Events[1], "mark-2"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.PostAudit(t.Context(), r, r.Events[1:2], "mark-3"); err != nil {
		t.Fatal(err)
	}
	posts := s.seen("chat.postMessage")
	if len(posts) != 3 {
		t.Fatalf("%d posts", len(posts))
	}
	card, thread, audit := posts[0].Form, posts[1].Form, posts[2].Form
	for i, f := range []url.Values{card, thread, audit} {
		want := `{"event_type":"offboard_mark","event_payload":{"mark":"mark-` + string(rune('1'+i)) + `"}}`
		if f.Get("metadata") != want || f.Get("parse") != "none" || f.Get("link_names") != "false" || f.Get("unfurl_links") != "false" ||
			f.Get("unfurl_media") != "false" || f.Get("text") == "" {
			t.Errorf("post %d: %v", i+1, f)
		}
	}
	if card.Get("channel") != "C0APPROVE" || card.Get("thread_ts") != "" || !strings.HasPrefix(card.Get("blocks"), `[{"type":"header"`) {
		t.Errorf("card: %v", card)
	}
	if thread.Get("channel") != "C0APPROVE" || thread.Get("thread_ts") != "1700000000.000100" || !strings.HasPrefix(thread.Get("text"), "Denied by <@U2>") {
		t.Errorf("thread: %v", thread)
	}
	if audit.Get("channel") != "C0AUDIT" || audit.Get("thread_ts") != "" || !strings.HasSuffix(audit.Get("text"), "`abc`") {
		t.Errorf("audit: %v", audit)
	}
}

func TestAnUpdateKeepsTheMark(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	r := request(true)
	if err := s.poster(t).UpdateCard(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	f := s.seen("chat.update")[0].Form
	if f.Get("ts") != "1700000000.000100" || f.Get("channel") != "C0APPROVE" || f.Get("blocks") == "" || f.Get("text") == "" ||
		f.Get("parse") != "none" || !strings.Contains(f.Get("metadata"), dispatch.Mark(r.ID, approvals.KeyCard)) {
		t.Errorf("update: %v", f)
	}
}

func TestAnUpdateThatSaysNothingIsNoUpdate(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	s.says("chat.update", `{"ok":true}`)
	if got := kindOf(t, s.poster(t).UpdateCard(t.Context(), request(true))); got != dispatch.TellMaybe {
		t.Errorf("got %s", got)
	}
}

// Without a thread, people are told in the audit channel, and by the request's name.
func TestWithoutAThreadTheAuditChannelIsTold(t *testing.T) {
	t.Parallel()
	for _, r := range []*approvals.Request{request(false), request(true)} {
		s := newStub(t)
		r.Thread.Gone = r.Card.Place.Known()
		if _, err := s.poster(t).PostThread(t.Context(), r, r.Events[1], "m"); err != nil {
			t.Fatal(err)
		}
		f := s.seen("chat.postMessage")[0].Form
		if f.Get("channel") != "C0AUDIT" || f.Get("thread_ts") != "" || !strings.Contains(f.Get("text"), "OFF-1") {
			t.Errorf("got %v", f)
		}
	}
}

func status(code int, header ...string) func(http.ResponseWriter, url.Values) {
	return func(w http.ResponseWriter, _ url.Values) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func TestWhatFaultsMeanForTelling(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code string
		http func(http.ResponseWriter, url.Values)
		want dispatch.TellKind
		wait time.Duration
	}{
		"429 with a wait":     {http: status(429, "Retry-After", "17"), want: dispatch.TellLater, wait: 17 * time.Second},
		"429 without a wait":  {http: status(429), want: dispatch.TellLater, wait: 30 * time.Second},
		"ratelimited as a no": {code: "ratelimited", want: dispatch.TellLater, wait: 30 * time.Second},
		"500":                 {http: status(500), want: dispatch.TellMaybe},
		"fatal":               {code: "fatal_error", want: dispatch.TellMaybe},
		"deleted":             {code: "message_not_found", want: dispatch.TellGone},
		"not ours":            {code: "cant_update_message", want: dispatch.TellGone},
		"too old":             {code: "edit_window_closed", want: dispatch.TellGone},
		"thread deleted":      {code: "thread_not_found", want: dispatch.TellGone},
		"no channel":          {code: "channel_not_found", want: dispatch.TellClosed},
		"archived":            {code: "is_archived", want: dispatch.TellClosed},
		"not invited":         {code: "not_in_channel", want: dispatch.TellClosed},
		"restricted":          {code: "restricted_action", want: dispatch.TellClosed},
		"token revoked":       {code: "token_revoked", want: dispatch.TellBroken},
		"scope":               {code: "missing_scope", want: dispatch.TellBroken},
		"blocks":              {code: "invalid_blocks", want: dispatch.TellBroken},
		"text":                {code: "msg_too_long", want: dispatch.TellBroken},
		"something new":       {code: "brand_new_error", want: dispatch.TellBroken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStub(t)
			for _, m := range []string{"chat.postMessage", "chat.update"} {
				s.says(m, `{"ok":false,"error":"`+c.code+`"}`)
				if c.http != nil {
					s.on(m, c.http)
				}
			}
			r := request(true)
			_, err := s.poster(t).PostAudit(t.Context(), r, r.Events[1:2], "m")
			for _, err := range []error{err, s.poster(t).UpdateCard(t.Context(), r)} {
				if got := kindOf(t, err); got != c.want {
					t.Errorf("got %s, want %s: %v", got, c.want, err)
				}
				if e, ok := errors.AsType[*dispatch.TellError](err); ok && e.Wait != c.wait {
					t.Errorf("wait %s, want %s", e.Wait, c.wait)
				}
			}
			if n := len(s.seen("chat.postMessage")); n != 1 {
				t.Errorf("%d posts left", n)
			}
		})
	}
}

// No card goes where outsiders could see it, nor where Slack does not say clearly that they could not.
func TestNoCardInASharedChannel(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		info string
		want dispatch.TellKind
	}{
		"shared with outsiders": {`{"ok":true,"channel":{"id":"C0APPROVE","is_ext_shared":true}}`, dispatch.TellClosed},
		"shared somehow":        {`{"ok":true,"channel":{"id":"C0APPROVE","is_shared":true}}`, dispatch.TellClosed},
		"about to be shared":    {`{"ok":true,"channel":{"id":"C0APPROVE","is_pending_ext_shared":true}}`, dispatch.TellClosed},
		"invitation out":        {`{"ok":true,"channel":{"id":"C0APPROVE","pending_shared":["T2"]}}`, dispatch.TellClosed},
		"archived":              {`{"ok":true,"channel":{"id":"C0APPROVE","is_archived":true}}`, dispatch.TellClosed},
		"not a member":          {`{"ok":true,"channel":{"id":"C0APPROVE","is_member":false}}`, dispatch.TellClosed},
		"another channel":       {`{"ok":true,"channel":{"id":"C9"}}`, dispatch.TellClosed},
		"no such channel":       {`{"ok":false,"error":"channel_not_found"}`, dispatch.TellClosed},
		"nothing":               {`{"ok":true}`, dispatch.TellBroken},
		"empty":                 {`{}`, dispatch.TellLater},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStub(t)
			s.says("conversations.info", c.info)
			_, err := s.poster(t).PostCard(t.Context(), request(false), "m")
			if got := kindOf(t, err); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if n := len(s.seen("chat.postMessage")); n != 0 {
				t.Errorf("%d cards were posted all the same", n)
			}
		})
	}
}

func TestAChannelSharedWithinTheCompanyIsFine(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	s.says("conversations.info", `{"ok":true,"channel":{"id":"C0APPROVE","is_shared":true,"is_org_shared":true}}`)
	p := s.poster(t)
	for range 2 {
		if _, err := p.PostCard(t.Context(), request(false), "m"); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.seen("conversations.info")); n != 1 {
		t.Errorf("Slack was asked %d times within seconds", n)
	}
}

// Whoever asks for a card has Slack asked anew: a channel may have been shared since the last one.
func TestEveryAskingLooksAtTheChannel(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	s.says("conversations.info", `{"ok":true,"channel":{"id":"C0APPROVE"}}`)
	p := s.poster(t)
	if err := p.FitForCards(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.says("conversations.info", `{"ok":true,"channel":{"id":"C0APPROVE","is_ext_shared":true}}`)
	if err := p.FitForCards(t.Context()); err == nil || kindOf(t, err) != dispatch.TellClosed {
		t.Errorf("got %v", err)
	}
	if _, err := p.PostCard(t.Context(), request(false), "m"); err == nil {
		t.Error("a card was posted after Slack had said that outsiders see it")
	}
}

func TestCheckLooksAtBothChannels(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	s.on("conversations.info", func(w http.ResponseWriter, f url.Values) {
		id := f.Get("channel")
		_, _ = w.Write([]byte(`{"ok":true,"channel":{"id":"` + id + `","is_archived":` + map[string]string{"C0AUDIT": "true", "C0APPROVE": "false"}[id] + `}}`))
	})
	if err := s.poster(t).FitForAudit(t.Context()); err == nil || kindOf(t, err) != dispatch.TellClosed || !strings.Contains(err.Error(), "audit channel") {
		t.Errorf("got %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	c := newStub(t).client(t)
	for _, cfg := range []post.Config{
		{}, {Approvals: "C1", Self: post.Self{UserID: "U1"}}, {Audit: "C1", Self: post.Self{UserID: "U1"}}, {Approvals: "C1", Audit: "C2"},
	} {
		if _, err := post.New(c, cfg); err == nil {
			t.Errorf("%+v is taken", cfg)
		}
	}
}
