package cards

import (
	"fmt"
	"strings"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
)

// ThreadLine says one event of a request as one plain sentence or a few. It has no blocks. It is empty for receipts, which nobody is
// told.
func ThreadLine(r *approvals.Request, e approvals.Event) Message {
	return sentence(said(r, e))
}

func said(r *approvals.Request, e approvals.Event) string {
	if e.Step < 0 || e.Step >= len(r.Plan.Steps) {
		e.Step = 0
	}
	switch e.Kind {
	case approvals.Requested, approvals.Approved, approvals.Denied, approvals.Withdrawn, approvals.Expired, approvals.Reminded,
		approvals.Refused, approvals.Drifted:
		return saidDecision(r, e)
	case approvals.Rechecked, approvals.Begun, approvals.Deferred, approvals.Ended, approvals.Looked, approvals.Unresolved,
		approvals.Proposed, approvals.Resolved:
		return subject(r, e.Step) + saidDeed(r, e)
	case approvals.Superseded:
		return "A new request, linked to this one, has taken over the account. Nothing more happens here."
	case approvals.Completed:
		return r.Name() + " is over: " + e.State.Words() + "."
	case approvals.Alarmed:
		return ":warning: Attention" + clause(e.Reason)
	case approvals.Sending, approvals.Told, approvals.Failed, approvals.Lost, approvals.Waiting:
		return ""
	default:
		return ""
	}
}

func saidDecision(r *approvals.Request, e approvals.Event) string {
	by := mrkdwn.Person(e.By.ID)
	switch e.Kind { //nolint:exhaustive // the caller's list
	case approvals.Requested:
		return by + " asked for this. Reason" + clause(orNone(e.Reason))
	case approvals.Approved:
		return saidApproved(r, e)
	case approvals.Denied:
		return fmt.Sprintf("Denied by %s. %s %s, this request is closed.", by, untouched(r), mrkdwn.Person(r.Requester.ID))
	case approvals.Withdrawn:
		return fmt.Sprintf("Withdrawn by %s. %s", by, untouched(r))
	case approvals.Expired:
		return fmt.Sprintf("Expired%s %s %s, ask again with /offboard if it is still wanted.",
			clause(e.Reason), untouched(r), mrkdwn.Person(r.Requester.ID))
	case approvals.Reminded:
		return fmt.Sprintf("Reminder: this still waits for a decision, until %s. %s.", mrkdwn.Time(r.Expires), tallyThen(r, e))
	case approvals.Refused:
		return fmt.Sprintf("A click on %s by %s was refused%s", mrkdwn.Short(string(e.Button), nameLength), by,
			clause(strings.ReplaceAll(e.Reason, "_", " "))) // the reason is a code
	case approvals.Drifted:
		return "Not what was approved any more, so all approvals are void and nothing was called: " + differences(e.Differences) +
			". Read the card again, then decide."
	default:
		return ""
	}
}

func saidApproved(r *approvals.Request, e approvals.Event) string {
	missing := max(0, r.Policy.Approvals-consents(r, e))
	out := fmt.Sprintf("Approved by %s (%d of %d). ", mrkdwn.Person(e.By.ID), consents(r, e), r.Policy.Approvals)
	switch {
	case missing == 1:
		return out + "1 more approval is needed."
	case missing > 1:
		return out + fmt.Sprintf("%d more approvals are needed.", missing)
	case !r.Plan.Writes:
		return out + "The rehearsal begins now."
	default:
		return out + "It begins now."
	}
}

func tallyThen(r *approvals.Request, e approvals.Event) string {
	return fmt.Sprintf("It has %d of %d approvals", consents(r, e), r.Policy.Approvals)
}

// consents counts the approvals that held when the event happened, itself included: the request may have gone on since.
func consents(r *approvals.Request, e approvals.Event) int {
	n := 0
	for _, x := range r.Events {
		if x.Seq > e.Seq {
			break
		}
		switch x.Kind { //nolint:exhaustive // the others change nothing about it
		case approvals.Approved:
			n++
		case approvals.Drifted:
			n = 0
		}
	}
	return n
}

func saidDeed(r *approvals.Request, e approvals.Event) string {
	s := r.Plan.Steps[e.Step]
	switch e.Kind { //nolint:exhaustive // the caller's list
	case approvals.Rechecked:
		return "Read again right before the call: unchanged."
	case approvals.Begun:
		return fmt.Sprintf("Calling %s to %s the account (attempt %d).", vendor(s), verbOf(s).do, e.Attempt)
	case approvals.Deferred:
		return fmt.Sprintf("Put off%s Nothing was done. It is sent again not before %s.", clause(e.Proof), mrkdwn.Time(e.Until))
	case approvals.Ended:
		return saidEnded(r, e)
	case approvals.Looked:
		return "Looked again" + clause(e.Proof)
	case approvals.Unresolved:
		return fmt.Sprintf("A human must look at %s for id %s: reading back did not tell whether the account was %s%s %s, "+
			"two approvers together can then record what they saw: /offboard resolve %s done|not-done reason.", where(s),
			mrkdwn.ID(s.Account.ID), verbOf(s).done, clause(e.Proof), mrkdwn.Person(r.Requester.ID), r.Name())
	case approvals.Proposed:
		return fmt.Sprintf("%s looked, and proposes to record: %s%s A second approver must agree: /offboard resolve %s %s reason.",
			mrkdwn.Person(e.By.ID), lower(outcomeWords(e.Outcome, s)), clause(e.Reason), r.Name(), resolveWord(e.Outcome))
	case approvals.Resolved:
		return fmt.Sprintf("Recorded by two people, last %s: %s", mrkdwn.Person(e.By.ID), saidEnded(r, e))
	default:
		return ""
	}
}

func resolveWord(o approvals.Outcome) string {
	if o == approvals.Done {
		return "done"
	}
	return "not-done"
}

// saidEnded is the outcome, its proof, and what it means for who asked.
func saidEnded(r *approvals.Request, e approvals.Event) string {
	s := r.Plan.Steps[e.Step]
	return outcomeWords(e.Outcome, s) + clause(e.Proof) + " " + mrkdwn.Person(r.Requester.ID) + ", " + meaning(r, s, e.Outcome)
}

func meaning(r *approvals.Request, s approvals.Step, o approvals.Outcome) string {
	const again = "ask again with the same /offboard command: a new request, with fresh approvals."
	done := verbOf(s).done
	switch o {
	case approvals.Done:
		return "the account is " + done + "."
	case approvals.Already:
		return "the account was " + done + " already, not by this request."
	case approvals.Elsewhere:
		return "the account was to be " + done + ", but it is deleted."
	case approvals.NotDone:
		return "the account was not " + done + ". If it is still wanted, " + again
	case approvals.Rehearsed:
		return "with writes on, the account would have been " + done + " now."
	case approvals.Unseen:
		return "the account is still there. It is looked at again after an hour and after a day, because a late call can still land. " +
			"To try again, ask with the same /offboard command: a new request linked to " + r.Name() + ", with fresh approvals."
	case approvals.Unknown:
		return "the account may have been " + done + ". No second call will be made; it is being read back, and the outcome follows here."
	default:
		return "see the card."
	}
}
