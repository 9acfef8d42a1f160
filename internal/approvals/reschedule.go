package approvals

import (
	"fmt"
	"time"
)

// Furthest is how far ahead a removal may be scheduled.
const Furthest = 366 * 24 * time.Hour

// CheckNotBefore refuses a time that nothing can be scheduled for. The zero time is at once.
func CheckNotBefore(at, now time.Time) error {
	switch {
	case at.IsZero():
		return nil
	case !at.After(now):
		return refuse(BadTime, "That time has passed. Nothing was done. Name a time to come, or none to begin as soon as it is approved.")
	case at.After(now.Add(Furthest)):
		return refuse(BadTime, "That is more than a year ahead. Nothing was done. Name a time within a year.")
	}
	return nil
}

// Reschedule moves the time before which no step begins. It is part of what people approve, so all approvals are void.
type Reschedule struct {
	By        Person
	Right     bool      // By may do so to what others have asked for, read just now; who asked needs none
	NotBefore time.Time // zero: at once
}

func (w Reschedule) decide(r *Request, now time.Time) ([]Event, error) {
	own := r.Requester.Same(w.By)
	switch {
	case r.State.Ended():
		return nil, refuse(AlreadyDecided, fmt.Sprintf("%s is already over (%s). Nothing was recorded.", r.Name(), r.State.Words()))
	case !own && (!w.Right || !w.By.Known()):
		return nil, refuse(NotYours, "Only the person who asked for "+r.Name()+" may move it to another time. Nothing was recorded. Ask them.")
	case r.Concerns(w.By):
		return nil, refuse(OwnAccount, r.Name()+" is about your own account. Nothing was recorded. Somebody else must decide.")
	case r.State == StateExecuting:
		return nil, refuse(TooLate, r.Name()+" has begun. It cannot be moved any more; the outcome will be told in its thread.")
	case r.State == StatePending && !now.Before(r.Expires):
		return nil, refuse(OutOfTime, "The time to decide on "+r.Name()+" is over. Nothing was recorded. Ask again if it is still wanted.")
	}
	if err := CheckNotBefore(w.NotBefore, now); err != nil {
		return nil, err
	}
	plan := r.Plan
	plan.NotBefore = w.NotBefore
	if plan.Digest() == r.Digest {
		return nil, refuse(NotNow, r.Name()+" is scheduled for that time already. Nothing was recorded.")
	}
	return []Event{{Kind: Rescheduled, By: w.By, Plan: &plan}}, nil
}

// reschedule asks people again, for the same removal at another time.
func (r *Request) reschedule(e Event) {
	if e.Plan == nil {
		r.Foreign = true
		return
	}
	r.Approvals, r.Drift = nil, nil
	r.reopen(e.At)
	r.show(*e.Plan)
}
