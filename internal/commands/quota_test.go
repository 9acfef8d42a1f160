package commands_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
	"offboard/internal/commands"
)

// outOf has requests approved by one of IT and one of HR: S3 and S4.
func outOf(s *stage) {
	s.set.Policies = []approvals.Policy{{Name: "policy 1", Approvals: 2, OutOf: []approvals.Quota{
		{Name: "IT", Groups: []string{"S3"}, Needs: 1}, {Name: "HR", Users: []string{carol}, Groups: []string{"S4"}, Needs: 1},
	}}}
}

// Which quotas an approver is of is read at the click. Whoever is of a quota and no approver decides nothing, and what cannot be read is not guessed.
func TestQuotasAreReadAtTheClick(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		arrange func(s *stage)
		by      string
		says    string
		fills   []string
		kind    approvals.Kind // of the last event
	}{
		"of one":  {func(s *stage) { s.dir.groups["S3"] = []string{bob} }, bob, "", []string{"IT"}, approvals.Approved},
		"of both": {func(s *stage) { s.dir.groups["S3"], s.dir.groups["S4"] = []string{bob}, []string{bob} }, bob, "", []string{"IT", "HR"}, approvals.Approved},
		"of none": {func(*stage) {}, bob, "", nil, approvals.Approved},
		"by another id of theirs": {func(s *stage) {
			s.dir.people[bob] = approvals.Person{ID: bob, Also: []string{"W9"}, Email: "b@example.com"}
			s.dir.groups["S3"] = []string{"W9"}
		}, bob, "", []string{"IT"}, approvals.Approved},
		"of a quota, and no approver": {func(*stage) {}, carol, "not one of the approvers", nil, approvals.Refused},
		"a quota that cannot be read": {func(s *stage) { s.dir.noGroups = errors.New("x") }, bob, "cannot check who you are", nil, approvals.Requested},
		"a quota that has others by now": {func(s *stage) {
			s.set.Policies[0].OutOf[0].Groups = []string{"S5"}
			s.dir.groups["S3"], s.dir.groups["S5"] = []string{bob}, nil
		}, bob, "", nil, approvals.Approved},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			outOf(s)
			r := s.requested()
			tc.arrange(s)
			check(t, s.send(s.click(tc.by, approve, r)), tc.says)
			events := s.number(1).Events
			last := events[len(events)-1]
			for last.Kind.Receipt() {
				events = events[:len(events)-1]
				last = events[len(events)-1]
			}
			if last.Kind != tc.kind || cmp.Diff(tc.fills, last.Fills) != "" {
				t.Errorf("%s, filling %v", last.Kind, last.Fills)
			}
		})
	}
}

// One person who is of both fills one place, and status says who is still needed and why so many are.
func TestStatusSaysWhoIsStillNeeded(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	outOf(s)
	s.dir.groups["S3"], s.dir.groups["S4"] = []string{bob}, []string{bob}
	r := s.requested()
	check(t, s.types(bob, "status OFF-1"), "Still needed: 2 approvers, 1 of IT and 1 of HR.")
	s.send(s.click(bob, approve, r))
	o := s.types(bob, "status OFF-1")
	check(t, o, "pending")
	check(t, o, "Still needed: 1 approver of IT or HR.")
	check(t, o, "policy 1, because it holds for everything: 2 approvals, 1 of IT, 1 of HR")
}

// Right before the call the quotas are read again, of those alone who may still approve.
func TestStandingTellsWhichQuotasTheyAreOf(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	outOf(s)
	s.dir.groups["S3"] = []string{bob}
	quotas := s.set.Policies[0].OutOf
	people := []approvals.Person{{ID: bob}, {ID: bea}, {ID: carol}, {ID: gus}}
	got, err := s.service().Standing(t.Context(), people, quotas)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"IT"}, nil, nil, nil}
	for i, w := range want {
		if cmp.Diff(w, got[i].Fills) != "" {
			t.Errorf("%s fills %v, want %v (%s)", got[i].ID, got[i].Fills, w, got[i].Why)
		}
	}
	s.dir.noGroups = errors.New("x")
	if _, err := s.service().Standing(t.Context(), people[:1], quotas); err == nil {
		t.Error("guessed what cannot be read")
	}
}

// Slack lets groups be read about twenty times a minute: an approval and its begin, in the moment after it, read each group once.
func TestGroupsAreReadOnceInAMoment(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	outOf(s)
	r := s.requested()
	service := commands.New(s.book, s.dir, s.forms, nil, s.set, s.now, slog.New(slog.DiscardHandler))
	before := s.dir.reads
	c := s.click(bea, approve, r) // an approver by group: S1, and then S3 and S4 for the quotas
	if _, _, err := service.Click(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	if _, err := service.Standing(t.Context(), []approvals.Person{{ID: bea}}, s.set.Policies[0].OutOf); err != nil {
		t.Fatal(err)
	}
	if n := s.dir.reads - before; n != 3 {
		t.Errorf("%d reads of three groups", n)
	}
}
