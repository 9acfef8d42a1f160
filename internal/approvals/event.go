package approvals

import (
	"time"

	"offboard/internal/providers"
)

// Kind says what an event is.
type Kind string

// Decisions and deeds. They are chained and audited.
const (
	Requested   Kind = "requested"   // By asked for Plan, under Policy, with Reason; Linked: it takes over from another request
	Approved    Kind = "approved"    // By consents to the plan with Digest
	Denied      Kind = "denied"      // By says no
	Withdrawn   Kind = "withdrawn"   // By, who asked or may do it for others, takes it back
	Expired     Kind = "expired"     // the time to decide, or the window to begin, is over
	Reminded    Kind = "reminded"    // the approvers are reminded once
	Refused     Kind = "refused"     // By clicked Button and was refused with Reason; once for each person and request
	Mistyped    Kind = "mistyped"    // By typed something else than the card shows
	Drifted     Kind = "drifted"     // the account changed: Differences; approvals are void; Plan is what is asked for now
	Lapsed      Kind = "lapsed"      // right before Step, By's approval, or their release, counts no more: Reason
	Rechecked   Kind = "rechecked"   // Step's account was read again and is as approved
	Begun       Kind = "begun"       // the one-way door: Step, Attempt, Replica, Deadline
	Deferred    Kind = "deferred"    // the attempt provably took no effect (Proof); not before Until
	Ended       Kind = "ended"       // Step ended with Outcome and Proof
	Looked      Kind = "looked"      // Step of unknown outcome was read back: Verdict and Proof
	Unresolved  Kind = "unresolved"  // reading back did not tell: a human must look
	Superseded  Kind = "superseded"  // another request (Linked) has taken over the account
	Proposed    Kind = "proposed"    // By proposes to resolve the unknown outcome by hand, as Outcome, with Reason
	Resolved    Kind = "resolved"    // By, a second person, agrees: Step ended with Outcome
	Completed   Kind = "completed"   // every step has ended; State is the worst of them
	Tightened   Kind = "tightened"   // right before Step, the configuration asks for more than Policy did: Policy holds now
	Held        Kind = "held"        // right before Step, a cap was reached: Reason; there is room again at Until
	Released    Kind = "released"    // By, who neither asked nor approved, lets it begin over the cap
	Stopped     Kind = "stopped"     // By stops it between the last approval and the begin
	Rescheduled Kind = "rescheduled" // By moves it to another time; approvals are void; Plan is what is asked for now
	Alarmed     Kind = "alarmed"     // something about telling went wrong that people must know: Reason
)

// Deeds of a freeze, which is a log of its own. They are chained and audited.
const (
	Frozen    Kind = "frozen"     // By stops every begin, with Reason
	ThawAsked Kind = "thaw_asked" // By wants begins to go on, with Reason
	Thawed    Kind = "thawed"     // By, a second person, agrees: begins go on
)

// Receipts: what Slack was told. They are not chained and not audited.
const (
	Sending Kind = "sending" // the message with Key is about to be posted
	Told    Kind = "told"    // the message with Key stands at Place; for the card: it shows everything up to Upto
	Failed  Kind = "failed"  // telling Key failed (Proof); not before Until; Maybe: it may have been posted all the same
	Lost    Kind = "lost"    // the card (Key "card") or the thread (Key "thread") cannot be written any more: Proof
	Waiting Kind = "waiting" // Step could not be rechecked (Proof); not before Until
)

// Kinds lists every Kind.
func Kinds() []Kind {
	return []Kind{
		Requested, Approved, Denied, Withdrawn, Expired, Reminded, Refused, Mistyped, Drifted, Lapsed, Rechecked, Begun, Deferred, Ended, Looked,
		Unresolved, Superseded, Proposed, Resolved, Completed, Tightened, Held, Released, Stopped, Rescheduled, Alarmed, Frozen, ThawAsked, Thawed, Sending, Told, Failed, Lost, Waiting,
	}
}

// Receipt reports whether the kind is a receipt: not chained, not audited.
func (k Kind) Receipt() bool {
	return k == Sending || k == Told || k == Failed || k == Lost || k == Waiting
}

// Event is one thing that happened to a request. Which fields are set stands at its Kind.
type Event struct {
	Kind Kind
	At   time.Time
	By   Person

	Plan   *Plan
	Policy *Policy
	Reason string
	Linked string // id of another request
	Digest string
	Button Button

	Fills []string // Approved: the names of the policy's quotas that By can fill
	Typed bool     // Approved: By typed what the card shows
	// Filled says which quotas those who approved can fill now, by the id of each. Tightened: it counts in the place of their Fills
	Filled map[string][]string

	Step     int // index into Plan.Steps
	Attempt  int // 1 and up
	Replica  string
	Deadline time.Time
	Until    time.Time

	Outcome  Outcome
	Proof    string // one plain clause or two: what shows it
	Sent     bool   // a write of ours may have reached the provider (Requested: an earlier, linked request's)
	Answered int    // HTTP status the write was answered with; 0: none
	Verdict  providers.Verdict
	State    State

	Differences []Difference

	Key   string
	Place Place
	Upto  int // Seq of the last event that a card shows
	Maybe bool

	// Seq and Hash are the event's place and hash in the journal. They are set when it is read from there.
	Seq  int
	Hash string
}

// Place is where a Slack message stands.
type Place struct {
	Channel string
	TS      string
}

// Known reports whether the place is set.
func (p Place) Known() bool { return p.TS != "" }

// Button is what people click on a card.
type Button string

// The buttons of a card.
const (
	ButtonApprove  Button = "approve"
	ButtonDeny     Button = "deny"
	ButtonWithdraw Button = "withdraw"
	ButtonStop     Button = "stop"
)

// Outcome is how a step ended.
type Outcome string

// The outcomes.
const (
	Done      Outcome = "done"      // on the provider's own success answer, or a conclusive read after our call
	Already   Outcome = "already"   // it was so before: no call of ours did it
	Elsewhere Outcome = "elsewhere" // deactivation was asked for, and somebody else deleted the account
	NotDone   Outcome = "not_done"  // certainly not done
	Rehearsed Outcome = "rehearsed" // writes are off: nothing was called
	Unseen    Outcome = "unseen"    // not done, as far as can be seen: looked at again after an hour and a day
	Unknown   Outcome = "unknown"   // may have been done: being read back, then a human must look
)

// Outcomes lists every Outcome.
func Outcomes() []Outcome {
	return []Outcome{Done, Already, Elsewhere, NotDone, Rehearsed, Unseen, Unknown}
}

// Final reports whether the outcome can never change.
func (o Outcome) Final() bool { return o != Unknown && o != Unseen && o != "" }

// State is where a request stands in its life.
type State string

// The states of a request.
const (
	StatePending   State = "pending"
	StateApproved  State = "approved"
	StateExecuting State = "executing"
	StateDone      State = "done"
	StatePartly    State = "partly_done"
	StateNotDone   State = "not_done"
	StateUnknown   State = "unknown"
	StateDenied    State = "denied"
	StateWithdrawn State = "withdrawn"
	StateExpired   State = "expired"
	StateHeld      State = "held"    // enough have approved, and a cap is reached: somebody else must release it
	StateStopped   State = "stopped" // somebody stopped it before it began
	StateFrozen    State = "frozen"  // a freeze that holds
	StateThawed    State = "thawed"  // a freeze that is over
)

// States lists every State.
func States() []State {
	return []State{
		StatePending, StateApproved, StateExecuting, StateDone, StatePartly, StateNotDone, StateUnknown,
		StateDenied, StateWithdrawn, StateExpired, StateHeld, StateStopped, StateFrozen, StateThawed,
	}
}

// Ended reports whether people can decide nothing more and no call will leave.
func (s State) Ended() bool {
	return s != StatePending && s != StateApproved && s != StateExecuting && s != StateHeld && s != StateFrozen
}
