package approvals

import (
	"errors"
	"slices"
	"time"

	"offboard/internal/providers"
)

// Resends is how often an attempt that provably took no effect may be sent again.
const Resends = 3

// Fresh is for how long what was read of an account may still be compared with what was approved. A read with its retries takes less; a
// process that stood still in between does not.
const Fresh = 30 * time.Second

// Begin is the dispatcher's wish to make the call for a step. Now is the account as it was read this moment. It is decided into one of:
// the one-way door (Rechecked and Begun: the caller whose append succeeds makes the call, nobody else), an end without a call,
// Drifted, or Lapsed.
type Begin struct {
	Step     int
	Replica  string
	Deadline time.Time // when the call's outcome counts as unknown
	Now      providers.Account
	Asked    time.Time  // when the provider was asked for Now
	Standing []Standing // of everybody whose approval counts
	Releaser Standing   // of who let it begin over a cap; zero: nobody did
	People   time.Time  // when Slack was asked for Standing and Releaser
	Writes   bool       // whether the configuration has writes on now
	Guard    Guard
	Whose    Whose
	Policies []Policy // as they are configured now
}

func (b Begin) decide(r *Request, now time.Time) ([]Event, error) {
	if err := r.mayBegin(b.Step, now); err != nil {
		return nil, err
	}
	if stale(b.Asked, now) {
		return nil, refuse(NotNow, "what was read of the account is not fresh")
	}
	plan := r.planNow(b.Step, b.Now, b.Writes)
	plan.TargetGroups = b.Whose.Groups
	if why := b.forbidden(r, plan); why != "" {
		return []Event{{Kind: Ended, Step: b.Step, Outcome: NotDone, Proof: why + "; nothing was called"}}, nil
	}
	step := r.Plan.Steps[b.Step]
	if step.Account.ID == b.Now.ID && Reached(step.Action, b.Now.State) {
		return []Event{b.already(step)}, nil
	}
	if plan.Digest() != r.Digest {
		plan.Target = b.Whose.orKnown(plan.Target)
		drifted := Event{Kind: Drifted, Step: b.Step, Differences: r.differences(b.Step, b.Now, b.Writes), Plan: &plan}
		return append([]Event{drifted}, b.tightened(r, plan)...), nil
	}
	if first, err := b.lapsed(r, now); err != nil {
		return nil, err
	} else if first = append(first, b.tightened(r, plan)...); len(first) > 0 {
		return first, nil
	}
	if e, err := b.unreleased(r); err != nil || e != nil {
		return e, err
	}
	if !b.consented(r) {
		return nil, refuse(NotNow, "approvals do not suffice")
	}
	rechecked := Event{Kind: Rechecked, Step: b.Step}
	if !r.Plan.Writes {
		return []Event{rechecked, {
			Kind: Ended, Step: b.Step, Outcome: Rehearsed,
			Proof: "writes are off; read again: " + stateText(b.Now) + "; nothing was called",
		}}, nil
	}
	return []Event{rechecked, {
		Kind: Begun, Step: b.Step, Attempt: r.Steps[b.Step].Attempt + 1, Replica: b.Replica, Deadline: b.Deadline,
	}}, nil
}

// forbidden says why the account may not be touched at all as it is now; empty: it may.
func (b Begin) forbidden(r *Request, plan Plan) string {
	if f, ok := errors.AsType[*Refusal](b.Guard.Check(plan, r.Policy.Approvals)); ok {
		return f.since()
	}
	if plan.Concerns(r.Requester) || b.Whose.Target.Same(r.Requester) {
		return "by now the account is that of the person who asked"
	}
	return ""
}

func (b Begin) already(s Step) Event {
	e := Event{Kind: Ended, Step: b.Step, Outcome: Already, Proof: "read before the call: " + stateText(b.Now) + "; nothing was called"}
	if s.Action == providers.Deactivate && b.Now.State == providers.StateDeleted {
		e.Outcome = Elsewhere
	}
	return e
}

// mayBegin refuses unless the step is the next one owed and the time is right.
func (r *Request) mayBegin(step int, now time.Time) error {
	switch {
	case r.State != StateApproved && r.State != StateExecuting, step < 0, step >= len(r.Steps):
		return refuse(NotNow, "the request is "+string(r.State))
	case r.Steps[step].Running, r.Steps[step].Outcome != "", r.running():
		return refuse(NotNow, "a step has begun or ended")
	case now.Before(r.Until), now.Before(r.Plan.NotBefore):
		return refuse(NotNow, "it must wait")
	case !now.Before(r.Window):
		return refuse(OutOfTime, "the window is over")
	case r.Steps[step].Tries > Resends:
		return refuse(NotNow, "it was sent often enough")
	}
	return nil
}

func (r *Request) running() bool {
	for _, p := range r.Steps {
		if p.Running {
			return true
		}
	}
	return false
}

// consented counts again who has consented to the plan as it stands, from the record and by what was said of them right now.
func (b Begin) consented(r *Request) bool {
	var distinct []Person
	var counted []Consent
	for _, c := range r.Approvals {
		if s, ok := b.standing(c.By); ok && !contains(distinct, c.By) && !r.Requester.Same(c.By) && !r.Concerns(c.By) {
			distinct = append(distinct, c.By)
			counted = append(counted, Consent{By: c.By, Fills: s.Fills})
		}
	}
	return len(counted) > 0 && r.Policy.shortfall(counted).Enough()
}

// planNow is the plan with the step's account as it is now.
func (r *Request) planNow(step int, now providers.Account, writes bool) Plan {
	plan := r.Plan
	plan.Writes = writes
	plan.Steps = append([]Step(nil), r.Plan.Steps...)
	plan.Steps[step].Account = now
	return plan
}

func (r *Request) differences(step int, now providers.Account, writes bool) []Difference {
	out := Diff(r.Plan.Steps[step].Account, now)
	if writes != r.Plan.Writes {
		out = append(out, Difference{What: "writes", Before: onOff(r.Plan.Writes), After: onOff(writes)})
	}
	return out
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off (a rehearsal)"
}

// Moved notes that the provider's name stands for another host now than the card showed. An account with the same id and the same facts may
// well live there too (a copy of the one that was approved), so what was approved holds no more.
type Moved struct {
	Step int
	Host string
}

func (m Moved) decide(r *Request, now time.Time) ([]Event, error) {
	if err := r.mayBegin(m.Step, now); err != nil {
		return nil, err
	}
	before := r.Plan.Steps[m.Step].Host
	if before == m.Host {
		return nil, refuse(NotNow, "the host is as it was shown")
	}
	plan := r.planNow(m.Step, r.Plan.Steps[m.Step].Account, r.Plan.Writes)
	plan.Steps[m.Step].Host = m.Host
	return []Event{{
		Kind: Drifted, Step: m.Step, Differences: []Difference{{What: "host", Before: before, After: m.Host}}, Plan: &plan,
	}}, nil
}

// Missing is what the dispatcher saw when the account could not be read right before the call. Nothing is called.
type Missing struct {
	Step  int
	Sight providers.Sight
}

func (m Missing) decide(r *Request, now time.Time) ([]Event, error) {
	if err := r.mayBegin(m.Step, now); err != nil {
		return nil, err
	}
	e := Event{Kind: Ended, Step: m.Step, Proof: m.Sight.Text + "; nothing was called"}
	switch m.Sight.Verdict {
	case providers.Reached:
		e.Outcome = Already
	case providers.Elsewhere:
		e.Outcome = Elsewhere
	case providers.Invisible:
		e.Outcome = Unknown
	case providers.NotReached:
		return nil, refuse(NotNow, "the account can be seen")
	default:
		return nil, refuse(NotNow, "nothing was seen")
	}
	return []Event{e}, nil
}

// Postpone notes that a step could not be rechecked now.
type Postpone struct {
	Step  int
	Until time.Time
	Proof string
}

func (p Postpone) decide(r *Request, now time.Time) ([]Event, error) {
	if err := r.mayBegin(p.Step, now); err != nil {
		return nil, err
	}
	return []Event{{Kind: Waiting, Step: p.Step, Until: p.Until, Proof: p.Proof}}, nil
}

// Expire ends a request whose time to decide, or whose window, is over. Nothing happens when it is not.
type Expire struct{}

func (Expire) decide(r *Request, now time.Time) ([]Event, error) {
	switch {
	case r.State == StatePending && !now.Before(r.Expires):
		return []Event{{Kind: Expired, Reason: "not enough people approved in time"}}, nil
	case r.State == StateHeld && !now.Before(r.Expires):
		return r.expireHeld(), nil
	case r.State == StateApproved && !now.Before(r.Window) && r.tried():
		return r.endRest("no call took effect, and the window is over"), nil
	case r.State == StateApproved && !now.Before(r.Window):
		return []Event{{Kind: Expired, Reason: "it could not begin in its window" + r.lastWait()}}, nil
	case r.State == StateExecuting && !r.running() && !now.Before(r.Window):
		return r.endRest("it could not begin in its window" + r.lastWait() + "; nothing was called"), nil
	}
	return nil, nil
}

// lastWait is Waits, as the end of a sentence.
func (r *Request) lastWait() string {
	if why := r.Waits(); why != "" {
		return ": " + why
	}
	return ""
}

// Waits says why the step that is to begin does not, since it was last ready to; empty: it has not been put off.
func (r *Request) Waits() string { return r.waitBefore(len(r.Events)) }

// waitBefore is what Waits was before the event at an index.
func (r *Request) waitBefore(i int) string {
	for _, e := range slices.Backward(r.Events[:i]) {
		switch e.Kind { //nolint:exhaustive // telling and the like changes nothing about it
		case Waiting:
			return e.Proof
		case Approved, Drifted, Lapsed, Rescheduled, Tightened, Begun, Deferred, Ended, Held, Released:
			return ""
		}
	}
	return ""
}

func (r *Request) tried() bool {
	for _, p := range r.Steps {
		if p.Tries > 0 {
			return true
		}
	}
	return false
}

// endRest ends every step that has no outcome.
func (r *Request) endRest(proof string) []Event {
	var out []Event
	for i, p := range r.Steps {
		if p.Outcome == "" {
			out = append(out, Event{Kind: Ended, Step: i, Outcome: NotDone, Proof: proof})
		}
	}
	return out
}

// Doubt ends, as unknown, every step that has no outcome, because events that came later may be lost: a call that is not on record may have been
// made. It is read back like any other of unknown outcome, and nothing is called.
type Doubt struct{ Reason string }

func (d Doubt) decide(r *Request, _ time.Time) ([]Event, error) {
	var out []Event
	for i, p := range r.Steps {
		if p.Outcome == "" && !r.State.Ended() {
			out = append(out, Event{Kind: Ended, Step: i, Attempt: p.Attempt, Outcome: Unknown, Sent: true, Proof: d.Reason})
		}
	}
	return out, nil
}

// Remind notes that the approvers are reminded.
type Remind struct{}

func (Remind) decide(r *Request, now time.Time) ([]Event, error) {
	if at, ok := r.remindAt(); !ok || now.Before(at) {
		return nil, nil
	}
	return []Event{{Kind: Reminded}}, nil
}

// Alarm notes something about telling that people must know. Each reason once.
type Alarm struct{ Reason string }

func (a Alarm) decide(r *Request, _ time.Time) ([]Event, error) {
	for _, e := range r.Events {
		if e.Kind == Alarmed && e.Reason == a.Reason {
			return nil, nil
		}
	}
	return []Event{{Kind: Alarmed, Reason: a.Reason}}, nil
}

// Send is the wish to post the message with Key, which tells of everything up to Upto. It is a door that one poster passes at a time: it is
// refused when anything about that message, or a loss, was put on record after the version Seen, which the poster has looked at.
type Send struct {
	Key  string
	Upto int
	Seen int
}

func (w Send) decide(r *Request, _ time.Time) ([]Event, error) {
	if r.touched(w.Key, w.Seen) {
		return nil, refuse(NotNow, "somebody else has posted it, or is about to")
	}
	return []Event{{Kind: Sending, Key: w.Key, Upto: w.Upto}}, nil
}

// touched reports whether anything about a message, or a loss, was put on record after a version.
func (r *Request) touched(key string, seen int) bool {
	for _, e := range r.Events[min(seen, len(r.Events)):] {
		if e.Key == key || e.Kind == Lost {
			return true
		}
	}
	return false
}

// Receipt notes what Slack was told: an event of one of the receipt kinds. A failure is refused when the message was touched after the
// version Seen: it says nothing of what another poster has done since. Whatever went well is a fact.
type Receipt struct {
	Event Event
	Seen  int
}

func (w Receipt) decide(r *Request, _ time.Time) ([]Event, error) {
	if w.Event.Kind == Failed && w.Seen > 0 && r.touched(w.Event.Key, w.Seen) {
		return nil, refuse(NotNow, "somebody else has posted it, or is about to")
	}
	if !w.Event.Kind.Receipt() {
		return nil, refuse(NotNow, "not a receipt")
	}
	return []Event{w.Event}, nil
}
