package commands_test

import (
	"errors"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/commands"
)

// held is Alice's request, which Bob has approved and a cap holds.
func (s *stage) held() {
	s.t.Helper()
	r := s.requested()
	s.happens(r, approvals.Event{Kind: approvals.Approved, At: s.at, By: approvals.Person{ID: bob, Email: "bob@example.com"}, Digest: r.Digest},
		approvals.Event{Kind: approvals.Held, At: s.at, Reason: "20 removals an hour is the cap for all", Until: s.at.Add(time.Hour)})
}

func TestReleasing(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		arrange func(s *stage)
		by      string
		says    string
		state   approvals.State
	}{
		"by a third approver, of a group": {nil, bea, "OFF-1 is released", approvals.StateApproved},
		"by who asked":                    {nil, alice, "You asked for OFF-1 yourself", approvals.StateHeld},
		"by who approved":                 {nil, bob, "You approved OFF-1 yourself", approvals.StateHeld},
		"by the person to be removed":     {nil, dana, "about your own account", approvals.StateHeld},
		"by somebody without the right":   {nil, carol, "not one of those who may release", approvals.StateHeld},
		"by a guest":                      {nil, gus, "Guests cannot.", approvals.StateHeld},
		"by one of its own": {func(s *stage) {
			s.set.Own = map[approvals.Right]commands.Rights{approvals.MayRelease: {Users: []string{carol}}}
		}, carol, "OFF-1 is released", approvals.StateApproved},
		"by an approver, where it is others' right": {func(s *stage) {
			s.set.Own = map[approvals.Right]commands.Rights{approvals.MayRelease: {Users: []string{carol}}}
		}, bea, "not one of those who may release", approvals.StateHeld},
		"while the group cannot be read": {func(s *stage) { s.dir.noGroups = errors.New("x") }, bea, "cannot check who you are", approvals.StateHeld},
		"while the group is empty":       {func(s *stage) { s.dir.groups["S1"] = nil }, bea, "not one of those who may release", approvals.StateHeld},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.held()
			if tc.arrange != nil {
				tc.arrange(s)
			}
			check(t, s.types(tc.by, "release OFF-1"), tc.says)
			if got := s.number(1); got.State != tc.state || got.Released != (tc.state == approvals.StateApproved) {
				t.Errorf("the request is %s", got.State)
			}
		})
	}
}

// What is held says so and what to do; what is not held is not released.
func TestWhatIsHeld(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.requested()
	check(t, s.types(bea, "release OFF-1"), "OFF-1 is not held")
	check(t, s.types(bea, "release OFF-9"), "There is no OFF-9")
	check(t, s.types(bea, "release"), "Say which request: release OFF-42.")
	held := newStage(t)
	held.held()
	check(t, held.types(bob, "status OFF-1"), "20 removals an hour is the cap for all. Somebody who neither asked nor approved may type `/goodbye release OFF-1`.")
	check(t, held.types(bob, "list"), "*OFF-1* held")
	check(t, held.types(alice, "withdraw OFF-1"), "OFF-1 is withdrawn")
}
