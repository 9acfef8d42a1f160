package cards_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
	"offboard/internal/commands"
	"offboard/internal/slackbot/cards"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares with testdata/<name>.json.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), b.String()); d != "" {
		t.Errorf("differs from %s (run with -update to accept):\n%s", path, d)
	}
}

func TestCard(t *testing.T) {
	t.Parallel()
	for name, r := range requests() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := cards.Card(r)
			golden(t, "card_"+name, m)
			check(t, m)
		})
	}
}

func TestEveryStateHasAGolden(t *testing.T) {
	t.Parallel()
	seen := map[approvals.State]bool{}
	for _, r := range requests() {
		seen[r.State] = true
	}
	for _, s := range approvals.States() {
		if !seen[s] {
			t.Errorf("no card is shown in state %s", s)
		}
	}
}

// The warning comes right after the header, and in the text as well.
func TestTheWarningComesFirst(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"pending_delete", "pending_terminate", "approved", "executing", "pending_drifted", "pending_many"} {
		m := cards.Card(requests()[name])
		blocks, err := json.Marshal(m.Blocks[1])
		if err != nil {
			t.Fatal(err)
		}
		for _, where := range []string{m.Text, string(blocks)} {
			for _, want := range []string{"permanent and cannot be undone", "Sessions and API keys stop at once"} {
				if !strings.Contains(where, want) {
					t.Errorf("%s: %q is not in %s", name, want, where)
				}
			}
		}
	}
	m := cards.Card(requests()["pending_rehearsal"])
	if !strings.Contains(m.Text, "nothing will be changed") {
		t.Errorf("a rehearsal does not say so: %s", m.Text)
	}
}

func TestButtons(t *testing.T) {
	t.Parallel()
	for name, r := range requests() {
		got := actions(t, cards.Card(r))
		want := map[approvals.State]string{approvals.StatePending: "approve deny withdraw", approvals.StateApproved: "withdraw stop", approvals.StateHeld: "withdraw stop"}[r.State]
		if got != want {
			t.Errorf("%s offers %q, want %q", name, got, want)
		}
	}
}

// actions lists the action ids of a card's buttons, and checks what they carry.
func actions(t *testing.T, m cards.Message) string {
	t.Helper()
	var blocks []struct {
		Type     string `json:"type"`
		ID       string `json:"block_id"`
		Elements []struct {
			ID    string `json:"action_id"`
			Value string `json:"value"`
		} `json:"elements"`
	}
	text, err := json.Marshal(m.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &blocks); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, b := range blocks {
		if b.Type != "actions" {
			continue
		}
		for _, e := range b.Elements {
			var v cards.Value
			if err := json.Unmarshal([]byte(e.Value), &v); err != nil || v.Request == "" || v.Digest == "" || b.ID != cards.BlockDecide {
				t.Errorf("button %s in %s carries %q (%v)", e.ID, b.ID, e.Value, err)
			}
			out = append(out, e.ID)
		}
	}
	return strings.Join(out, " ")
}

// Nobody is mentioned but who asked, decided or clicked: the person to be removed is not told by a ping.
func TestTheTargetIsNeverMentioned(t *testing.T) {
	t.Parallel()
	for name, r := range requests() {
		text, err := json.Marshal(cards.Card(r))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "@U0TARGET") {
			t.Errorf("%s mentions the target", name)
		}
	}
}

func TestHostileTextBreaksNothing(t *testing.T) {
	t.Parallel()
	for name, s := range hostileNames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			counts := []int{1, 2}
			if name == "long" || name == "escaping" { // the two that fill what there is
				counts = append(counts, 45)
			}
			for _, n := range counts {
				r := hostile(s, n)
				check(t, cards.Card(r))
				r.Drift = []approvals.Difference{{What: s, Before: s, After: s}, {What: s, Before: s, After: s}}
				check(t, cards.Card(r))
				for i := range r.Steps {
					r.Steps[i].Outcome, r.Steps[i].Proof = approvals.Unknown, s
				}
				r.State = approvals.StateUnknown
				check(t, cards.Card(r))
				if n < 10 {
					checkEvents(t, r, s)
				}
			}
			waits := asks(true, 1, deletion()).Fold(approved(approver), approvals.Event{Kind: approvals.Waiting, At: start, Proof: s})
			check(t, cards.Card(waits))
			checkFreeze(t, s)
			check(t, cards.Reply(commands.Reply{
				Text: "hello", Card: approvals.Place{Channel: "C1", TS: "1.2"},
				Choices: []commands.Choice{{Text: "one", Label: s, Value: "v"}, {Text: "two", Label: "two", Value: strings.Repeat("v", 3000)}},
			}, "https://example.slack.com/archives/C1/p12"))
		})
	}
}

func checkFreeze(t *testing.T, s string) {
	t.Helper()
	r := &approvals.Request{ID: "r", Number: 43}
	for _, k := range []approvals.Kind{approvals.Frozen, approvals.ThawAsked, approvals.Thawed} {
		e := approvals.Event{Kind: k, Seq: len(r.Events) + 1, Hash: strings.Repeat("0f", 32), At: start, By: approver, Reason: s}
		r.Fold(e)
		for _, m := range []cards.Message{cards.Card(r), cards.ThreadLine(r, e, "/offboard"), cards.AuditLines(r, []approvals.Event{e})} {
			check(t, m)
		}
	}
}

func checkEvents(t *testing.T, r *approvals.Request, s string) {
	t.Helper()
	for _, e := range everyEvent(r, s) {
		audit := cards.AuditLines(r, []approvals.Event{e})
		check(t, audit)
		if !strings.HasSuffix(audit.Text, "`"+e.Hash+"`") || strings.Contains(audit.Text, "\n") {
			t.Errorf("%s: the audit line does not end with the hash, or is not one line: %s", e.Kind, audit.Text)
		}
		line := cards.ThreadLine(r, e, "/offboard")
		if e.Kind.Receipt() {
			if line.Text != "" {
				t.Errorf("%s is told: %s", e.Kind, line.Text)
			}
			continue
		}
		check(t, line)
		if strings.Contains(line.Text, "\n") {
			t.Errorf("%s: more than one line: %s", e.Kind, line.Text)
		}
	}
}

// A card of very many steps stays within Slack's 50 blocks and says what it leaves out.
func TestManySteps(t *testing.T) {
	t.Parallel()
	var steps []approvals.Step
	for range 200 {
		steps = append(steps, deletion())
	}
	m := cards.Card(asks(true, 1, steps...))
	check(t, m)
	text, err := json.Marshal(m.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "and 160 more steps") {
		t.Error("the card does not say that it leaves steps out")
	}
}
