package approvals

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Hold is the dispatcher's wish after a cap has refused the begin of a step. The request does not go on by itself when there is room again:
// somebody who has neither asked nor approved must have looked.
type Hold struct {
	Step   int
	Reason string    // which cap
	Free   time.Time // when there is room again
}

func (h Hold) decide(r *Request, now time.Time) ([]Event, error) {
	if err := r.mayBegin(h.Step, now); err != nil {
		return nil, err
	}
	if r.Released {
		return nil, refuse(NotNow, "it was released")
	}
	return []Event{{Kind: Held, Step: h.Step, Reason: h.Reason, Until: h.Free}}, nil
}

// Release lets a held request begin over the caps. It is for somebody else than all who have had a part in it: a cap is there for the case
// that they work together, or that their accounts are in the wrong hands.
type Release struct {
	By    Person
	Right bool // By may release, read just now
}

func (w Release) decide(r *Request, now time.Time) ([]Event, error) {
	switch {
	case r.State.Ended():
		return nil, refuse(AlreadyDecided, fmt.Sprintf("%s is already over (%s). Nothing was recorded.", r.Name(), r.State.Words()))
	case r.State != StateHeld:
		return nil, refuse(NotHeld, r.Name()+" is not held. Nothing was recorded, and nothing needs to be released.")
	case r.Concerns(w.By):
		return nil, refuse(OwnAccount, r.Name()+" is about your own account. Nothing was recorded. Somebody else must decide.")
	case r.Requester.Same(w.By):
		return nil, refuse(OwnRequest, "You asked for "+r.Name()+" yourself. Nothing was recorded. Somebody who neither asked nor approved must release it.")
	case contains(r.approvers(), w.By):
		return nil, refuse(OwnApproval, "You approved "+r.Name()+" yourself. Nothing was recorded. Somebody who neither asked nor approved must release it.")
	case !w.Right || !w.By.Known():
		return nil, refuse(NotApprover, "You are not one of those who may release "+r.Name()+". Nothing was recorded.")
	case !now.Before(r.Expires):
		return nil, refuse(OutOfTime, "The time to release "+r.Name()+" is over. Nothing was recorded. Ask again if it is still wanted.")
	}
	return []Event{{Kind: Released, By: w.By}}, nil
}

// Releaser is who let it begin over a cap, under the approvals that count now; unknown: nobody did.
func (r *Request) Releaser() Person {
	if !r.Released {
		return Person{}
	}
	return r.Last(Released).By
}

// unreleased returns an event where the release counts no more: who gave it has lost the right since, or is known by now to have had a part in the
// request. Then it is held again.
func (b Begin) unreleased(r *Request) ([]Event, error) {
	by := r.Releaser()
	if !by.Known() {
		return nil, nil
	}
	if b.Releaser.ID != by.ID {
		return nil, refuse(NotNow, "who released it was not asked about")
	}
	counted := make([]Person, 0, len(r.Approvals))
	for _, c := range r.Approvals {
		s, _ := b.standing(c.By)
		counted = append(counted, s.Person)
	}
	if why := cmp.Or(b.Releaser.gone(r, counted), b.Whose.own(b.Releaser.Person)); why != "" {
		return []Event{{Kind: Lapsed, Step: b.Step, By: by, Reason: why}}, nil
	}
	return nil, nil
}

// Last is the last event of a kind; its Kind is empty where there is none.
func (r *Request) Last(k Kind) Event {
	for _, e := range slices.Backward(r.Events) {
		if e.Kind == k {
			return e
		}
	}
	return Event{}
}

// expireHeld ends a held request that nobody released.
func (r *Request) expireHeld() []Event {
	const why = "it was held over a cap, and nobody released it in time"
	if out := r.endHeld(why); len(out) > 0 {
		return out
	}
	return []Event{{Kind: Expired, Reason: why}}
}

// endHeld ends the steps that are left of a held request of which some are over: it ends by what its steps have come to. None: nothing of it had
// begun.
func (r *Request) endHeld(why string) []Event {
	if r.waitingOnly() {
		return nil
	}
	return r.endRest(why + "; nothing was called")
}
