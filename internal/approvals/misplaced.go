package approvals

// misplaced reports whether an event stands where this version never writes one. It was written by another version, or by nobody of ours, and
// what folding it would come to is anybody's guess.
func (r *Request) misplaced(e Event) bool {
	begins := e.Kind == Requested || e.Kind == Frozen
	if begins != (len(r.Faces) == 0) {
		return true // a log begins with one of the two, and with nothing else
	}
	switch e.Kind { //nolint:exhaustive // the rest may stand anywhere behind the beginning
	case Requested:
		return e.Plan == nil || e.Policy == nil || len(e.Plan.Steps) == 0
	case Drifted, Rescheduled:
		return r.Freeze || e.Plan != nil && len(e.Plan.Steps) != len(r.Steps)
	case Approved, Denied, Withdrawn, Expired, Lapsed, Tightened, Held, Released, Stopped, Proposed:
		return r.Freeze
	case ThawAsked, Thawed:
		return !r.Freeze
	default:
		return false
	}
}
