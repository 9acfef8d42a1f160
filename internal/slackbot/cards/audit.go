package cards

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"offboard/internal/approvals"
	"offboard/internal/audit"
	"offboard/internal/mrkdwn"
)

// auditLine reports one event of a request: which request and account, what happened, and at its end the event's number and its whole
// hash, by which the channel's history witnesses the journal. It addresses nobody. The end is never cut off.
func auditLine(r *approvals.Request, e approvals.Event, most int) string {
	if e.Step < 0 || e.Step >= len(r.Plan.Steps) {
		e.Step = 0
	}
	end := fmt.Sprintf(" · #%d", e.Seq)
	if e.Hash != "" {
		end += " `" + mrkdwn.Short(e.Hash, nameLength) + "`"
	}
	line := fmt.Sprintf("*%s* · %s · %s", r.Name(), kindWords(r, e), account(r, e))
	if s := happened(r, e); s != "" {
		line += " · " + s
	}
	return mrkdwn.Cut(line, most-len([]rune(end))) + end
}

// AuditLines is one message with a line for each event; each line has the room that leaves every end whole.
func AuditLines(r *approvals.Request, events []approvals.Event) Message {
	lines := make([]string, 0, len(events))
	for _, e := range events {
		lines = append(lines, auditLine(r, e, (mostText+1)/max(1, len(events))-1))
	}
	return Message{Text: strings.Join(lines, "\n")}
}

// auditEnds are the two ends of a line, which nobody else's text can reach: it holds neither a line's end nor a backtick. What stands between them
// comes back from Slack as Slack likes it.
var auditEnds = regexp.MustCompile("^\\*OFF-([0-9]{1,9})\\* · .* #([0-9]{1,9}) `([0-9a-f]{64})`$")

// ReadAuditLines reads the lines of AuditLines back. What is none of them is left out.
func ReadAuditLines(text string) []audit.Line {
	var out []audit.Line
	for line := range strings.Lines(text) {
		found := auditEnds.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if found == nil {
			continue
		}
		number, _ := strconv.Atoi(found[1]) // digits, and few
		seq, _ := strconv.Atoi(found[2])
		out = append(out, audit.Line{Number: number, Seq: seq, Hash: found[3]})
	}
	return out
}

func kindWords(r *approvals.Request, e approvals.Event) string {
	switch e.Kind { //nolint:exhaustive // the others are words by themselves
	case approvals.Refused:
		return "click refused"
	case approvals.Drifted:
		return "changed"
	case approvals.Lapsed:
		if ofRelease(r, e) {
			return "release lapsed"
		}
		return "approval lapsed"
	case approvals.ThawAsked:
		return "end of the freeze asked for"
	case approvals.Thawed:
		return "freeze ended"
	case approvals.Begun:
		return "call begun"
	case approvals.Alarmed:
		return "alarm"
	default:
		return mrkdwn.Short(string(e.Kind), nameLength)
	}
}

// account names what the event is about: its step's account, or the whole plan.
func account(r *approvals.Request, e approvals.Event) string {
	if r.Freeze {
		return "everything"
	}
	rehearsal := ""
	if !r.Plan.Writes {
		rehearsal = " (rehearsal)"
	}
	n := len(r.Plan.Steps)
	if n == 0 {
		return "no account"
	}
	if n > 1 && !deed(e.Kind) {
		return fmt.Sprintf("%d steps%s", n, rehearsal)
	}
	s := r.Plan.Steps[e.Step]
	out := fmt.Sprintf("%s id %s at %s", verbOf(s).do, mrkdwn.Short(s.Account.ID, nameLength), where(s))
	if n > 1 {
		out += fmt.Sprintf(" (step %d of %d)", e.Step+1, n)
	}
	return out + rehearsal
}
