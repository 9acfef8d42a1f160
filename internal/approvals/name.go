package approvals

import (
	"strconv"

	"offboard/internal/providers"
)

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
	case StatePending, StateApproved, StateExecuting, StateDone, StateDenied, StateWithdrawn, StateExpired,
		StateHeld, StateStopped, StateFrozen, StateThawed:
		return string(s)
	default:
		return string(s)
	}
}

// Verb is what the step does, as the vendor's own people call it: "terminate" and "terminated", "delete" and "deleted".
func (s Step) Verb() (do, done string) {
	switch s.Action {
	case providers.Delete:
		if s.Vendor == "ECGrid" {
			return "terminate", "terminated"
		}
		return "delete", "deleted"
	case providers.Deactivate:
		return "deactivate", "deactivated"
	default:
		return "change", "changed"
	}
}
