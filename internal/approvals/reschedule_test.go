package approvals_test

import (
	"testing"
	"time"

	"offboard/internal/approvals"
)

// Who may move a request to which time. Whatever is moved must be approved again.
func TestReschedule(t *testing.T) {
	t.Parallel()
	soon := morning.Add(3 * time.Hour)
	approved := func(*approvals.Request) []approvals.Event {
		return []approvals.Event{{Kind: approvals.Approved, At: morning, By: second}}
	}
	for name, tc := range map[string]struct {
		wish  approvals.Reschedule
		after func(*approvals.Request) []approvals.Event
		code  approvals.Code
	}{
		"who asked":             {wish: approvals.Reschedule{By: asker, NotBefore: soon}},
		"who asked, elsewhere":  {wish: approvals.Reschedule{By: approvals.Person{ID: "W9", Also: []string{asker.ID}}, NotBefore: soon}},
		"approved already":      {wish: approvals.Reschedule{By: asker, NotBefore: soon}, after: approved},
		"in the right":          {wish: approvals.Reschedule{By: third, Right: true, NotBefore: soon}},
		"not in the right":      {wish: approvals.Reschedule{By: third, NotBefore: soon}, code: approvals.NotYours},
		"nobody":                {wish: approvals.Reschedule{Right: true, NotBefore: soon}, code: approvals.NotYours},
		"the one to be removed": {wish: approvals.Reschedule{By: leaver, Right: true, NotBefore: soon}, code: approvals.OwnAccount},
		"a time that has passed": {
			wish: approvals.Reschedule{By: asker, NotBefore: morning.Add(-time.Second)}, code: approvals.BadTime,
		},
		"too far ahead": {
			wish: approvals.Reschedule{By: asker, NotBefore: morning.Add(approvals.Furthest + time.Hour)}, code: approvals.BadTime,
		},
		"as it is": {wish: approvals.Reschedule{By: asker}, code: approvals.NotNow},
		"under way": {wish: approvals.Reschedule{By: asker, NotBefore: soon}, code: approvals.TooLate, after: func(r *approvals.Request) []approvals.Event {
			return append(approved(r), approvals.Event{Kind: approvals.Begun, At: morning, Attempt: 1, Deadline: morning.Add(time.Minute)})
		}},
		"over": {wish: approvals.Reschedule{By: asker, NotBefore: soon}, code: approvals.AlreadyDecided, after: func(*approvals.Request) []approvals.Event {
			return []approvals.Event{{Kind: approvals.Withdrawn, At: morning, By: asker}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := requested(t, 1)
			if tc.after != nil {
				r.Fold(tc.after(r)...)
			}
			before := r.Digest
			events, err := approvals.Decide(r, tc.wish, morning)
			if tc.code != "" {
				if code(err) != tc.code || len(events) != 0 {
					t.Errorf("refused with %v, want %s; %v", err, tc.code, events)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			r.Fold(events...)
			if r.State != approvals.StatePending || len(r.Approvals) != 0 || !r.Plan.NotBefore.Equal(soon) || r.Digest == before {
				t.Errorf("state %s, %d approvals, not before %v", r.State, len(r.Approvals), r.Plan.NotBefore)
			}
			old := approvals.Approve{By: second, Approver: true, Digest: before}
			if _, err := approvals.Decide(r, old, morning); code(err) != approvals.PlanChanged {
				t.Errorf("an approval of the time before: %v", err)
			}
		})
	}
}

// What is scheduled begins when its time has come and not before, and its window begins then.
func TestNothingBeginsBeforeItsTime(t *testing.T) {
	t.Parallel()
	r := requested(t, 1)
	at := morning.Add(3 * time.Hour)
	events, err := approvals.Decide(r, approvals.Reschedule{By: asker, NotBefore: at}, morning)
	if err != nil {
		t.Fatal(err)
	}
	r.Fold(events...).Fold(approvals.Event{Kind: approvals.Approved, At: morning.Add(time.Minute), By: second, Digest: r.Digest})
	if r.State != approvals.StateApproved || !r.Until.Equal(at) || !r.Window.Equal(at.Add(r.Policy.Window)) {
		t.Fatalf("%s until %v, window %v", r.State, r.Until, r.Window)
	}
	begin := func(now time.Time) error {
		b := beginning(r, patsAcc)
		b.Asked, b.People = now, now
		_, err := approvals.Decide(r, b, now)
		return err
	}
	if err := begin(at.Add(-time.Second)); code(err) != approvals.NotNow {
		t.Errorf("a second too early: %v", err)
	}
	if err := begin(at); err != nil {
		t.Errorf("at its time: %v", err)
	}
}
