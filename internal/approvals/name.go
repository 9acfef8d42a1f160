package approvals

import "strconv"

// Name is how people say a request: OFF-42.
func (r *Request) Name() string { return Name(r.Number) }

// Name is how people say the request with this running number.
func Name(number int) string { return "OFF-" + strconv.Itoa(number) }

// Words is the state as people say it.
func (s State) Words() string {
	switch s {
	case StatePartly:
		return "partly done"
	case StateNotDone:
		return "not done"
	case StateUnknown:
		return "outcome unknown"
	case StatePending, StateApproved, StateExecuting, StateDone, StateDenied, StateWithdrawn, StateExpired:
		return string(s)
	default:
		return string(s)
	}
}
