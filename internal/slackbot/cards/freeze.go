package cards

import (
	"github.com/slack-go/slack"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
)

// freezeCard shows a freeze: a request that stops all others, and has no account.
func freezeCard(r *approvals.Request) Message {
	text := r.Name() + " · " + freezeTitle(r)
	body := ":octagonal_sign: *No call begins while this holds.* What has begun already is read back and told."
	if r.State.Ended() {
		body = "*The freeze is over.* Calls begin again."
	}
	return Message{Text: mrkdwn.Cut(text, mostText), Blocks: []slack.Block{
		slack.NewHeaderBlock(plain(text, mostHeader)), section(body), section(asked(r)),
	}}
}

func freezeTitle(r *approvals.Request) string {
	if r.State.Ended() {
		return "the freeze is over"
	}
	return "everything is stopped"
}
