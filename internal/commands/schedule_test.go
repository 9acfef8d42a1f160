package commands_test

import (
	"strings"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/commands"
)

// The clock stands at 09:30 UTC on 4 March 2026. Alice is in Vienna, where the clocks are put forward at two in the morning of the 29th.
func inVienna(t *testing.T) *stage {
	t.Helper()
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t)
	s.dir.zones = map[string]*time.Location{alice: vienna}
	return s
}

// A time is read in the zone of who typed it.
func TestAskingForATime(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		user, at string
		want     string // RFC 3339, or
		says     string
	}{
		"winter":            {alice, "at:2026-03-05T18:00", "2026-03-05T17:00:00Z", ""},
		"summer":            {alice, "at:2026-04-05T18:00", "2026-04-05T16:00:00Z", ""},
		"with a space":      {alice, `at:"2026-03-05 18:00"`, "2026-03-05T17:00:00Z", ""},
		"in small letters":  {alice, "at:2026-03-05t18:00z", "2026-03-05T18:00:00Z", ""},
		"its own zone":      {alice, "at:2026-03-05T18:00-05:00", "2026-03-05T23:00:00Z", ""},
		"with seconds":      {alice, "at:2026-03-05T18:00:30Z", "2026-03-05T18:00:30Z", ""},
		"now":               {alice, "at:now", "0001-01-01T00:00:00Z", ""},
		"not at all":        {alice, "", "0001-01-01T00:00:00Z", ""},
		"has passed":        {alice, "at:2026-03-04T10:30", "", "That time has passed"},
		"passed, of others": {alice, "at:2026-03-04T09:30Z", "", "That time has passed"},
		"in years":          {alice, "at:2028-01-01T00:00", "", "more than a year ahead"},
		"does not exist":    {alice, "at:2026-03-29T02:30", "", "does not exist in Europe/Vienna"},
		"no such day":       {alice, "at:2026-02-30T18:00", "", "is no time"},
		"no time":           {alice, "at:tomorrow", "", "is no time"},
		"markup":            {alice, "at:<!channel>", "", "is no time"},
		"zone unknown":      {bea, "at:2026-03-05T18:00", "", "distance from UTC"},
		"zone not needed":   {bea, "at:2026-03-05T18:00Z", "2026-03-05T18:00:00Z", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := inVienna(t)
			o := s.types(tc.user, "dana@example.com "+tc.at)
			if tc.want == "" {
				check(t, o, tc.says)
				if !strings.Contains(o.text(), "Nothing was done") || strings.Contains(o.text(), "<!") || s.recorded() != 0 {
					t.Errorf("%d requests; said %q", s.recorded(), o.text())
				}
				return
			}
			check(t, o, "OFF-1 is recorded")
			if got := s.number(1).Plan.NotBefore.UTC().Format(time.RFC3339); got != tc.want {
				t.Errorf("not before %s, want %s", got, tc.want)
			}
		})
	}
}

// A time goes along with the choice of an account, and with the form.
func TestATimeIsKept(t *testing.T) {
	t.Parallel()
	s := inVienna(t)
	o := s.types(alice, "twin@example.com at:2026-03-05T18:00")
	check(t, o, "2 accounts were found")
	check(t, s.send(commands.Click{
		From: commands.Sender{UserID: alice}, Delivery: s.delivery(), Action: commands.ActionChoose, Value: o.told[0].Choices[0].Value,
	}), "OFF-1 is recorded")
	check(t, s.submit(commands.Submit{From: commands.Sender{UserID: alice}, Form: commands.FormAsk, Values: map[string]string{
		commands.FieldWho: "dana@example.com", commands.FieldAt: "2026-03-05T17:00:00Z",
	}}), "OFF-2 is recorded")
	for n := 1; n <= 2; n++ {
		if got := s.number(n).Plan.NotBefore.UTC().Format(time.RFC3339); got != "2026-03-05T17:00:00Z" {
			t.Errorf("OFF-%d is not before %s", n, got)
		}
	}
}

func TestRescheduling(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		user, text string
		own        bool // Carol may reschedule what others have asked for
		says       string
		moves      bool
	}{
		"who asked":            {user: alice, text: "reschedule OFF-1 at:2026-03-05T18:00", says: "OFF-1 begins not before", moves: true},
		"to no time":           {user: alice, text: "reschedule OFF-1 at:now", says: "scheduled for that time already"},
		"an approver":          {user: bob, text: "reschedule OFF-1 at:2026-03-05T18:00Z", says: "Only the person who asked"},
		"nobody of note":       {user: carol, text: "reschedule OFF-1 at:2026-03-05T18:00Z", says: "Only the person who asked"},
		"in a right of theirs": {user: carol, text: "reschedule OFF-1 at:2026-03-05T18:00Z", own: true, says: "OFF-1 begins not before", moves: true},
		"a guest":              {user: gus, text: "reschedule OFF-1 at:2026-03-05T18:00Z", says: "Guests cannot"},
		"no such request":      {user: alice, text: "reschedule OFF-9 at:2026-03-05T18:00Z", says: "There is no OFF-9"},
		"has passed":           {user: alice, text: "reschedule OFF-1 at:2026-03-01T18:00Z", says: "That time has passed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := inVienna(t)
			r := s.requested()
			s.happens(r, approvals.Event{Kind: approvals.Approved, At: s.at, By: s.dir.people[bob], Digest: r.Digest})
			if tc.own {
				s.set.Own = map[approvals.Right]commands.Rights{approvals.MayReschedule: {Users: []string{carol}}}
			}
			check(t, s.types(tc.user, tc.text), tc.says)
			after := s.number(1)
			if tc.moves != (after.State == approvals.StatePending && len(after.Approvals) == 0 && !after.Plan.NotBefore.IsZero()) {
				t.Errorf("%s with %d approvals, not before %v", after.State, len(after.Approvals), after.Plan.NotBefore)
			}
		})
	}
}
