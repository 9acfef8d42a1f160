package approvals_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"offboard/internal/approvals"
)

func everyCap() approvals.Caps {
	a := approvals.Allowance{PerHour: 10, PerDay: 20}
	return approvals.Caps{All: approvals.Allowance{PerHour: 20, PerDay: 50}, Requester: a, Approver: a, Pair: a}
}

func capKeys(caps []approvals.Cap) []string {
	out := make([]string, 0, len(caps))
	for _, c := range caps {
		out = append(out, c.Key)
	}
	return out
}

// counted is a request by one person that others have approved.
func counted(writes bool, by approvals.Person, approvers ...approvals.Person) *approvals.Request {
	r := &approvals.Request{Requester: by, Plan: approvals.Plan{Writes: writes}, Steps: make([]approvals.Progress, 1)}
	for _, a := range approvers {
		r.Approvals = append(r.Approvals, approvals.Consent{By: a})
	}
	return r
}

func TestWhatABeginCountsTowards(t *testing.T) {
	t.Parallel()
	asks, one, two := approvals.Person{ID: "U1"}, approvals.Person{ID: "U2"}, approvals.Person{ID: "U3"}
	got := everyCap().Of(counted(true, asks, one, two))
	want := []string{
		"caps/all/h", "caps/all/d", "caps/req/U1/h", "caps/req/U1/d", "caps/app/U2/h", "caps/app/U2/d", "caps/pair/U1/U2/h", "caps/pair/U1/U2/d",
		"caps/app/U3/h", "caps/app/U3/d", "caps/pair/U1/U3/h", "caps/pair/U1/U3/d",
	}
	if !slices.Equal(capKeys(got), want) {
		t.Errorf("got  %v\nwant %v", capKeys(got), want)
	}
	if c := got[0]; c.Most != 20 || c.Within != time.Hour || c.Words != "20 removals an hour is the cap for all" {
		t.Errorf("got %+v", c)
	}
	if c := got[5]; c.Most != 20 || c.Within != 24*time.Hour || c.Words != "20 removals a day is the cap for one approver" {
		t.Errorf("got %+v", c)
	}
	if got := (approvals.Caps{}).Of(counted(true, asks, one)); len(got) != 0 {
		t.Errorf("without caps: %v", got)
	}
}

// One person counts once under whatever ids they turn up; others never share what they count under.
func TestOnePersonCountsAsOne(t *testing.T) {
	t.Parallel()
	bob := approvals.Person{ID: "U9"}
	shared := func(a, b approvals.Person) []string {
		first := capKeys(everyCap().Of(counted(true, a, bob)))
		return slices.DeleteFunc(capKeys(everyCap().Of(counted(true, b, bob))), func(k string) bool {
			return !slices.Contains(first, k) || !strings.Contains(k, "/req/") && !strings.Contains(k, "/pair/")
		})
	}
	for i := range people {
		for _, a := range faces(i) {
			for _, b := range faces(i) {
				if got := shared(a, b); len(got) < 4 {
					t.Errorf("%+v and %+v are one person and share only %v", a, b, got)
				}
			}
			for _, b := range faces((i + 1) % people) {
				if got := shared(a, b); len(got) != 0 {
					t.Errorf("%+v and %+v are two people and share %v", a, b, got)
				}
			}
		}
	}
	twice := everyCap().Of(counted(true, bob, faces(1)[0], faces(1)[1]))
	keys := capKeys(twice)
	slices.Sort(keys)
	if len(slices.Compact(keys)) != len(twice) {
		t.Error("a key stands in it twice")
	}
}

// A rehearsal takes no room from what is real.
func TestRehearsalsCountByThemselves(t *testing.T) {
	t.Parallel()
	asks, one := approvals.Person{ID: "U1"}, approvals.Person{ID: "U2"}
	for _, c := range everyCap().Of(counted(false, asks, one)) {
		if !strings.HasPrefix(c.Key, "dry/caps/") || !strings.Contains(c.Words, "rehearsals") {
			t.Errorf("got %+v", c)
		}
	}
}

// Only what begins counts, and a step once for its approvals.
func TestCounts(t *testing.T) {
	t.Parallel()
	r := counted(true, approvals.Person{ID: "U1"}, approvals.Person{ID: "U2"})
	begun := []approvals.Event{{Kind: approvals.Rechecked}, {Kind: approvals.Begun, Attempt: 1}}
	rehearsed := []approvals.Event{{Kind: approvals.Rechecked}, {Kind: approvals.Ended, Outcome: approvals.Rehearsed}}
	for _, events := range [][]approvals.Event{begun, rehearsed} {
		if !approvals.Counts(r, events) {
			t.Errorf("%v does not count", events)
		}
	}
	for _, e := range []approvals.Event{{Kind: approvals.Ended, Outcome: approvals.Already}, {Kind: approvals.Drifted}, {Kind: approvals.Lapsed}, {Kind: approvals.Rechecked}} {
		if approvals.Counts(r, []approvals.Event{e}) {
			t.Errorf("%v counts", e)
		}
	}
	r.Steps[0].Tries = 1
	if approvals.Counts(r, begun) {
		t.Error("sent again counts twice")
	}
}
