package approvals_test

import (
	"strings"
	"testing"

	"offboard/internal/approvals"
)

// Whoever may not take a request back, or comes too late to deny it, is told what can be done about it as it stands.
func TestWhatCanBeDoneInstead(t *testing.T) {
	t.Parallel()
	approved := func(t *testing.T) *approvals.Request {
		t.Helper()
		r := requested(t, 1)
		return wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	}
	begun := func(t *testing.T) *approvals.Request {
		t.Helper()
		r := approved(t)
		return wished(t, r, beginning(r, patsAcc), morning)
	}
	pending := func(t *testing.T) *approvals.Request { t.Helper(); return requested(t, 1) }
	withdraw, deny := approvals.Withdraw{By: third}, approvals.Deny{By: third, Right: true}
	for name, tc := range map[string]struct {
		as   func(*testing.T) *approvals.Request
		wish approvals.Wish
		code approvals.Code
		says string
	}{
		"withdraw what is pending":    {pending, withdraw, approvals.NotYours, "An approver may deny it instead."},
		"withdraw what is approved":   {approved, withdraw, approvals.NotYours, "It can be stopped instead, with Stop on its card."},
		"withdraw what is held":       {held, withdraw, approvals.NotYours, "It can be stopped instead, with Stop on its card."},
		"withdraw what has begun":     {begun, withdraw, approvals.NotYours, "It has begun, and cannot be stopped any more."},
		"deny what is approved":       {approved, deny, approvals.AlreadyDecided, "Until the call begins it can still be stopped"},
		"deny what has begun":         {begun, deny, approvals.TooLate, "has begun. It cannot be stopped any more"},
		"withdraw one's own as begun": {begun, approvals.Withdraw{By: asker}, approvals.TooLate, "has begun. It cannot be stopped any more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := approvals.Decide(tc.as(t), tc.wish, morning)
			if code(err) != tc.code || !strings.Contains(words(err), tc.says) {
				t.Errorf("%q: %s", code(err), words(err))
			}
		})
	}
}
