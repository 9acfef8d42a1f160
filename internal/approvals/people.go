package approvals

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Ask is a person's wish for a new request. It is decided over an empty Request.
type Ask struct {
	By        Person
	Requester bool // By is one of the requesters
	Plan      Plan
	Policy    Policy // the strictest of all that match
	Reason    string
	Guard     Guard
	// Linked is the request of unseen outcome that this one takes over from; nil: none.
	Linked *Request
}

func (a Ask) decide(_ *Request, now time.Time) ([]Event, error) {
	if !a.Requester || !a.By.Known() {
		return nil, refuse(NotRequester, "You may not ask for offboardings here. Nothing was done. "+
			"Ask somebody who may, or have yourself added to the requesters in the bot's configuration.")
	}
	if len(a.Plan.Steps) == 0 {
		return nil, refuse(NotNow, "There is no account to act on. Nothing was done.")
	}
	if err := a.Guard.Check(a.Plan, a.Policy.Approvals); err != nil {
		return nil, err
	}
	if a.Plan.Concerns(a.By) {
		return nil, refuse(OwnAccount, "This account is your own. Nothing was done. Somebody else must ask for it.")
	}
	if err := a.alreadyThere(); err != nil {
		return nil, err
	}
	if err := CheckNotBefore(a.Plan.NotBefore, now); err != nil {
		return nil, err
	}
	e := Event{Kind: Requested, By: a.By, Plan: &a.Plan, Policy: &a.Policy, Reason: a.Reason}
	if a.Linked != nil {
		e.Linked, e.Sent = a.Linked.ID, a.Linked.sent()
	}
	return []Event{e}, nil
}

func (a Ask) alreadyThere() error {
	for _, s := range a.Plan.Steps {
		if Reached(s.Action, s.Account.State) {
			return refuse(AlreadyThere, fmt.Sprintf("The account %s at %s is already %s (%s). Nothing was done, and nothing is left to do.",
				s.Account.ID, s.Account.Provider, s.Account.State, stateText(s.Account)))
		}
	}
	return nil
}

func (r *Request) sent() bool {
	for _, p := range r.Steps {
		if p.Sent {
			return true
		}
	}
	return r.Earlier
}

// Approve is a person's consent to the plan with Digest.
type Approve struct {
	By       Person
	Approver bool // By is one of the approvers, read just now
	Digest   string
	Typed    string   // what was typed, where the policy asks for that
	Fills    []string // the quotas of the policy that By is of, read just now
}

func (a Approve) decide(r *Request, now time.Time) ([]Event, error) {
	if err := r.mayDecide(a.By, a.Approver, now); err != nil {
		return nil, err
	}
	if contains(r.approvers(), a.By) {
		return nil, refuse(AlreadyYours, "You have approved "+r.Name()+" already. Your approval counts once.")
	}
	if r.State != StatePending {
		return nil, refuse(AlreadyDecided, r.Name()+" has enough approvals already. Nothing was added.")
	}
	if a.Digest != r.Digest {
		return nil, refuse(PlanChanged, r.Name()+" has changed since this card was shown to you. "+
			"Nothing was recorded. Read the card again, then decide.")
	}
	if err := a.checkTyped(r); err != nil {
		return nil, err
	}
	return []Event{{Kind: Approved, By: a.By, Digest: r.Digest, Fills: a.Fills, Typed: r.Policy.Confirm == ConfirmTyped}}, nil
}

// mayDecide refuses whoever may not approve or deny the request now.
func (r *Request) mayDecide(by Person, right bool, now time.Time) error {
	switch {
	case r.State.Ended():
		return refuse(AlreadyDecided, fmt.Sprintf("%s is already over (%s). Nothing was recorded.", r.Name(), r.State.Words()))
	case r.Concerns(by):
		return refuse(OwnAccount, r.Name()+" is about your own account. Nothing was recorded. Somebody else must decide.")
	case r.Requester.Same(by):
		return refuse(OwnRequest, "You asked for "+r.Name()+" yourself, so a second person must decide. Nothing was recorded. "+
			"To take it back, use Withdraw.")
	case !right || !by.Known():
		return refuse(NotApprover, "You are not one of the approvers. Nothing was recorded. Ask one of them to look at "+r.Name()+".")
	case r.State == StatePending && !now.Before(r.Expires):
		return refuse(OutOfTime, "The time to decide on "+r.Name()+" is over. Nothing was recorded. Ask again if it is still wanted.")
	}
	return nil
}

func (r *Request) approvers() []Person {
	out := make([]Person, 0, len(r.Approvals))
	for _, c := range r.Approvals {
		out = append(out, c.By)
	}
	return out
}

// Deny is a no. It counts while the request is pending, and while it is held. It carries no digest: a no to whatever the card shows harms nobody.
type Deny struct {
	By    Person
	Right bool // By may deny, read just now
}

func (d Deny) decide(r *Request, now time.Time) ([]Event, error) {
	err := r.mayDecide(d.By, d.Right, now)
	if f, ok := errors.AsType[*Refusal](err); ok && f.Code == NotApprover {
		return nil, refuse(NotApprover, "You are not one of those who may deny "+r.Name()+". Nothing was recorded.")
	}
	if err != nil {
		return nil, err
	}
	if r.State == StateExecuting {
		return nil, r.tooLate()
	}
	if r.State != StatePending && r.State != StateHeld {
		return nil, refuse(AlreadyDecided, r.Name()+" has enough approvals already. Nothing was recorded. "+
			"Until the call begins it can still be stopped, and withdrawn by the person who asked.")
	}
	return append([]Event{{Kind: Denied, By: d.By}}, r.endHeld("denied")...), nil
}

// Withdraw takes a request back, until the call begins: by who asked, or by whoever has the right to take back what others have asked for. The
// person to be removed may not save themselves so.
type Withdraw struct {
	By    Person
	Right bool // read just now; who asked needs none
}

func (w Withdraw) decide(r *Request, _ time.Time) ([]Event, error) {
	switch {
	case r.State.Ended():
		return nil, refuse(AlreadyDecided, fmt.Sprintf("%s is already over (%s). Nothing was recorded.", r.Name(), r.State.Words()))
	case !r.Requester.Same(w.By) && (!w.Right || !w.By.Known()):
		return nil, refuse(NotYours, "Only the person who asked for "+r.Name()+" may take it back. Nothing was recorded. "+r.instead())
	case !r.Requester.Same(w.By) && r.Concerns(w.By):
		return nil, refuse(OwnAccount, r.Name()+" is about your own account. Nothing was recorded. Somebody else must decide.")
	case r.State == StateExecuting:
		return nil, r.tooLate()
	}
	return append([]Event{{Kind: Withdrawn, By: w.By}}, r.endHeld("withdrawn")...), nil
}

// instead says what others than who asked can do about a request.
func (r *Request) instead() string {
	switch r.State { //nolint:exhaustive // in the others it is over
	case StateExecuting:
		return "It has begun, and cannot be stopped any more."
	case StateApproved, StateHeld:
		return "It can be stopped instead, with Stop on its card."
	default:
		return "An approver may deny it instead."
	}
}

func (r *Request) tooLate() error {
	return refuse(TooLate, r.Name()+" has begun. It cannot be stopped any more; the outcome will be told in its thread.")
}

// Refuse records that somebody's click was refused: once for each person and request, and only while the request is not over.
type Refuse struct {
	By     Person
	Button Button
	Reason string // a code
}

func (f Refuse) decide(r *Request, _ time.Time) ([]Event, error) {
	if r.State.Ended() || contains(r.Refusals, f.By) {
		return nil, nil
	}
	return []Event{{Kind: Refused, By: f.By, Button: f.Button, Reason: f.Reason}}, nil
}

// Resolve settles an unknown outcome by hand: one approver proposes, a second agrees by wishing the same. Neither of them has asked for the removal
// or is the person it is about: what they say is what the record will say, and nobody checks it after them.
type Resolve struct {
	By       Person
	Approver bool
	Done     bool // what the person saw at the provider
	Reason   string
	First    Standing // of who has proposed, asked just now; zero where nobody has
}

func (w Resolve) decide(r *Request, _ time.Time) ([]Event, error) {
	step, ok := r.unknownStep()
	if !ok {
		return nil, refuse(NotOpen, r.Name()+" has no unknown outcome to resolve. Nothing was recorded.")
	}
	if r.Concerns(w.By) {
		return nil, refuse(OwnAccount, r.Name()+" is about your own account. Nothing was recorded. Somebody else must decide.")
	}
	if r.Requester.Same(w.By) {
		return nil, refuse(OwnRequest, "You asked for "+r.Name()+" yourself, so two others must settle it. Nothing was recorded.")
	}
	if !w.Approver || !w.By.Known() {
		return nil, refuse(NotApprover, "Only approvers may resolve an unknown outcome. Nothing was recorded.")
	}
	if strings.TrimSpace(w.Reason) == "" {
		return nil, refuse(NotNow, "Give a reason: what you saw at the provider. Nothing was recorded.")
	}
	e := Event{Kind: Proposed, By: w.By, Step: step, Outcome: byHand(w.Done), Reason: w.Reason}
	p := r.Proposal
	if p == nil || p.Step != step || p.Outcome != e.Outcome {
		return []Event{e}, nil
	}
	if p.By.Same(w.By) || w.First.Person.Same(w.By) {
		return nil, refuse(AlreadyYours, "You have proposed this already. A second approver must agree with the same command.")
	}
	if w.First.ID != p.By.ID {
		return nil, refuse(NotNow, "Somebody else has proposed this in the same moment. Nothing was recorded. Type it again to agree.")
	}
	if w.First.gone(r, nil) != "" {
		return []Event{e}, nil
	}
	e.Kind = Resolved
	e.Proof = fmt.Sprintf("resolved by hand by two people: %s; %s", p.Reason, w.Reason)
	return []Event{e}, nil
}

func byHand(done bool) Outcome {
	if done {
		return Done
	}
	return NotDone
}

func (r *Request) unknownStep() (int, bool) {
	for i, p := range r.Steps {
		if p.Outcome == Unknown || p.Outcome == Unseen {
			return i, true
		}
	}
	return 0, false
}
