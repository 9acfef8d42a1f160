package cards

import (
	"encoding/json"
	"fmt"

	"github.com/slack-go/slack"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
)

// BlockDecide is the block id of a card's buttons.
const BlockDecide = "decide"

// Value is what a card's buttons carry: which request, and which plan was shown. A hint only, to be checked against the record.
type Value struct {
	Request string `json:"r"`
	Digest  string `json:"d"`
}

// buttons offers what can still be done; nil: nothing.
func buttons(r *approvals.Request) slack.Block {
	switch r.State {
	case approvals.StatePending:
		return slack.NewActionBlock(BlockDecide, approve(r), button(r, approvals.ButtonDeny, "Deny"), withdraw(r))
	case approvals.StateApproved, approvals.StateHeld:
		return slack.NewActionBlock(BlockDecide, withdraw(r), button(r, approvals.ButtonStop, "Stop"))
	case approvals.StateExecuting, approvals.StateDone, approvals.StatePartly, approvals.StateNotDone, approvals.StateUnknown,
		approvals.StateDenied, approvals.StateWithdrawn, approvals.StateExpired,
		approvals.StateStopped, approvals.StateFrozen, approvals.StateThawed:
		return nil
	default:
		return nil
	}
}

func button(r *approvals.Request, b approvals.Button, label string) *slack.ButtonBlockElement {
	value, _ := json.Marshal(Value{Request: r.ID, Digest: r.Digest}) // two texts always encode
	return slack.NewButtonBlockElement(string(b), string(value), plain(label, mostButton))
}

func withdraw(r *approvals.Request) *slack.ButtonBlockElement {
	return button(r, approvals.ButtonWithdraw, "Withdraw")
}

// approve has a confirm dialog, unless approving opens a form anyway. The dialog is comfort, not control.
func approve(r *approvals.Request) *slack.ButtonBlockElement {
	b := button(r, approvals.ButtonApprove, "Approve").WithStyle(slack.StyleDanger)
	if r.Policy.Confirm != approvals.ConfirmTyped {
		b = b.WithConfirm(confirm(r))
	}
	return b
}

func confirm(r *approvals.Request) *slack.ConfirmationBlockObject {
	return slack.NewConfirmationBlockObject(
		plain("Approve "+r.Name()+"?", mostConfirmTitle), plain(confirmText(r), mostConfirmText),
		plain("Approve", mostButton), plain("Go back", mostButton),
	).WithStyle(slack.StyleDanger)
}

// confirmText says what cannot be undone before it names the account, so that no long name can push it out.
func confirmText(r *approvals.Request) string {
	out := ""
	switch {
	case !r.Plan.Writes:
		out = "Rehearsal: nothing will be changed. "
	case !r.Plan.Reversible():
		out = "This is permanent and cannot be undone. "
	}
	if !r.Plan.NotBefore.IsZero() {
		out += "Not before " + mrkdwn.UTC(r.Plan.NotBefore) + ". "
	}
	if len(r.Plan.Steps) != 1 {
		return out + fmt.Sprintf("%d steps, as the card lists them.", len(r.Plan.Steps))
	}
	s := r.Plan.Steps[0]
	const idShown = 40
	return out + fmt.Sprintf("%s the account with id %s at %s: %s", capital(verbOf(s).do), mrkdwn.Short(s.Account.ID, idShown),
		vendor(s), mrkdwn.Name(s.Account.Name, s.Account.ID))
}
