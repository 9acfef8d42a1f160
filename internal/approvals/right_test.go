package approvals_test

import (
	"testing"
	"time"

	"offboard/internal/approvals"
)

// Withdrawing what others have asked for takes a right, and the person to be removed does not save themselves by it.
func TestWithdrawingForOthers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		w    approvals.Withdraw
		want approvals.Code
	}{
		"who asked":                     {approvals.Withdraw{By: asker}, ""},
		"somebody without the right":    {approvals.Withdraw{By: second}, approvals.NotYours},
		"somebody with the right":       {approvals.Withdraw{By: second, Right: true}, ""},
		"the leaver with the right":     {approvals.Withdraw{By: leaver, Right: true}, approvals.OwnAccount},
		"nobody with the right":         {approvals.Withdraw{Right: true}, approvals.NotYours},
		"the leaver, without the right": {approvals.Withdraw{By: leaver}, approvals.NotYours},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := approvals.Decide(requested(t, 1), tc.w, morning); code(err) != tc.want {
				t.Errorf("%q, want %q", code(err), tc.want)
			}
		})
	}
}

// unknown is a request whose outcome nobody knows.
func unknown(t *testing.T) *approvals.Request {
	t.Helper()
	r := requested(t, 1)
	r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	r = wished(t, r, beginning(r, patsAcc), morning)
	return wished(t, r, approvals.Lose{}, morning.Add(2*time.Minute))
}

// Resolving by hand is for two approvers who neither asked for the removal nor are the person it is about, and who both may when the second
// agrees.
func TestWhoResolvesByHand(t *testing.T) {
	t.Parallel()
	fourth := approvals.Person{ID: "U4", Email: "fourth@example.com"}
	seen := func(by approvals.Person, first approvals.Standing) approvals.Resolve {
		return approvals.Resolve{By: by, Approver: true, Done: true, Reason: "seen", First: first}
	}
	sure := approvals.Standing{ID: third.ID, Person: third}
	for name, tc := range map[string]struct {
		second approvals.Resolve
		want   approvals.Code
		kind   approvals.Kind
	}{
		"another approver":                     {seen(fourth, sure), "", approvals.Resolved},
		"who approved the removal":             {seen(second, sure), "", approvals.Resolved},
		"the requester":                        {seen(asker, sure), approvals.OwnRequest, ""},
		"the leaver":                           {seen(leaver, sure), approvals.OwnAccount, ""},
		"no approver":                          {approvals.Resolve{By: fourth, Done: true, Reason: "seen", First: sure}, approvals.NotApprover, ""},
		"the proposer again":                   {seen(third, sure), approvals.AlreadyYours, ""},
		"the proposer, by another id":          {seen(approvals.Person{ID: "W3", Also: []string{"U3"}}, sure), approvals.AlreadyYours, ""},
		"who the proposer turns out to be":     {seen(fourth, approvals.Standing{ID: third.ID, Person: approvals.Person{ID: third.ID, Email: fourth.Email}}), approvals.AlreadyYours, ""},
		"a proposer who was not asked about":   {seen(fourth, approvals.Standing{}), approvals.NotNow, ""},
		"a proposer without the right":         {seen(fourth, approvals.Standing{ID: third.ID, Person: third, Why: "they are a guest now"}), "", approvals.Proposed},
		"a proposer who is gone":               {seen(fourth, approvals.Standing{ID: third.ID}), "", approvals.Proposed},
		"a proposer who is the requester":      {seen(fourth, approvals.Standing{ID: third.ID, Person: approvals.Person{ID: third.ID, Email: asker.Email}}), "", approvals.Proposed},
		"a proposer who is the leaver":         {seen(fourth, approvals.Standing{ID: third.ID, Person: approvals.Person{ID: third.ID, Email: leaver.Email}}), "", approvals.Proposed},
		"somebody who has seen something else": {approvals.Resolve{By: fourth, Approver: true, Reason: "still there"}, "", approvals.Proposed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := wished(t, unknown(t), seen(third, approvals.Standing{}), morning.Add(time.Hour))
			events, err := approvals.Decide(r, tc.second, morning.Add(time.Hour))
			if code(err) != tc.want {
				t.Fatalf("%q (%s), want %q", code(err), words(err), tc.want)
			}
			if tc.want == "" && (len(events) == 0 || events[0].Kind != tc.kind || events[0].By.ID != tc.second.By.ID) {
				t.Errorf("%+v, want %s", events, tc.kind)
			}
		})
	}
}
