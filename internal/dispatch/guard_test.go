package dispatch_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/providers"
)

// guards answers whom never.
type guards struct {
	guard func() (approvals.Guard, approvals.Whose, error)
	heirs func() (*approvals.Heirs, error)
	asked []approvals.Whom
}

func (g *guards) Guard(_ context.Context, q approvals.Whom) (approvals.Guard, approvals.Whose, error) {
	g.asked = append(g.asked, q)
	if g.guard == nil {
		return approvals.Guard{}, approvals.Whose{}, nil
	}
	return g.guard()
}

func (g *guards) Heirs(context.Context, approvals.Person, approvals.Person, approvals.Policy) (*approvals.Heirs, error) {
	if g.heirs == nil {
		return nil, nil
	}
	return g.heirs()
}

// What holds right before the call ends the request without one.
func TestWhomNeverRightBeforeTheCall(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		idp    *idp
		guards *guards
		why    string
	}{
		"protected": {&idp{}, &guards{guard: func() (approvals.Guard, approvals.Whose, error) {
			return approvals.Guard{Shields: []approvals.Shield{{Domain: "example.com"}}}, approvals.Whose{}, nil
		}}, "protected since"},
		"in a protected group": {&idp{}, &guards{guard: func() (approvals.Guard, approvals.Whose, error) {
			return approvals.Guard{Shields: []approvals.Shield{{Group: "S1"}}}, approvals.Whose{Groups: []string{"S1"}}, nil
		}}, "protected since"},
		"the requester's, by another address": {&idp{}, &guards{guard: func() (approvals.Guard, approvals.Whose, error) {
			return approvals.Guard{}, approvals.Whose{Target: approvals.Person{ID: "W1", Also: []string{"U1"}}}, nil
		}}, "the person who asked"},
		"the last approver": {&idp{}, &guards{heirs: func() (*approvals.Heirs, error) { return &approvals.Heirs{}, nil }}, "too few people"},
		"the last administrator": {&idp{peers: func() (providers.Peers, error) { return providers.Peers{Role: "OWNER"}, nil }}, &guards{},
			"nobody else administers"},
		"the bot's own": {&idp{self: func() (providers.Account, error) { return providers.Account{ID: pat.ID}, nil }}, &guards{}, "the bot's own"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, tc.idp)
				defer s.close()
				s.guards = tc.guards
				s.approve(s.ask(true))
				s.run("a", true)
				r := s.until("not done", inState(approvals.StateNotDone))
				if p := r.Steps[0]; s.idp.called() != 0 || !strings.Contains(p.Proof, tc.why) {
					t.Errorf("%d calls; %s", s.idp.called(), p.Proof)
				}
				if q := tc.guards.asked; len(q) != 1 || q[0].Account.Email != pat.Email {
					t.Errorf("asked %+v", q)
				}
			})
		})
	}
}

// While it cannot be read whom never, nothing is called, and the reason is on record without what the reading answered; once it can be read,
// the call goes out.
func TestWithoutTheListNothingIsCalled(t *testing.T) {
	t.Parallel()
	unread := &approvals.Unreadable{What: "the list", Err: errors.New("MARKED")}
	for name, away := range map[string]func(p *idp, g *guards, still func() bool){
		"the list": func(_ *idp, g *guards, still func() bool) {
			g.guard = func() (approvals.Guard, approvals.Whose, error) {
				if still() {
					return approvals.Guard{}, approvals.Whose{}, unread
				}
				return approvals.Guard{}, approvals.Whose{}, nil
			}
		},
		"the approvers": func(_ *idp, g *guards, still func() bool) {
			g.heirs = func() (*approvals.Heirs, error) {
				if still() {
					return nil, unread
				}
				return nil, nil
			}
		},
		"the administrators": func(p *idp, _ *guards, still func() bool) {
			p.peers = func() (providers.Peers, error) {
				if still() {
					return providers.Peers{}, errors.New("MARKED")
				}
				return providers.Peers{Role: "OWNER", Others: 1}, nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, g := &idp{}, &guards{}
				s := newStage(t, p)
				defer s.close()
				back := time.Now().Add(3 * time.Minute)
				away(p, g, func() bool { return time.Now().Before(back) })
				s.guards = g
				s.approve(s.ask(true))
				s.run("a", true)
				r := s.until("done", inState(approvals.StateDone))
				if s.idp.called() != 1 || r.Steps[0].EndedAt.Before(back) {
					t.Errorf("%d calls, ended at %s, before %s", s.idp.called(), r.Steps[0].EndedAt, back)
				}
				for _, e := range r.Events {
					if strings.Contains(e.Proof, "MARKED") {
						t.Errorf("on record: %q", e.Proof)
					}
				}
				if !has(r, approvals.Waiting) {
					t.Error("that it waited is not on record")
				}
			})
		})
	}
}
