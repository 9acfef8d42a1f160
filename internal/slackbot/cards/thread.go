package cards

import (
	"cmp"
	"fmt"
	"strings"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
)

// ThreadLine says one event of a request as one plain sentence or a few: what happened, and what it means for those who read the
// thread. Command is what people type, "/offboard". It has no blocks. It is empty for receipts, which nobody is told. Only where a
// cap holds a request, or everything is stopped, does it address those with the ids in ping (people and user groups): without them nothing goes on.
func ThreadLine(r *approvals.Request, e approvals.Event, command string, ping ...string) Message {
	if e.Step < 0 || e.Step >= len(r.Plan.Steps) {
		e.Step = 0
	}
	out := happened(r, e)
	if deed(e.Kind) {
		out = subject(r, e.Step) + out
	}
	next := advice(r, e, command)
	switch e.Kind { //nolint:exhaustive // the others address nobody else
	case approvals.Held:
		next = letGo(r, e, command, ping)
	case approvals.Frozen:
		next = letAllGo(r, command, ping)
	}
	if next != "" {
		out += " " + next
	}
	return sentence(out)
}

// deed reports whether an event is about one step.
func deed(k approvals.Kind) bool {
	switch k { //nolint:exhaustive // the rest is about the request
	case approvals.Rechecked, approvals.Begun, approvals.Deferred, approvals.Ended, approvals.Looked, approvals.Unresolved,
		approvals.Proposed, approvals.Resolved:
		return true
	default:
		return false
	}
}

// Happened says what an event is, to nobody in particular and without what to do about it. It is empty for receipts.
func Happened(r *approvals.Request, e approvals.Event) string {
	if e.Step < 0 || e.Step >= len(r.Plan.Steps) {
		e.Step = 0
	}
	return happened(r, e)
}

// happened says what happened, to nobody in particular: the thread and the audit channel are both told that.
func happened(r *approvals.Request, e approvals.Event) string {
	switch e.Kind {
	case approvals.Requested, approvals.Approved, approvals.Denied, approvals.Withdrawn, approvals.Expired, approvals.Reminded,
		approvals.Refused, approvals.Mistyped, approvals.Drifted, approvals.Rescheduled, approvals.Lapsed, approvals.Tightened, approvals.Held, approvals.Released, approvals.Stopped,
		approvals.Frozen, approvals.ThawAsked, approvals.Thawed:
		return decision(r, e)
	case approvals.Rechecked, approvals.Begun, approvals.Deferred, approvals.Ended, approvals.Looked, approvals.Unresolved,
		approvals.Proposed, approvals.Resolved:
		return progress(r, e)
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

func decision(r *approvals.Request, e approvals.Event) string {
	by := mrkdwn.Person(e.By.ID)
	switch e.Kind { //nolint:exhaustive // the caller's list
	case approvals.Requested:
		return "Asked for by " + by + ". Reason" + clause(cmp.Or(mrkdwn.Clean(e.Reason), "(none)"))
	case approvals.Approved:
		past := asOf(r, e)
		return fmt.Sprintf("Approved by %s (%s%d of %d).", by, named(e.Fills, "; "), len(past.Approvals), past.Policy.Approvals)
	case approvals.Denied:
		return fmt.Sprintf("Denied by %s. %s", by, untouched(r))
	case approvals.Withdrawn:
		return fmt.Sprintf("Withdrawn by %s. %s", by, untouched(r))
	case approvals.Expired:
		return "Expired" + clause(e.Reason) + " " + untouched(r)
	case approvals.Reminded:
		past := asOf(r, e)
		return fmt.Sprintf("Reminder: a decision is needed until %s. There are %d of %d approvals.", mrkdwn.Time(past.Expires), len(past.Approvals),
			past.Policy.Approvals)
	case approvals.Refused:
		return fmt.Sprintf("A click on %s by %s was refused%s", capital(mrkdwn.Short(string(e.Button), nameLength)), by,
			clause(strings.ReplaceAll(e.Reason, "_", " "))) // the reason is a code
	case approvals.Mistyped:
		return fmt.Sprintf("%s typed something else than the card shows (%s).", by, tries(r, e))
	case approvals.Drifted:
		return "This is not what was approved any more: " + differences(e.Differences) + ". All approvals are void, and nothing was called."
	case approvals.Rescheduled:
		return fmt.Sprintf("Moved by %s: %s. Earlier approvals are void.", by, scheduled(movedTo(e)))
	case approvals.Lapsed:
		return fmt.Sprintf("%s %s counts no more%s Nothing was called.", whatLapsed(r, e), by, clause(e.Reason))
	case approvals.Tightened:
		return tightened(r, e)
	case approvals.Held:
		return "Held" + overCap(e) + " Nothing was called."
	case approvals.Released:
		return fmt.Sprintf("Released by %s, over the cap.", by)
	case approvals.Stopped:
		return fmt.Sprintf("Stopped by %s. %s", by, untouched(r))
	case approvals.Frozen:
		return fmt.Sprintf("Everything is stopped by %s. Reason%s", by, clause(cmp.Or(mrkdwn.Clean(e.Reason), "(none)")))
	case approvals.ThawAsked:
		return fmt.Sprintf("%s wants to end the freeze. Reason%s", by, clause(cmp.Or(mrkdwn.Clean(e.Reason), "(none)")))
	case approvals.Thawed:
		return fmt.Sprintf("Agreed to by %s: the freeze is over. Reason%s", by, clause(cmp.Or(mrkdwn.Clean(e.Reason), "(none)")))
	default:
		return ""
	}
}

func progress(r *approvals.Request, e approvals.Event) string {
	s := r.Plan.Steps[e.Step]
	switch e.Kind { //nolint:exhaustive // the caller's list
	case approvals.Rechecked:
		return "Read again: unchanged."
	case approvals.Begun:
		return fmt.Sprintf("Calling %s to %s the account (attempt %d).", vendor(s), verbOf(s).do, e.Attempt)
	case approvals.Deferred:
		return fmt.Sprintf("Put off%s Nothing was done. It is sent again, not before %s.", clause(e.Proof), mrkdwn.Time(e.Until))
	case approvals.Ended:
		return outcomeWords(e.Outcome, s) + clause(e.Proof)
	case approvals.Looked:
		return looked(e)
	case approvals.Unresolved:
		return fmt.Sprintf("A human must look at %s for id %s: reading back did not tell whether the account was %s%s", where(s),
			mrkdwn.ID(s.Account.ID), verbOf(s).done, clause(e.Proof))
	case approvals.Proposed:
		return fmt.Sprintf("%s looked at %s and proposes to record “%s”%s", mrkdwn.Person(e.By.ID), vendor(s),
			lower(outcomeWords(e.Outcome, s)), clause(e.Reason))
	case approvals.Resolved:
		return "Agreed to by " + mrkdwn.Person(e.By.ID) + ". " + outcomeWords(e.Outcome, s) + clause(e.Proof)
	default:
		return ""
	}
}

func looked(e approvals.Event) string {
	if e.Verdict == "" {
		return "Looked again, and nothing could be seen" + clause(e.Proof)
	}
	return "Looked again" + clause(strings.TrimPrefix(e.Proof, "read back: "))
}

// tries counts the wrong tries of the person until then.
func tries(r *approvals.Request, e approvals.Event) string {
	n := 0
	for _, x := range r.Events {
		if x.Seq <= e.Seq && x.Kind == approvals.Mistyped && x.By.Same(e.By) {
			n++
		}
	}
	return fmt.Sprintf("wrong try %d of %d", n, approvals.Tries)
}

// advice says what an event means for those who wait for it, and what they can do next; empty: nothing to add.
func advice(r *approvals.Request, e approvals.Event, command string) string {
	asker := mrkdwn.Person(r.Requester.ID)
	switch e.Kind { //nolint:exhaustive // the rest needs none
	case approvals.Approved, approvals.Lapsed, approvals.Tightened:
		return whatNext(r, e, command)
	case approvals.Released:
		return waitingOr(r, beginsNow(r))
	case approvals.Denied:
		return asker + ", this request is closed."
	case approvals.Expired:
		return asker + ", ask again if it is still wanted."
	case approvals.Drifted, approvals.Rescheduled:
		return "Read the card again, then decide."
	case approvals.Ended, approvals.Resolved:
		return asker + ", " + meaning(r, r.Plan.Steps[e.Step], e.Outcome)
	case approvals.ThawAsked:
		return fmt.Sprintf("It counts for an hour. A second approver must agree and type %s: %s unfreeze.", notHere, command)
	case approvals.Thawed:
		return "What is approved and still in its window begins within a minute."
	case approvals.Unresolved:
		return fmt.Sprintf("%s, two approvers together can then record what they saw. Each types %s: %s resolve %s done|not-done reason.",
			asker, notHere, command, r.Name())
	case approvals.Proposed:
		return fmt.Sprintf("A second approver must agree and type %s: %s resolve %s %s reason.",
			notHere, command, r.Name(), resolveWord(e.Outcome))
	default:
		return ""
	}
}

// notHere: slash commands do not work inside threads (facts/slack.md).
const notHere = "in the channel, not in a thread"

func resolveWord(o approvals.Outcome) string {
	if o == approvals.Done {
		return "done"
	}
	return "not-done"
}

// meaning says what an outcome means for who asked.
func meaning(r *approvals.Request, s approvals.Step, o approvals.Outcome) string {
	done := verbOf(s).done
	switch o {
	case approvals.Done:
		return "the account is " + done + "."
	case approvals.Already:
		return "the account was " + done + " already, not by this request."
	case approvals.Elsewhere:
		return "the account was to be " + done + ", but it is deleted."
	case approvals.NotDone:
		return "the account was not " + done + ". If it is still wanted, ask again: a new request, with fresh approvals."
	case approvals.Rehearsed:
		return "with writes on, " + vendor(s) + " would have been called now."
	case approvals.Unseen:
		return "the account looks unchanged. It is looked at again after an hour and after a day, because a late call can still land. " +
			"If it is still wanted, ask again: a new request linked to " + r.Name() + ", with fresh approvals."
	case approvals.Unknown:
		return "the account may have been " + done + ". No second call will be made; it is being read back, and the outcome follows here."
	default:
		return "see the card."
	}
}
