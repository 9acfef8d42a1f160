package journaltest

import (
	"time"

	"offboard/internal/journal"
)

func countTests() []subTest {
	return []subTest{
		{"Counts/refused at the limit, with the time of room", atTheLimit},
		{"Counts/slide", slide},
		{"Counts/all must have room", allMustHaveRoom},
		{"Counts/at the same moment count each", sameMoment},
		{"Counts/keys are whole", countKeysAreWhole},
		{"Counts/a lowered limit holds at once", loweredLimit},
	}
}

func atTheLimit(p *probe) {
	for i, id := range ids(3) {
		p.begin(id, at(day.Add(time.Duration(i)*time.Minute)), counting("c", 3, time.Hour))
	}
	full := &journal.LimitError{Key: "c", Limit: 3, Free: day.Add(time.Hour)}
	p.refused(with(first("more"), at(day.Add(2*time.Minute)), counting("c", 3, time.Hour)), full)
	p.refused(with(first("more"), at(full.Free.Add(-time.Millisecond)), counting("c", 3, time.Hour)), full)
	p.begin("more", at(full.Free), counting("c", 3, time.Hour))
}

func slide(p *probe) {
	now := day
	p.begin("log", at(now), counting("c", 2, time.Hour))
	p.append(p.next("log", at(now.Add(40*time.Minute)), counting("c", 2, time.Hour)))
	for i := range 20 { // one leaves, one comes, for ever
		step := now.Add(time.Duration(i+1) * time.Hour)
		w := p.next("log", at(step), counting("c", 2, time.Hour))
		p.append(w)
		w = p.next("log", at(step), counting("c", 2, time.Hour))
		p.refused(w, &journal.LimitError{Key: "c", Limit: 2, Free: step.Add(40 * time.Minute)})
		p.append(p.next("log", at(step.Add(40*time.Minute)), counting("c", 2, time.Hour)))
	}
}

func allMustHaveRoom(p *probe) {
	p.begin("a", counting("full", 1, time.Hour))
	p.refused(with(first("b"), counting("room", 1, time.Hour), counting("full", 1, time.Hour)),
		&journal.LimitError{Key: "full", Limit: 1, Free: day.Add(time.Hour)})
	p.begin("b", counting("room", 1, time.Hour))
}

func sameMoment(p *probe) {
	for _, id := range ids(5) {
		p.begin(id, counting("c", 5, time.Hour))
	}
	p.refused(with(first("more"), counting("c", 5, time.Hour)), &journal.LimitError{Key: "c", Limit: 5, Free: day.Add(time.Hour)})
}

func countKeysAreWhole(p *probe) {
	p.begin("a", counting("c", 1, time.Hour), counting("cc", 1, time.Hour), counting("c\x00", 1, time.Hour))
	p.begin("b", counting("C", 1, time.Hour))
	p.refused(with(first("d"), counting("c\x00", 1, time.Hour)), &journal.LimitError{Key: "c\x00", Limit: 1, Free: day.Add(time.Hour)})
}

func loweredLimit(p *probe) {
	for i, id := range ids(4) {
		p.begin(id, at(day.Add(time.Duration(i)*time.Minute)), counting("c", 10, time.Hour))
	}
	want := &journal.LimitError{Key: "c", Limit: 2, Free: day.Add(time.Hour + 2*time.Minute)}
	p.refused(with(first("more"), at(day.Add(5*time.Minute)), counting("c", 2, time.Hour)), want)
}
