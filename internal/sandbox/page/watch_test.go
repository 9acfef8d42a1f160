package page

import (
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/journal"
	"offboard/internal/providers"
	"offboard/internal/sandbox/town"
)

// begun is a request whose call was begun, and what came after.
func begun(t *testing.T, number int, after ...approvals.Event) journal.Log {
	t.Helper()
	plan := &approvals.Plan{Writes: true, Steps: []approvals.Step{{
		Vendor: "Torii", Action: providers.Delete, Account: providers.Account{Provider: "torii", ID: "a2"},
	}}}
	policy := &approvals.Policy{Approvals: 1, Expires: time.Hour, Window: time.Hour}
	events := []approvals.Event{
		{Kind: approvals.Requested, By: approvals.Person{ID: town.Alice}, Plan: plan, Policy: policy},
		{Kind: approvals.Told, Key: approvals.KeyCard, Place: approvals.Place{Channel: town.Approvals, TS: "1.2"}},
		{Kind: approvals.Approved, By: approvals.Person{ID: town.Bob}, Digest: plan.Digest()},
	}
	return logged(t, number, append(events, after...)...)
}

func TestWhatACallWaitsFor(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC) // of logged, a second for each event
	begin := approvals.Event{Kind: approvals.Begun, Attempt: 1, Deadline: start.Add(time.Minute)}
	lost := approvals.Event{Kind: approvals.Ended, Attempt: 1, Outcome: approvals.Unknown, Sent: true, Proof: "Torii did not answer in time"}
	dark := approvals.Event{Kind: approvals.Looked, Proof: "Torii did not answer"}
	for name, tt := range map[string]struct {
		events []approvals.Event
		want   watched // Vendor is always the same
		end    string
	}{
		"nothing yet": {},
		"asked":       {events: []approvals.Event{begin}, want: watched{Stage: stageAsked, Since: "2026-03-02T17:00:03Z"}},
		"put off": {
			events: []approvals.Event{begin, {Kind: approvals.Deferred, Attempt: 1, Proof: "nothing was sent", Until: start.Add(9 * time.Second)}},
			want:   watched{Stage: stageAgain, Why: "nothing was sent", Next: "2026-03-02T17:00:09Z"},
		},
		"cannot begin": {
			events: []approvals.Event{{Kind: approvals.Waiting, Proof: "Torii did not answer", Until: start.Add(8 * time.Second)}},
			want:   watched{Stage: stageWaits, Why: "Torii did not answer", Next: "2026-03-02T17:00:08Z"},
		},
		"unknown":     {events: []approvals.Event{begin, lost}, want: watched{Stage: stageUnknown, Look: 1, Next: "2026-03-02T17:00:04Z"}, end: "Outcome unknown: Torii did not answer in time."},
		"looked once": {events: []approvals.Event{begin, lost, dark}, want: watched{Stage: stageUnknown, Look: 2, Next: "2026-03-02T17:00:15Z"}, end: "Outcome unknown: Torii did not answer in time."},
		"for a human": {
			events: []approvals.Event{begin, lost, dark, {Kind: approvals.Unresolved, Proof: "Torii did not answer"}},
			want:   watched{Stage: stageUnknown, Look: 2, Human: true, Next: "2026-03-02T17:00:15Z"}, end: "Outcome unknown: Torii did not answer in time.",
		},
		"done": {
			events: []approvals.Event{begin, lost, {Kind: approvals.Ended, Attempt: 1, Outcome: approvals.Done, Proof: "read back: deleted"}},
			end:    "Done: read back: deleted.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.logs = []journal.Log{begun(t, 1, tt.events...)}
			got := w.state(town.Bob).Requests[0]
			is := watched{Vendor: "Torii"}
			if got.Watch != nil {
				is = *got.Watch
			}
			if tt.want.Vendor = "Torii"; is != tt.want || got.Watch != nil && tt.want.Stage == "" {
				t.Errorf("it waits for %+v, not %+v", is, tt.want)
			}
			if got.End != tt.end || got.Card == nil || got.Card.TS != "1.2" {
				t.Errorf("it ends with %q; its card is %v", got.End, got.Card)
			}
		})
	}
}
