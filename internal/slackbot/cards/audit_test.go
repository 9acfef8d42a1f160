package cards_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"offboard/internal/approvals"
	"offboard/internal/providers"
	"offboard/internal/slackbot/cards"
)

// Many long lines share one message: it keeps to Slack's limit, and every line keeps its hash.
func TestAuditLinesKeepTheirHashes(t *testing.T) {
	t.Parallel()
	r := &approvals.Request{Number: 42, Plan: approvals.Plan{Steps: []approvals.Step{{
		Account: providers.Account{Provider: "idp", ID: strings.Repeat("i", 300)}, Action: providers.Delete, Vendor: "IDP",
	}}}}
	hash := strings.Repeat("a", 64)
	var events []approvals.Event
	for i := range 8 {
		events = append(events, approvals.Event{
			Kind: approvals.Ended, Seq: i + 1, Hash: hash, Outcome: approvals.Unknown, Proof: strings.Repeat("<!channel> ", 200),
		})
	}
	text := cards.AuditLines(r, events).Text
	lines := strings.Split(text, "\n")
	if n := utf8.RuneCountInString(text); n > 3000 || len(lines) != len(events) {
		t.Errorf("%d code points in %d lines", n, len(lines))
	}
	for _, l := range lines {
		if !strings.HasSuffix(l, "`"+hash+"`") {
			t.Errorf("a line has lost its hash: %q", l)
		}
	}
}
