package cards_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"offboard/internal/audit"
	"offboard/internal/slackbot/cards"
)

func TestDigest(t *testing.T) {
	t.Parallel()
	to := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	span := audit.Habits{From: to.AddDate(0, 0, -7), To: to}
	calm, busy, crowded := span, span, span
	calm.Requests, calm.Approvers = 2, []audit.Approver{{Name: "carol@example.com", Approved: 1, Denied: 1}}
	busy.Requests = 31
	busy.Approvers = []audit.Approver{
		{Name: "bob@example.com", Approved: 20, Timed: 20, Hasty: 15}, {Name: "<!channel> <@U0BOB>", Approved: 3, Timed: 2, Hasty: 1},
	}
	busy.Pairs = []audit.Pair{{
		One: audit.Half{Name: "alice@example.com", Asked: 5, ByOther: 5}, Other: audit.Half{Name: "bob@example.com", Asked: 4, ByOther: 4},
	}}
	for i := range 60 {
		crowded.Approvers = append(crowded.Approvers, audit.Approver{
			Name: fmt.Sprintf("%s%d@example.com", strings.Repeat("someone.with.a.long.name", 5), i), Approved: 99, Timed: 99, Hasty: 99,
		})
	}
	for name, h := range map[string]audit.Habits{"empty": span, "calm": calm, "busy": busy, "crowded": crowded} {
		m := cards.Digest(h)
		golden(t, "digest_"+name, m)
		check(t, m)
		if strings.Contains(m.Text, "<") {
			t.Errorf("%s addresses somebody: %s", name, m.Text)
		}
		if len(cards.ReadAuditLines(m.Text)) > 0 {
			t.Errorf("%s is taken for lines about requests", name)
		}
	}
}
