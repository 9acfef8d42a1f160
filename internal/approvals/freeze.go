package approvals

// applyFreeze folds the deeds of a freeze. It has a plan of no steps: nobody approves it, and nothing of it begins.
func (r *Request) applyFreeze(e Event) {
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
