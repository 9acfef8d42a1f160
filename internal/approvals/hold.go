package approvals

import "time"

// ready lets the request begin under approvals that were complete at a time.
func (r *Request) ready(at time.Time) {
	r.State, r.ApprovedAt = StateApproved, at
	r.Until = at.Add(r.Policy.CoolOff)
	if r.Plan.NotBefore.After(r.Until) {
		r.Until = r.Plan.NotBefore
	}
	r.Window = r.Until.Add(r.Policy.Window)
}

// applyHold folds what may happen between the last approval and the begin. A held request has the time that people have to decide.
func (r *Request) applyHold(e Event) {
	switch e.Kind { //nolint:exhaustive // the caller's list
	case Held:
		r.hold(e.At)
	case Released:
		r.State, r.Released = StateApproved, true
		if !r.waitingOnly() {
			r.State = StateExecuting
		}
		r.Until, r.Window = e.At, e.At.Add(r.Policy.Window)
	case Stopped:
		r.State = StateStopped
	}
}

func (r *Request) hold(at time.Time) {
	r.State, r.Expires, r.Released = StateHeld, at.Add(r.Policy.Expires), false
}
