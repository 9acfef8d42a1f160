package cards

import (
	"fmt"

	"github.com/slack-go/slack"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
)

// freezeCard shows a freeze: a request that stops all others, and has no account.
func freezeCard(r *approvals.Request) Message {
	text := r.Name() + " · " + freezeTitle(r)
	return Message{Text: mrkdwn.Cut(text, mostText), Blocks: []slack.Block{
		slack.NewHeaderBlock(plain(text, mostHeader)), section(freezeStanding(r)), section(frozenBy(r)),
	}}
}

func freezeTitle(r *approvals.Request) string {
	if r.State.Ended() {
		return "the freeze is over"
	}
	return "everything is stopped"
}

func freezeStanding(r *approvals.Request) string {
	if r.State.Ended() {
		return "*The freeze is over*" + endedBy(r) + " Calls begin again."
	}
	out := ":octagonal_sign: *No call begins while this holds.* What had begun before is not stopped; it is read back and told. " +
		"Requests can be made and approved; their time runs on. Two approvers end it: each types the command with *unfreeze*, " + notHere + "."
	if t := r.Thaw; t != nil {
		out += fmt.Sprintf("\n%s asked to end it on %s%s A second approver must agree within an hour of that.",
			mrkdwn.Person(t.By.ID), mrkdwn.Time(t.At), clause(t.Reason))
	}
	return out
}

func endedBy(r *approvals.Request) string {
	for _, e := range r.Events {
		if e.Kind == approvals.Thawed && r.Thaw != nil {
			return ", by the word of " + mrkdwn.Person(r.Thaw.By.ID) + " and " + mrkdwn.Person(e.By.ID) + "."
		}
	}
	return "."
}

func frozenBy(r *approvals.Request) string {
	why := mrkdwn.Short(r.Reason, clauseLength)
	if why == "" {
		why = "(no reason given)"
	}
	return "*Stopped by* " + mrkdwn.Person(r.Requester.ID) + " on " + mrkdwn.Time(r.Created) + "\n*Why:* " + why
}
