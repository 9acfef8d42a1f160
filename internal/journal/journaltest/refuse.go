package journaltest

import (
	"time"

	"offboard/internal/journal"
)

func refusalTests() []subTest {
	return []subTest{
		{"Append/at another version conflicts", conflicts},
		{"Append/refused changes nothing", refusedChangesNothing},
		{"Append/checks version, deliveries, reservations, counts in this order", checksInOrder},
		{"Append/refuses malformed writes", refusesMalformed},
	}
}

func conflicts(p *probe) {
	p.refused(p.expecting(first("log"), 1), journal.ErrConflict)
	p.begin("log")
	p.append(p.next("log"))
	for _, expect := range []int{0, 1, 3, 100} {
		p.refused(p.expecting(first("log"), expect), journal.ErrConflict)
	}
	if v := p.load("log").Version(); v != 2 {
		p.Errorf("version %d", v)
	}
}

// expecting is w, sealed for another version.
func (p *probe) expecting(w journal.Write, version int) journal.Write {
	w.Expect = version
	w.Records = decisions(journal.Log{ID: w.ID, Records: make([]journal.Record, version)}, 1)
	return w
}

// refusedChangesNothing lets a write fail at each check and looks for any effect of it.
func refusedChangesNothing(p *probe) {
	p.begin("holder", reserving("taken"), handling("known"), counting("full", 1, time.Hour))
	p.begin("log", wake(day), listed)
	all := []func(*journal.Write){
		reserving("free"), handling("new"), counting("room", 1, time.Hour), wake(day.Add(-time.Hour)),
		func(w *journal.Write) { w.Open = false },
	}
	add := func(change func(*journal.Write)) journal.Write { return with(p.next("log", all...), change) }
	stale := add(func(*journal.Write) {})
	p.refused(p.expecting(stale, 7), journal.ErrConflict)
	p.refused(add(func(w *journal.Write) { w.Deliveries = append(w.Deliveries, "known") }), &journal.DuplicateError{Delivery: "known"})
	p.refused(add(reserving("taken")), &journal.ReservedError{Key: "taken", Holder: "holder"})
	p.refused(add(counting("full", 1, time.Hour)), &journal.LimitError{Key: "full", Limit: 1, Free: day.Add(time.Hour)})
	p.refused(with(first("unborn"), reserving("free", "taken")), &journal.ReservedError{Key: "taken", Holder: "holder"})

	l := p.load("log")
	if l.Version() != 1 || !l.Wake.Equal(day) || !l.Open {
		p.Errorf("the log changed: %+v", l)
	}
	p.holder("free", "")
	_, err := p.j.Load(p.Context(), "unborn")
	p.same("load", err, journal.ErrNotFound)
	p.append(p.next("log", all...)) // delivery new, count room: still free
	if n := p.begin("born"); n != 3 {
		p.Errorf("a refused write took a number: the third log has %d", n)
	}
}

func checksInOrder(p *probe) {
	p.begin("holder", reserving("taken"), handling("known"), counting("full", 1, time.Hour))
	p.begin("log")
	w := p.next("log", reserving("taken"), handling("known"), counting("full", 1, time.Hour))
	p.refused(p.expecting(w, 5), journal.ErrConflict)
	p.refused(w, &journal.DuplicateError{Delivery: "known"})
	w.Deliveries = nil
	p.refused(w, &journal.ReservedError{Key: "taken", Holder: "holder"})
	w.Reserve, w.Unless = nil, []string{"taken"}
	p.refused(w, &journal.ReservedError{Key: "taken", Holder: "holder"})
	w.Unless = nil
	p.refused(w, &journal.LimitError{Key: "full", Limit: 1, Free: day.Add(time.Hour)})
	w.Counts = nil
	p.append(w)
}

func refusesMalformed(p *probe) {
	p.refused(journal.Write{ID: "log"}, journal.ErrMalformed)
	p.refused(with(first("log"), func(w *journal.Write) { w.Records[0].Hash = "0" }), journal.ErrMalformed)
	p.refused(with(first("log"), reserving("")), journal.ErrMalformed)
	err := p.j.Remember(p.Context(), []string{"d"}, day, 0)
	p.same("remember for no time", err, journal.ErrMalformed)
	_, err = p.j.Load(p.Context(), "log")
	p.same("load", err, journal.ErrNotFound)
}
