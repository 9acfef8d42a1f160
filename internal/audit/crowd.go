package audit

import (
	"slices"
	"time"

	"offboard/internal/approvals"
)

// crowd tells people apart: entries of the same person, by any id or by the e-mail address, stand together, also where only a third entry shows that
// two are the same.
type crowd struct {
	people [][]approvals.Person // of each person every entry that was met, in the order of meeting
}

func (c *crowd) add(p approvals.Person) {
	if !p.Known() {
		return
	}
	var same []approvals.Person
	c.people = slices.DeleteFunc(c.people, func(entries []approvals.Person) bool {
		if !slices.ContainsFunc(entries, p.Same) {
			return false
		}
		same = append(same, entries...)
		return true
	})
	equal := func(q approvals.Person) bool {
		return q.ID == p.ID && q.Email == p.Email && slices.Equal(q.Also, p.Also)
	}
	same = slices.DeleteFunc(same, equal) // it goes to the end: the newest names the person
	c.people = append(c.people, append(same, p))
}

// of returns the person's place, which holds as long as nobody is added; -1: nobody was met by that name.
func (c *crowd) of(p approvals.Person) int {
	return slices.IndexFunc(c.people, func(entries []approvals.Person) bool { return slices.ContainsFunc(entries, p.Same) })
}

func (c *crowd) name(who int) string {
	if who < 0 {
		return ""
	}
	entries := c.people[who]
	for i := len(entries) - 1; i >= 0; i-- {
		if entries[i].Email != "" {
			return entries[i].Email
		}
	}
	return entries[len(entries)-1].ID
}

func (c *crowd) ids(who int) []string {
	out := []string{}
	if who < 0 {
		return out
	}
	for _, p := range c.people[who] {
		out = append(out, p.ID)
		out = append(out, p.Also...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// clock follows one request, and knows since when its card has shown what people decide on.
type clock struct {
	facts   int       // Seq of the event that changed them last
	sending time.Time // when the card was begun to be posted
	told    bool      // that the card shows them is on record
	shown   time.Time // since when; zero: that is not known
}

func (c *clock) hear(e approvals.Event) {
	card := e.Key == approvals.KeyCard
	switch {
	case e.Kind == approvals.Requested || e.Kind == approvals.Drifted || e.Kind == approvals.Rescheduled:
		*c = clock{facts: e.Seq}
	case e.Kind == approvals.Sending && card:
		c.sending = e.At
	case e.Kind == approvals.Told && card && !c.told && (e.Upto >= c.facts || !c.sending.IsZero()):
		c.told = true
		if c.sending.IsZero() || e.At.Sub(c.sending) < Hasty { // else whoever sent it was lost, and it came up at any time between the two
			c.shown = e.At
		}
	}
}

// since says how long the card has shown it, and false where that is not known.
func (c *clock) since(at time.Time) (time.Duration, bool) {
	return max(0, at.Sub(c.shown)), !c.shown.IsZero()
}
