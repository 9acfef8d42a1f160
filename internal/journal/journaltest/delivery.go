package journaltest

import (
	"time"

	"offboard/internal/journal"
)

func deliveryTests() []subTest {
	return []subTest{
		{"Deliveries/a handled one is a duplicate", duplicate},
		{"Deliveries/remembered without another write", remembered},
		{"Deliveries/none is recorded beside a known one", noneBesideKnown},
		{"Deliveries/forgotten after their time", forgotten},
		{"Deliveries/remembered however many others there are", manyDeliveries},
		{"Deliveries/none is no write", noDeliveries},
	}
}

func (p *probe) remember(now time.Time, keep time.Duration, deliveries ...string) error {
	return p.j.Remember(p.Context(), deliveries, now, keep)
}

func duplicate(p *probe) {
	p.begin("a", handling("d1", "d2"))
	p.refused(with(first("b"), handling("d0", "d2")), &journal.DuplicateError{Delivery: "d2"})
	p.refused(p.next("a", handling("d1")), &journal.DuplicateError{Delivery: "d1"})
	p.same("remember", p.remember(day, time.Hour, "d1"), &journal.DuplicateError{Delivery: "d1"})
	p.begin("b", handling("d0"))
}

func remembered(p *probe) {
	p.same("remember", p.remember(day, time.Hour, "d"), nil)
	p.same("again", p.remember(day.Add(time.Minute), time.Hour, "d"), &journal.DuplicateError{Delivery: "d"})
	p.refused(with(first("a"), handling("d")), &journal.DuplicateError{Delivery: "d"})
}

func noneBesideKnown(p *probe) {
	p.same("remember", p.remember(day, time.Hour, "known"), nil)
	p.same("beside", p.remember(day, time.Hour, "new", "known"), &journal.DuplicateError{Delivery: "known"})
	p.same("new", p.remember(day, time.Hour, "new"), nil)
}

func forgotten(p *probe) {
	p.begin("a", handling("written"))
	p.same("remember", p.remember(day, time.Hour, "kept"), nil)
	last := day.Add(time.Hour - time.Millisecond)
	for _, d := range []string{"written", "kept"} {
		p.same("a moment before", p.remember(last, time.Hour, d), &journal.DuplicateError{Delivery: d})
	}
	for _, d := range []string{"written", "kept"} {
		p.same("after its time", p.remember(day.Add(time.Hour), time.Hour, d), nil)
	}
	for _, d := range []string{"written", "kept"} { // remembered anew, the first time does not end it
		p.same("anew", p.remember(day.Add(90*time.Minute), time.Hour, d), &journal.DuplicateError{Delivery: d})
	}
}

// manyDeliveries lets old ones expire while new ones come, so that clearing the old ones away must leave the young ones alone.
func manyDeliveries(p *probe) {
	all := ids(100)
	for i, d := range all {
		p.same("remember "+d, p.remember(day.Add(time.Duration(i)*time.Minute), time.Hour, d), nil)
	}
	now := day.Add(99 * time.Minute)
	for i, d := range all[40:] {
		p.same("known "+d, p.remember(now, time.Hour, d), &journal.DuplicateError{Delivery: all[40+i]})
	}
	for _, d := range all[:40] {
		p.same("forgotten "+d, p.remember(now, time.Hour, d), nil)
	}
}

func noDeliveries(p *probe) {
	p.same("remember nothing", p.remember(day, time.Hour), nil)
}
