package cards_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/sandbox/workspace/limits"
	"offboard/internal/slackbot/cards"
)

// pool is every event that the fixtures are made of, in a fixed order, as the journal stores them.
func pool(t testing.TB) [][]byte {
	t.Helper()
	all := requests()
	all["hostile"] = hostile("<!channel> \u202eb", 2)
	all["hostile"].Fold(everyEvent(all["hostile"], "<@U0TARGET> @here")...)
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	var out [][]byte
	for _, name := range names {
		for _, e := range all[name].Events {
			body, err := approvals.Encode(e)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(out, func(b []byte) bool { return bytes.Equal(b, body) }) {
				out = append(out, body)
			}
		}
	}
	return out
}

// FuzzFold: whatever stands in the journal, in whatever order, is folded without a panic; what is owed, what people may wish and what they
// are shown can be told; every message keeps to Slack's limits and calls nobody; and of what is not understood nothing is owed.
func FuzzFold(f *testing.F) {
	stored := pool(f)
	for i := range stored {
		f.Add([]byte{byte(i)}, stored[i])
	}
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []byte(`{"v":2,"kind":"requested"}`))
	f.Add([]byte{}, []byte(`{"v":1,"kind":"drifted","step":-1}`+"\n"+`{"v":1,"kind":"requested","plan":{"steps":null},"policy":{"approvals":-3}}`))
	f.Add([]byte{9, 9}, []byte(`{"v":1,"kind":"begun","step":7,"attempt":-1,"deadline":"9999-12-31T23:59:59Z"}`))
	f.Add([]byte{3}, []byte("null\n{}\n[]\n"+`{"v":1,"kind":"told","key":"a999999999999999999999","upto":-5,"ts":"x"}`))
	f.Fuzz(func(t *testing.T, picks, text []byte) {
		r := &approvals.Request{ID: "id", Number: 42}
		var bodies [][]byte
		for _, p := range picks[:min(len(picks), 40)] {
			bodies = append(bodies, stored[int(p)%len(stored)])
		}
		for _, body := range append(bodies, bytes.Split(text, []byte("\n"))...) {
			e, err := approvals.Decode(body)
			if err != nil {
				continue
			}
			again, err := approvals.Encode(e)
			if err == nil { // there are times that JSON cannot say
				back, err := approvals.Decode(again)
				if err != nil {
					t.Fatalf("what was read from %q cannot be written and read again: %v", body, err)
				}
				if e.Plan != nil && back.Plan.Digest() != e.Plan.Digest() {
					t.Fatalf("%q loses something of what is approved", body)
				}
			}
			r.Fold(e)
		}
		shown(t, r)
	})
}

// shown tells everything of a request that is ever told.
func shown(t *testing.T, r *approvals.Request) {
	t.Helper()
	now := start.Add(time.Hour)
	if owed := approvals.Next(r); r.Foreign && len(owed) > 0 {
		t.Fatalf("%d things are owed of what is not understood", len(owed))
	}
	_, _, _, _ = approvals.Wake(r), r.Keys(), r.Final(), r.Concerns(approver)
	for _, w := range wishes(r) {
		before := r.Version()
		events, err := approvals.Decide(r, w, now)
		if err == nil && r.Foreign && len(events) > 0 {
			t.Fatalf("%T changes what is not understood", w)
		}
		if r.Version() != before {
			t.Fatalf("%T changed the request itself", w)
		}
	}
	if r.Foreign {
		return // nobody is told of it
	}
	messages := []cards.Message{cards.Card(r), cards.AuditLines(r, r.AuditEvents(1, len(r.Events)))}
	for _, e := range r.Events {
		messages = append(messages, cards.ThreadLine(r, e, "/offboard"))
	}
	for _, m := range messages {
		if m.Text == "" && len(m.Blocks) == 0 {
			continue // a receipt: nobody is told
		}
		blocks, err := json.Marshal(m.Blocks)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range limits.CheckUpdate(m.Text, blocks) {
			t.Errorf("%s: %s", r.State, f)
		}
		for _, call := range []string{"<!channel", "<!here", "<!everyone"} {
			if strings.Contains(m.Text, call) || bytes.Contains(blocks, []byte(call)) || bytes.Contains(blocks, []byte(`\u003c`+call[1:])) {
				t.Errorf("a message calls everybody: %s", m.Text)
			}
		}
	}
}

// wishes are one of each kind.
func wishes(r *approvals.Request) []approvals.Wish {
	approve := approvals.Approve{By: approver, Approver: true, Digest: r.Digest, Typed: "x"}
	return []approvals.Wish{
		approve, approvals.Slip{Approve: approve}, approvals.Deny{By: other, Right: true}, approvals.Withdraw{By: requester},
		approvals.Refuse{By: other, Button: approvals.ButtonApprove, Reason: "x"}, approvals.Expire{}, approvals.Remind{},
		approvals.Begin{Asked: start, People: start}, approvals.Moved{Host: "x"}, approvals.Missing{}, approvals.Postpone{}, approvals.Lose{},
		approvals.Finish{Attempt: 1}, approvals.See{}, approvals.Supersede{By: "x"}, approvals.Doubt{Reason: "x"}, approvals.Alarm{Reason: "x"},
		approvals.Hold{}, approvals.Release{By: other, Right: true}, approvals.Reschedule{By: requester, NotBefore: start.AddDate(0, 0, 1)},
		approvals.Freeze{By: other, Right: true, Reason: "x"}, approvals.Thaw{By: other, Right: true, Reason: "x"},
		approvals.Send{Key: "card"}, approvals.Resolve{By: other, Approver: true, Done: true, Reason: "x"},
	}
}
