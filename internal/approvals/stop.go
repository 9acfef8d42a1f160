package approvals

import (
	"fmt"
	"time"
)

// Stop ends a request between its last approval and its begin. It is for everybody who has a say in removals, also in those of others, and so the
// cool-off is worth something: whoever sees a card that should not be there need not find who asked for it. The person to be removed may not.
type Stop struct {
	By    Person
	Right bool // By may stop, read just now
}

func (w Stop) decide(r *Request, _ time.Time) ([]Event, error) {
	switch {
	case r.State.Ended():
		return nil, refuse(AlreadyDecided, fmt.Sprintf("%s is already over (%s). Nothing was recorded.", r.Name(), r.State.Words()))
	case r.Concerns(w.By):
		return nil, refuse(OwnAccount, r.Name()+" is about your own account. Nothing was recorded. Somebody else must decide.")
	case !w.Right || !w.By.Known():
		return nil, refuse(NotApprover, "You are not one of those who may stop "+r.Name()+". Nothing was recorded.")
	case r.State == StateExecuting:
		return nil, r.tooLate()
	case r.State == StatePending:
		return nil, refuse(TooEarly, r.Name()+" is not approved yet, so nothing begins. Nothing was recorded. Deny or withdraw it instead.")
	}
	return append([]Event{{Kind: Stopped, By: w.By}}, r.endHeld("stopped")...), nil
}
