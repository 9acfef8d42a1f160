package cards

import (
	"fmt"
	"strings"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
)

// AuditLine reports one event of a request: which request and account, what happened, and at its end the event's number and its whole
// hash, by which the channel's history witnesses the journal. The end is never cut off.
func AuditLine(r *approvals.Request, e approvals.Event) Message {
	return Message{Text: auditLine(r, e, mostText)}
}

func auditLine(r *approvals.Request, e approvals.Event, most int) string {
	end := fmt.Sprintf(" · #%d", e.Seq)
	if e.Hash != "" {
		end += " `" + mrkdwn.Short(e.Hash, nameLength) + "`"
	}
	line := fmt.Sprintf("*%s* · %s · %s", r.Name(), kindWords(e.Kind), account(r, e))
	if s := reported(r, e); s != "" {
		line += " · " + s
	}
	return mrkdwn.Cut(line, most-len([]rune(end))) + end
}

// AuditLines is one message with a line for each event; each line has the room that leaves every end whole.
func AuditLines(r *approvals.Request, events []approvals.Event) Message {
	lines := make([]string, 0, len(events))
	for _, e := range events {
		lines = append(lines, auditLine(r, e, mostText/max(1, len(events))-1))
	}
	return Message{Text: strings.Join(lines, "\n")}
}

// reported is what the thread is told; of an outcome only the fact and its proof, since the audit channel needs no advice.
func reported(r *approvals.Request, e approvals.Event) string {
	if e.Kind == approvals.Ended && e.Step >= 0 && e.Step < len(r.Plan.Steps) {
		return outcomeWords(e.Outcome, r.Plan.Steps[e.Step]) + clause(e.Proof)
	}
	return said(r, e)
}

func kindWords(k approvals.Kind) string {
	switch k { //nolint:exhaustive // the others are words by themselves
	case approvals.Refused:
		return "click refused"
	case approvals.Drifted:
		return "changed"
	case approvals.Begun:
		return "call begun"
	case approvals.Alarmed:
		return "alarm"
	default:
		return mrkdwn.Short(string(k), nameLength)
	}
}

// account names what the event is about: its step's account, or the whole plan.
func account(r *approvals.Request, e approvals.Event) string {
	if len(r.Plan.Steps) == 0 {
		return "no account"
	}
	i := 0
	if e.Step > 0 && e.Step < len(r.Plan.Steps) {
		i = e.Step
	}
	s := r.Plan.Steps[i]
	out := fmt.Sprintf("%s %s id %s", verbOf(s).do, where(s), mrkdwn.Short(s.Account.ID, nameLength))
	if n := len(r.Plan.Steps); n > 1 {
		out += fmt.Sprintf(" (step %d of %d)", i+1, n)
	}
	if !r.Plan.Writes {
		out += " (rehearsal)"
	}
	return out
}
