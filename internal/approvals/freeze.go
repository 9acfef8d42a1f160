package approvals

import "time"

// FreezeKey is what a freeze reserves while it holds: every begin is written on the condition that nobody does. No account's key is like it
// (see Step.Key: those begin with a quote).
const FreezeKey = "freeze"

// thawHolds is for how long the first of two people's word to end a freeze waits for the second's.
const thawHolds = time.Hour

// applyFreeze folds the deeds of a freeze. It has a plan of no steps: nobody approves it, and nothing of it begins.
func (r *Request) applyFreeze(e Event) {
	if first := len(r.Events) == 1; first != (e.Kind == Frozen) || !first && !r.Freeze {
		r.Foreign = true
		return
	}
	switch e.Kind { //nolint:exhaustive // the caller's list
	case Frozen:
		r.State, r.Freeze = StateFrozen, true
		r.show(Plan{})
		r.Requester, r.Reason, r.Created = e.By, e.Reason, e.At
		r.Tells = map[string]Telling{}
	case ThawAsked:
		r.Thaw = &e
	case Thawed:
		r.State = StateThawed
	}
}

// Freeze is a person's wish that nothing begins any more. It is decided over an empty Request.
type Freeze struct {
	By     Person
	Right  bool // By may freeze, read just now
	Reason string
}

func (w Freeze) decide(r *Request, _ time.Time) ([]Event, error) {
	switch {
	case !w.Right || !w.By.Known():
		return nil, refuse(NotApprover, "You may not stop everything here. Nothing was stopped. Ask one of the approvers.")
	case len(r.Events) > 0:
		return nil, refuse(NotNow, "a freeze is a log of its own")
	}
	return []Event{{Kind: Frozen, By: w.By, Reason: w.Reason}}, nil
}

// Thaw is one approver's word to end a freeze; a second one's ends it. Whoever froze may be one of the two.
type Thaw struct {
	By     Person
	Right  bool // By may unfreeze, read just now
	Reason string
	First  Standing // of who has asked before, asked just now; zero where nobody has
}

func (w Thaw) decide(r *Request, now time.Time) ([]Event, error) {
	switch {
	case !r.Freeze:
		return nil, refuse(NotNow, r.Name()+" is no freeze. Nothing was recorded.")
	case r.State.Ended():
		return nil, refuse(AlreadyDecided, "The freeze "+r.Name()+" is over already. Nothing was recorded.")
	case !w.Right || !w.By.Known():
		return nil, refuse(NotApprover, "You are not one of the approvers, so you cannot end the freeze "+r.Name()+". Nothing was recorded.")
	}
	asked := Event{Kind: ThawAsked, By: w.By, Reason: w.Reason}
	first := r.ThawAsked(now)
	if first == nil {
		return []Event{asked}, nil
	}
	if first.By.Same(w.By) || w.First.Person.Same(w.By) {
		return nil, refuse(AlreadyYours, "You have asked for the end of "+r.Name()+" already. A second approver must type the same.")
	}
	if w.First.ID != first.By.ID {
		return nil, refuse(NotNow, "Somebody else has asked for the end of "+r.Name()+" in the same moment. Nothing was recorded. Type it again to agree.")
	}
	if w.First.Why != "" || !w.First.Person.Known() {
		return []Event{asked}, nil // who asked before may not any more: this is the first of two again
	}
	return []Event{{Kind: Thawed, By: w.By, Reason: w.Reason}}, nil
}

// ThawAsked is the word to end the freeze that a second person can agree to now; nil: there is none.
func (r *Request) ThawAsked(now time.Time) *Event {
	if r.Thaw == nil || r.State != StateFrozen || !now.Before(r.Thaw.At.Add(thawHolds)) {
		return nil
	}
	return r.Thaw
}

// freezes refuses every wish that a freeze has no use for: nothing but two people's word ends one.
func (r *Request) freezes(w Wish) error {
	if !r.Freeze {
		return nil
	}
	switch w.(type) {
	case Thaw, Refuse, Doubt, Send, Receipt, Alarm:
		return nil
	default:
		return refuse(NotNow, r.Name()+" is a freeze, not a removal. Nothing was recorded. Two approvers end it: each types unfreeze.")
	}
}
