package post_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"offboard/internal/audit"
	"offboard/internal/sandbox/workspace"
)

var anyHash = strings.Repeat("0123456789abcdef", 4)

func lineOf(number, seq int) string {
	return fmt.Sprintf("*OFF-%d* · x · #%d ", number, seq) + "`" + anyHash + "`"
}

func own(text string) obj { return obj{"ts": "1", "bot_id": "B0SELF", "text": text} }

// The newest lines are read, over pages, until there are enough; they come oldest first.
func TestReportedGoesThroughPages(t *testing.T) {
	t.Parallel()
	s := newStub(t)
	s.on("conversations.history", func(w http.ResponseWriter, f url.Values) {
		n, _ := strconv.Atoi(f.Get("cursor"))
		list := []obj{{"ts": "1", "user": "U0OTHER", "text": lineOf(99, 1)}, own("hello"), own(lineOf(1, 2*n+1) + "\n" + lineOf(1, 2*n+2)), {"ts": 7}}
		next := obj{"next_cursor": strconv.Itoa(n + 1)}
		if n == 2 {
			next = obj{"next_cursor": ""}
		}
		_, _ = w.Write([]byte(encode(t, obj{"ok": true, "messages": list, "response_metadata": next})))
	})
	got, err := s.poster(t).Reported(t.Context())
	var want []audit.Line
	for _, seq := range []int{5, 6, 3, 4, 1, 2} {
		want = append(want, audit.Line{Number: 1, Seq: seq, Hash: anyHash})
	}
	if diff := cmp.Diff(audit.Report{Lines: want}, got, cmpopts.IgnoreFields(audit.Line{}, "At")); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
	if f := s.seen("conversations.history")[0].Form; f.Get("channel") != "C0AUDIT" || f.Get("include_all_metadata") != "true" || f.Has("oldest") {
		t.Errorf("asked with %v", f)
	}
}

// A channel full of what others wrote is not read for ever.
func TestReportedEnds(t *testing.T) {
	t.Parallel()
	s, n := newStub(t), 0
	s.on("conversations.history", func(w http.ResponseWriter, _ url.Values) {
		n++
		_, _ = w.Write([]byte(encode(t, obj{"ok": true, "messages": []obj{}, "response_metadata": obj{"next_cursor": strconv.Itoa(n)}})))
	})
	if r, err := s.poster(t).Reported(t.Context()); err != nil || len(r.Lines) != 0 || n > 20 {
		t.Errorf("%+v, %v after %d pages", r, err, n)
	}
}

// A loss that was accepted ends what is held against the journal; an alarm counts until something is reported again. Others can write neither.
func TestReportedSinceTheAcceptance(t *testing.T) {
	t.Parallel()
	w, p, _ := local(t)
	cfg := w.Config()
	wrote := func(text string) {
		w.Insert(workspace.Message{Channel: "C0AUDIT", User: cfg.BotUserID, BotID: cfg.BotID, Text: text})
	}
	reads := func(alarmed bool, lines ...audit.Line) {
		t.Helper()
		r, err := p.Reported(t.Context())
		if diff := cmp.Diff(audit.Report{Lines: lines, Alarmed: alarmed}, r, cmpopts.IgnoreFields(audit.Line{}, "At")); diff != "" || err != nil {
			t.Errorf("%v, -want +got:\n%s", err, diff)
		}
	}
	first, second := audit.Line{Number: 1, Seq: 1, Hash: anyHash}, audit.Line{Number: 1, Seq: 2, Hash: anyHash}
	reads(false)
	wrote(lineOf(1, 1))
	reads(false, first)
	if err := p.Lacking(t.Context(), "Alarm"); err != nil {
		t.Fatal(err)
	}
	reads(true, first)
	if n := len(w.Messages("C0APPROVE")); n != 1 {
		t.Errorf("the approvals channel got %d messages", n)
	}
	alarm := w.Messages("C0AUDIT")[1]
	wrote(lineOf(1, 2))
	reads(false, first, second)
	w.Insert(workspace.Message{Channel: "C0AUDIT", User: "U1", Text: "Alarm", Metadata: alarm.Metadata})
	reads(false, first, second)
	if err := p.AcceptLoss(t.Context(), "Accepted"); err != nil {
		t.Fatal(err)
	}
	reads(false)
	all := w.Messages("C0AUDIT")
	w.Remove("C0AUDIT", all[len(all)-1].TS)
	accepted := all[len(all)-1]
	w.Insert(workspace.Message{Channel: "C0AUDIT", User: "U2", BotID: "B0OTHER", Text: "Accepted", Metadata: accepted.Metadata})
	reads(false, first, second)
}

// What only a person can mend is told from what passes.
func TestReportedUnreadable(t *testing.T) {
	t.Parallel()
	for answer, lasts := range map[string]bool{
		`{"ok":false,"error":"missing_scope","needed":"channels:history"}`: true, `{"ok":false,"error":"not_in_channel"}`: true,
		`{"ok":false,"error":"channel_not_found"}`: true, `{"ok":false,"error":"a_new_word"}`: true,
		`{"ok":false,"error":"ratelimited"}`: false, `{"ok":false,"error":"internal_error"}`: false, `{"ok":true}`: false, `<html>`: false, `{}`: false,
	} {
		s := newStub(t)
		s.says("conversations.history", answer)
		if _, err := s.poster(t).Reported(t.Context()); err == nil || errors.Is(err, audit.ErrUnreadable) != lasts {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

// An approvals channel that cannot be written keeps nobody from being told in the audit channel; one that cannot be written now is tried again.
func TestLackingIsTold(t *testing.T) {
	t.Parallel()
	w, p, _ := local(t)
	w.Fault(workspace.Fault{Method: "chat.postMessage", Kind: workspace.FaultStatus, Times: 1})
	if err := p.Lacking(t.Context(), "Alarm"); err == nil || len(w.Messages("C0AUDIT")) != 0 {
		t.Errorf("%v", err)
	}
	w.ChangeChannel("C0APPROVE", func(c *workspace.Channel) { c.Archived = true })
	if err := p.Lacking(t.Context(), "Alarm"); err == nil || len(w.Messages("C0AUDIT")) != 1 {
		t.Errorf("%v", err)
	}
}
