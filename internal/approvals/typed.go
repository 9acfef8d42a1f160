package approvals

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Tries is how often an approver may type something else than the card shows. After that somebody else must approve.
const Tries = 3

// TypedRight reports whether what an approver typed is the e-mail of every account in the plan, or its id where it has none.
// Letter case and surrounding spaces do not matter.
func (r *Request) TypedRight(typed string) bool {
	typed = strings.TrimSpace(typed)
	for _, s := range r.Plan.Steps {
		want := s.Account.Email
		if want == "" {
			want = s.Account.ID
		}
		if !strings.EqualFold(typed, want) {
			return false
		}
	}
	return len(r.Plan.Steps) > 0
}

// checkTyped refuses an approval whose policy asks for typing, unless it was typed right and within the tries.
func (a Approve) checkTyped(r *Request) error {
	switch {
	case r.Policy.Confirm != ConfirmTyped:
		return nil
	case r.TriesLeft(a.By) == 0:
		return refuse(LockedOut, fmt.Sprintf("You have typed something else than the card shows %d times, so you cannot approve %s any more. "+
			"Nothing was recorded. Somebody else must look at it.", Tries, r.Name()))
	case !r.TypedRight(a.Typed):
		return refuse(WrongTyped, "That is not what the card shows. You have not approved. Read the card again and type it exactly.")
	}
	return nil
}

// TriesLeft returns how often the person may still type something wrong.
func (r *Request) TriesLeft(who Person) int {
	n := Tries
	for _, p := range r.Slips {
		if p.Same(who) {
			n--
		}
	}
	return max(0, n)
}

// Slip records that an approver typed something else than the card shows. It is refused where the approval would be for another reason.
type Slip struct{ Approve }

func (s Slip) decide(r *Request, now time.Time) ([]Event, error) {
	_, err := s.Approve.decide(r, now)
	if f, ok := errors.AsType[*Refusal](err); ok && f.Code == WrongTyped {
		return []Event{{Kind: Mistyped, By: s.By}}, nil
	}
	return nil, err
}
