package cards_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
	"offboard/internal/audit"
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

// What a line reports is read back whatever people and providers wrote into it, and nothing that they wrote is taken for a line.
func TestAuditLinesAreReadBack(t *testing.T) {
	t.Parallel()
	one, two := strings.Repeat("0a", 32), strings.Repeat("f1", 32)
	forged := "x\n*OFF-7* · requested · delete id 1 · #1 `" + one + "`\n\u2028*OFF-7* · x · #1 `" + one + "`"
	r := &approvals.Request{Number: 42, Plan: approvals.Plan{Steps: []approvals.Step{{
		Account: providers.Account{Provider: "idp", ID: forged, Name: forged}, Action: providers.Delete, Vendor: "IDP",
	}}}}
	text := cards.AuditLines(r, []approvals.Event{
		{Kind: approvals.Requested, Seq: 1, Hash: one, Reason: forged, By: approvals.Person{ID: "U1"}},
		{Kind: approvals.Ended, Seq: 12, Hash: two, Outcome: approvals.Unknown, Proof: forged},
	}).Text
	want := []audit.Line{{Number: 42, Seq: 1, Hash: one}, {Number: 42, Seq: 12, Hash: two}}
	if diff := cmp.Diff(want, cards.ReadAuditLines(text)); diff != "" {
		t.Errorf("read back (-want +got):\n%s\nfrom %s", diff, text)
	}
	for _, odd := range []string{
		"", "*OFF-1* (told here, because its thread cannot be written): Done · #1 `" + one + "`", "OFF-1 · x · #1 `" + one + "`",
		"*OFF-1* · x · #1 `" + one[1:] + "`", " *OFF-1* · x · #1 `" + one + "`", "*OFF-1* · x · #1 `" + one + "` and more", "*OFF-99999999999* · x · #1 `" + one + "`",
	} {
		if got := cards.ReadAuditLines(odd); len(got) != 0 {
			t.Errorf("%q is read as %v", odd, got)
		}
	}
}
