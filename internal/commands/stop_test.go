package commands_test

import (
	"errors"
	"testing"

	"offboard/internal/approvals"
	"offboard/internal/commands"
)

// approved is Alice's request, which Bob has approved.
func (s *stage) approved() *approvals.Request {
	s.t.Helper()
	r := s.requested()
	s.happens(r, approvals.Event{Kind: approvals.Approved, At: s.at, By: approvals.Person{ID: bob, Email: "bob@example.com"}, Digest: r.Digest})
	return s.number(1)
}

// Any requester and any approver stops what is approved, by the button or by the word; the person to be removed and everybody else does not.
func TestStopping(t *testing.T) {
	t.Parallel()
	own := func(s *stage) {
		s.set.Own = map[approvals.Right]commands.Rights{approvals.MayStop: {Users: []string{carol}}}
	}
	unread := func(s *stage) { // she is an approver by the group alone
		s.set.Requesters.Users, s.dir.noGroups = []string{alice}, errors.New("x")
	}
	for name, tc := range map[string]struct {
		arrange func(s *stage)
		by      string
		refused string
	}{
		"by who asked":                              {nil, alice, ""},
		"by who approved":                           {nil, bob, ""},
		"by another, of a group":                    {nil, bea, ""},
		"by the person to be removed":               {nil, dana, "about your own account"},
		"by somebody without the right":             {nil, carol, "not one of those who may stop"},
		"by a guest":                                {nil, gus, "Guests cannot."},
		"by one of its own":                         {own, carol, ""},
		"by an approver, where it is others' right": {own, bob, "not one of those who may stop"},
		"while the group cannot be read":            {unread, bea, "cannot check who you are"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for how, stop := range map[string]func(s *stage, r *approvals.Request) outcome{
				"pressed": func(s *stage, r *approvals.Request) outcome { return s.send(s.click(tc.by, approvals.ButtonStop, r)) },
				"typed":   func(s *stage, _ *approvals.Request) outcome { return s.types(tc.by, "stop OFF-1") },
			} {
				s := newStage(t)
				r := s.approved()
				if tc.arrange != nil {
					tc.arrange(s)
				}
				o := stop(s, r)
				want := approvals.StateApproved
				if tc.refused == "" {
					want = approvals.StateStopped
				}
				if got := s.number(1).State; got != want {
					t.Errorf("%s: the request is %s, want %s", how, got, want)
				}
				if tc.refused != "" || how == "typed" {
					checkText(t, o, map[bool]string{true: "OFF-1 is stopped", false: tc.refused}[tc.refused == ""])
				}
			}
		})
	}
}

// What is pending is denied or withdrawn, not stopped; and a refused press is on record.
func TestStoppingTooEarly(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	r := s.requested()
	check(t, s.send(s.click(bea, approvals.ButtonStop, r)), "is not approved yet")
	d := decisions(s.number(1))
	if len(d) != 1 || d[0].Kind != approvals.Refused || d[0].Button != approvals.ButtonStop || d[0].Reason != string(approvals.TooEarly) {
		t.Errorf("on record: %+v", d)
	}
	check(t, s.types(bea, "stop"), "Say which request: stop OFF-42.")
}
