package audit_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
	"offboard/internal/audit"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	week   = 7 * 24 * time.Hour
)

// At Grid one person has several ids, and Slack may name any of them.
var (
	alice = approvals.Person{ID: "U1", Email: "alice@example.com"}
	bob   = approvals.Person{ID: "U2", Also: []string{"W2"}, Email: "bob@example.com"}
	bobW  = approvals.Person{ID: "W2"}
	bobX  = approvals.Person{ID: "U22", Also: []string{"W2"}}
	carol = approvals.Person{ID: "U3"}
)

// life is a request's: it begins with what was asked for, and its card comes up a second later.
func life(by approvals.Person, at time.Time, more ...approvals.Event) *approvals.Request {
	plan := approvals.Plan{Steps: []approvals.Step{{}}}
	r := &approvals.Request{Number: 1}
	return r.Fold(append([]approvals.Event{
		{Kind: approvals.Requested, By: by, At: at, Plan: &plan, Policy: &approvals.Policy{Approvals: 1, Expires: time.Hour, Window: time.Hour}},
		{Kind: approvals.Sending, Key: approvals.KeyCard, At: at},
		{Kind: approvals.Told, Key: approvals.KeyCard, Upto: 1, At: at.Add(time.Second)},
	}, more...)...)
}

func event(k approvals.Kind, by approvals.Person, at time.Time) approvals.Event {
	return approvals.Event{Kind: k, By: by, At: at}
}

// approved is a request that was approved so long after its card had come up.
func approved(asker, approver approvals.Person, at time.Time, after time.Duration) *approvals.Request {
	return life(asker, at, event(approvals.Approved, approver, at.Add(time.Second+after)))
}

func habits(requests ...*approvals.Request) audit.Habits {
	return audit.HabitsOf(requests, monday.Add(-week), monday)
}

// moved is a request being moved to another time.
func moved(at time.Time) approvals.Event {
	e := event(approvals.Rescheduled, alice, at)
	e.Plan = &approvals.Plan{Steps: []approvals.Step{{}}, NotBefore: at.Add(time.Hour)}
	return e
}

// What counts, and what does not. Each case is one approver, who is Bob by one of his ids.
func TestWhatCounts(t *testing.T) {
	t.Parallel()
	at := monday.Add(-time.Hour)
	card := func(k approvals.Kind, upto int, at time.Time) approvals.Event {
		return approvals.Event{Kind: k, Key: approvals.KeyCard, Upto: upto, At: at}
	}
	newer := life(alice, at, event("v2/something", bob, at))
	lost := life(alice, at)
	lost.Events = lost.Events[:2]
	lost.Fold(card(approvals.Told, 1, at.Add(time.Minute)), event(approvals.Approved, bob, at.Add(time.Minute+time.Second)))
	for name, tt := range map[string]struct {
		of   *approvals.Request
		want string
	}{
		"hasty":                     {approved(alice, bob, at, 4*time.Second), "approved 1 denied 0 lapsed 0 timed 1 hasty 1 median 4"},
		"by another id":             {approved(alice, bobW, at, 9*time.Second), "approved 1 denied 0 lapsed 0 timed 1 hasty 1 median 9"},
		"slow":                      {approved(alice, bob, at, 10*time.Second), "approved 1 denied 0 lapsed 0 timed 1 hasty 0 median 10"},
		"before the span":           {approved(alice, bob, monday.Add(-week-time.Minute), time.Second), ""},
		"asked before, approved in": {approved(alice, bob, monday.Add(-week-time.Minute), 2*time.Minute), "approved 1 denied 0 lapsed 0 timed 1 hasty 0 median 120"},
		"after the span":            {approved(alice, bob, monday.Add(-time.Second), 0), ""},
		"denied":                    {life(alice, at, event(approvals.Denied, bob, at)), "approved 0 denied 1 lapsed 0 timed 0 hasty 0 median 0"},
		"stopped":                   {life(alice, at, event(approvals.Stopped, bob, at)), "approved 0 denied 1 lapsed 0 timed 0 hasty 0 median 0"},
		"stopped what he asked":     {life(bob, at, event(approvals.Stopped, bobX, at)), ""},
		"withdrawn is no denial":    {life(bob, at, event(approvals.Withdrawn, bob, at)), ""},
		"mistyped is none":          {life(alice, at, event(approvals.Mistyped, bob, at)), ""},
		"a newer version":           {newer, ""},
		"lapsed was given": {
			life(alice, at, event(approvals.Approved, bob, at.Add(61*time.Second)), event(approvals.Lapsed, bob, at.Add(2*time.Minute))),
			"approved 1 denied 0 lapsed 1 timed 1 hasty 0 median 60",
		},
		"lapsed was only released": {
			life(alice, at, event(approvals.Approved, bob, at.Add(61*time.Second)), event(approvals.Held, approvals.Person{}, at.Add(2*time.Minute)),
				event(approvals.Released, carol, at.Add(3*time.Minute)), event(approvals.Lapsed, carol, at.Add(4*time.Minute))),
			"approved 1 denied 0 lapsed 0 timed 1 hasty 0 median 60",
		},
		"timed from the change": {
			life(alice, at, event(approvals.Drifted, approvals.Person{}, at.Add(time.Minute)), card(approvals.Told, 4, at.Add(2*time.Minute)),
				card(approvals.Told, 9, at.Add(3*time.Minute)), event(approvals.Approved, bobX, at.Add(2*time.Minute+3*time.Second))),
			"approved 1 denied 0 lapsed 0 timed 1 hasty 1 median 3",
		},
		"timed from another time": {
			life(alice, at, moved(at.Add(time.Minute)), card(approvals.Told, 4, at.Add(2*time.Minute)),
				event(approvals.Approved, bobX, at.Add(2*time.Minute+3*time.Second))),
			"approved 1 denied 0 lapsed 0 timed 1 hasty 1 median 3",
		},
		"a change that the card did not show": {
			life(alice, at, event(approvals.Drifted, approvals.Person{}, at.Add(time.Minute)), card(approvals.Told, 3, at.Add(2*time.Minute)),
				event(approvals.Approved, bob, at.Add(2*time.Minute+3*time.Second))),
			"approved 1 denied 0 lapsed 0 timed 0 hasty 0 median 0",
		},
		"nobody knows when the card came up": {lost, "approved 1 denied 0 lapsed 0 timed 0 hasty 0 median 0"},
	} {
		h, got := habits(tt.of, life(bob, at), life(bobX, at)), ""
		for _, a := range h.Approvers {
			got += fmt.Sprintf("approved %d denied %d lapsed %d timed %d hasty %d median %v", a.Approved, a.Denied, a.Lapsed, a.Timed, a.Hasty, a.Median)
			if a.Name != "bob@example.com" || fmt.Sprint(a.IDs) != "[U2 U22 W2]" {
				t.Errorf("%s: by %s %v", name, a.Name, a.IDs)
			}
		}
		if got != tt.want || (h.Newer == 1) != (name == "a newer version") {
			t.Errorf("%s: %q, want %q; newer: %d", name, got, tt.want, h.Newer)
		}
	}
}

func TestPairs(t *testing.T) {
	t.Parallel()
	at := monday.Add(-time.Hour)
	both := func(aliceAsks, bobAsks, carolToo int) []*approvals.Request {
		var out []*approvals.Request
		for range aliceAsks {
			out = append(out, approved(alice, bob, at, time.Minute))
		}
		for range bobAsks {
			out = append(out, approved(bobW, alice, at, time.Minute))
		}
		for range carolToo {
			out = append(out, approved(alice, carol, at, time.Minute))
		}
		return out
	}
	for name, tt := range map[string]struct {
		of   []*approvals.Request
		want int
	}{
		"each other":            {both(3, 2, 0), 1},
		"too few":               {both(2, 2, 0), 0},
		"one way":               {both(9, 0, 0), 0},
		"hardly the other way":  {both(9, 1, 0), 0},
		"others approve a few":  {both(8, 2, 2), 1},
		"others approve enough": {both(7, 2, 2), 0},
		"not approved yet":      {append(both(3, 2, 0), life(alice, at), life(alice, at)), 1},
	} {
		if got := habits(tt.of...).Pairs; len(got) != tt.want {
			t.Errorf("%s: %+v, want %d", name, got, tt.want)
		}
	}
}

// A freeze is a log, and no request.
func TestAFreezeIsNoRequest(t *testing.T) {
	t.Parallel()
	r := (&approvals.Request{}).Fold(event(approvals.Frozen, bob, monday.Add(-time.Hour)))
	if h := habits(r); h.Requests != 0 || len(h.Approvers) != 0 {
		t.Errorf("%+v", h)
	}
}

// Entries that look like two people are one as soon as another shows it, whichever comes first.
func TestOnePersonWithManyIDs(t *testing.T) {
	t.Parallel()
	at := monday.Add(-time.Hour)
	a, b, both := approvals.Person{ID: "U7"}, approvals.Person{ID: "U8"}, approvals.Person{ID: "W7", Also: []string{"U7", "U8"}}
	h := habits(approved(alice, a, at, 0), approved(alice, b, at, 0), approved(alice, both, at, 0))
	if len(h.Approvers) != 1 || h.Approvers[0].Approved != 3 || h.Approvers[0].Name != "W7" {
		t.Errorf("%+v", h.Approvers)
	}
}

// busy is a week with something of everything.
func busy() audit.Habits {
	var all []*approvals.Request
	at := monday.Add(-2 * 24 * time.Hour)
	for i := range 12 {
		all = append(all, approved(alice, bob, at, time.Duration(i+3)*time.Second))
	}
	for range 3 {
		all = append(all, approved(bobW, alice, at, 3*time.Minute))
	}
	sly := approvals.Person{ID: "U6", Email: "<!channel>\x1b[31m@example.com"}
	all = append(all, life(alice, at, event(approvals.Denied, carol, at)), approved(carol, sly, at, 3*time.Hour), life(carol, at, event("v9/later", bob, at)))
	return habits(all...)
}

func TestWhatAnOperatorReads(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]audit.Habits{
		"busy": busy(), "calm": habits(approved(alice, bob, monday.Add(-time.Hour), 30*time.Minute)), "empty": habits(),
	} {
		var out bytes.Buffer
		if err := h.Print(&out); err != nil {
			t.Fatal(err)
		}
		raw, err := json.MarshalIndent(h, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "habits_"+name+".txt", out.Bytes())
		golden(t, "habits_"+name+".json", append(raw, '\n'))
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("differs from %s (run with -update to accept):\n%s", path, d)
	}
}
