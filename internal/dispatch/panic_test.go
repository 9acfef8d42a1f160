package dispatch_test

import (
	"strings"
	"testing"

	"offboard/internal/approvals"
	"offboard/internal/providers"
)

// A provider that panics on what it reads costs neither what it answered to the call nor the end of the request.
func TestAPanicWhileReading(t *testing.T) {
	t.Parallel()
	looks := func() (providers.Sight, error) { panic("boom") }
	unanswered := func(int, *idp) (providers.Answer, error) { return fail(providers.UnknownOutcome, 0) }
	for name, tc := range map[string]struct {
		idp   *idp
		ends  func(*approvals.Request) bool
		proof string
		calls int
	}{
		"back, after a success": {&idp{look: looks}, inState(approvals.StateDone), "IDP answered 200", 1},
		"back, after no answer": {
			&idp{look: looks, do: unanswered},
			func(r *approvals.Request) bool { return r.Steps[0].Human }, "", 1,
		},
		"before the call": {
			&idp{read: func(int) (providers.Account, error) { panic("boom") }},
			inState(approvals.StateExpired), "", 0,
		},
		"who the bot is": {&idp{self: func() (providers.Account, error) { panic("boom") }}, inState(approvals.StateExpired), "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, tc.idp, func(s *stage) {
				r := s.until("over", tc.ends)
				if got := r.Steps[0].Proof; !strings.Contains(got, tc.proof) || s.idp.called() != tc.calls {
					t.Errorf("%q after %d calls", got, s.idp.called())
				}
			})
		})
	}
}
