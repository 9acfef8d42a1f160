package dispatch_test

import (
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
)

// Where all that is asked right before the call takes so long that the first answer is old by the end, nothing is called on it. The card says why,
// it is asked again less and less often, and once the answers come in time the call goes out.
func TestAnswersThatComeTooSlowly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, &idp{})
		defer s.close()
		quick := time.Now().Add(10 * time.Minute)
		asked := 0
		s.guards = &guards{guard: func() (approvals.Guard, approvals.Whose, error) {
			if asked++; time.Now().Before(quick) {
				<-time.After(16 * time.Second)
			}
			return approvals.Guard{}, approvals.Whose{}, nil
		}}
		s.people = func(who []approvals.Person) ([]approvals.Standing, error) {
			if time.Now().Before(quick) {
				<-time.After(16 * time.Second)
			}
			return people(nil).Standing(t.Context(), who, nil)
		}
		s.approve(s.ask(true))
		s.run("a", true)
		r := s.until("waiting", func(r *approvals.Request) bool { return r.Waits() != "" })
		if r.State != approvals.StateApproved || r.Waits() != "what is asked right before the call was answered too slowly" {
			t.Errorf("%s, waits: %q", r.State, r.Waits())
		}
		r = s.until("done", inState(approvals.StateDone))
		if s.idp.called() != 1 || r.Steps[0].EndedAt.Before(quick) || asked > 14 {
			t.Errorf("%d calls, ended at %s, before %s; asked %d times", s.idp.called(), r.Steps[0].EndedAt, quick, asked)
		}
	})
}
