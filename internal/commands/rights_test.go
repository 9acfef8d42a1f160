package commands_test

import (
	"errors"
	"testing"

	"offboard/internal/approvals"
	"offboard/internal/commands"
)

// Each right that is given to people of its own is theirs and nobody else's, read when it is used; an empty or unreadable group is nobody.
func TestRightsOfTheirOwn(t *testing.T) {
	t.Parallel()
	const own = "S2"
	only := func(r approvals.Right) func(s *stage) {
		return func(s *stage) {
			s.set.Own = map[approvals.Right]commands.Rights{r: {Groups: []string{own}}}
			s.dir.groups[own] = []string{carol}
		}
	}
	for name, tc := range map[string]struct {
		arrange func(s *stage)
		by      string
		button  approvals.Button
		says    string
		state   approvals.State
	}{
		"deny by an approver":             {only(approvals.MayDeny), bob, deny, "not one of those who may deny", approvals.StatePending},
		"deny by one of its own":          {only(approvals.MayDeny), carol, deny, "", approvals.StateDenied},
		"approve by one who may deny":     {only(approvals.MayDeny), carol, approve, "not one of the approvers", approvals.StatePending},
		"deny, and the group is empty":    {func(s *stage) { only(approvals.MayDeny)(s); s.dir.groups[own] = nil }, carol, deny, "not one of those who may deny", approvals.StatePending},
		"deny, and it cannot be read":     {func(s *stage) { only(approvals.MayDeny)(s); s.dir.noGroups = errors.New("x") }, carol, deny, "cannot check who you are", approvals.StatePending},
		"withdraw by an approver":         {only(approvals.MayWithdraw), bob, withdraw, "Only the person who asked", approvals.StatePending},
		"withdraw by one of its own":      {only(approvals.MayWithdraw), carol, withdraw, "", approvals.StateWithdrawn},
		"withdraw by who asked":           {only(approvals.MayWithdraw), alice, withdraw, "", approvals.StateWithdrawn},
		"withdraw, and it cannot be read": {func(s *stage) { only(approvals.MayWithdraw)(s); s.dir.noGroups = errors.New("x") }, carol, withdraw, "cannot check who you are", approvals.StatePending},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			tc.arrange(s)
			r := s.requested()
			check(t, s.send(s.click(tc.by, tc.button, r)), tc.says)
			if got := s.number(1).State; got != tc.state {
				t.Errorf("the request is %s, want %s", got, tc.state)
			}
		})
	}
}

// Who released is asked about by the right that they used, as it is now.
func TestTheReleasersRightIsReadAgain(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		arrange func(s *stage)
		by      string
		why     string
	}{
		"an approver": {func(*stage) {}, bob, ""},
		"no approver": {func(*stage) {}, carol, "they are not one of those who may release any more"},
		"one of those with the right of its own": {func(s *stage) {
			s.set.Own = map[approvals.Right]commands.Rights{approvals.MayRelease: {Users: []string{carol}}}
		}, carol, ""},
		"an approver, where others have the right": {func(s *stage) {
			s.set.Own = map[approvals.Right]commands.Rights{approvals.MayRelease: {Users: []string{carol}}}
		}, bob, "they are not one of those who may release any more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			tc.arrange(s)
			if got, err := s.service().Releaser(t.Context(), approvals.Person{ID: tc.by}); err != nil || got.Why != tc.why || got.ID != tc.by {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	s := newStage(t)
	s.set.Own = map[approvals.Right]commands.Rights{approvals.MayRelease: {Groups: []string{"S2"}}}
	s.dir.noGroups = errors.New("x")
	if _, err := s.service().Releaser(t.Context(), approvals.Person{ID: bob}); err == nil {
		t.Error("a group that cannot be read is somebody")
	}
}

// Typed, a right counts as clicked; and whoever has one may look.
func TestARightOfItsOwnTyped(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.set.Own = map[approvals.Right]commands.Rights{approvals.MayWithdraw: {Users: []string{carol}}}
	s.requested()
	check(t, s.types(carol, "status OFF-1"), "*OFF-1* pending")
	check(t, s.types(bob, "withdraw OFF-1"), "Only the person who asked")
	check(t, s.types(carol, "withdraw OFF-1"), "OFF-1 is withdrawn")
}

// Who proposed must still be an approver when the second agrees. Then the second's word is the first of two.
func TestResolvingReadsBothRightsAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	r := s.requested()
	ended(s, r, approvals.Unknown)
	check(t, s.types(alice, "resolve OFF-1 done I saw it"), "You asked for OFF-1 yourself, so two others must settle it")
	check(t, s.types(bea, "resolve OFF-1 done I saw it"), "Recorded. A second approver must agree")
	s.dir.groups["S1"] = nil
	check(t, s.types(bob, "resolve OFF-1 done I saw it"), "The proposal of <@"+bea+"> counts no more")
	if got := s.number(1); got.State != approvals.StateUnknown || got.Proposal.By.ID != bob {
		t.Fatalf("the request is %s, proposed by %s", got.State, got.Proposal.By.ID)
	}
	s.dir.groups["S1"] = []string{bea}
	check(t, s.types(bea, "resolve OFF-1 done I saw it"), "OFF-1 is resolved by hand.")
}
