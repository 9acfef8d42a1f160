package journaltest

import (
	"errors"
	"slices"

	"offboard/internal/journal"
)

func lookUpTests() []subTest {
	return []subTest{
		{"Load/unknown is not found", unknown},
		{"Numbered/finds by running number", numbered},
		{"Open/lists open logs, newest first, at most max", openLogs},
		{"Each/visits every log by number", each},
		{"Each/stops at the first error", eachStops},
		{"Each/lets its function write", eachWrites},
		{"Info/names engine, store and length", info},
	}
}

func unknown(p *probe) {
	_, err := p.j.Load(p.Context(), "log")
	p.same("load", err, journal.ErrNotFound)
	_, err = p.j.Holder(p.Context(), "k")
	p.same("holder", err, journal.ErrNotFound)
	for _, n := range []int{-1, 0, 1, 1 << 40} {
		_, err = p.j.Numbered(p.Context(), n)
		p.same("numbered", err, journal.ErrNotFound)
	}
}

func numbered(p *probe) {
	for _, id := range ids(12) {
		n := p.begin(id)
		if got, err := p.j.Numbered(p.Context(), n); err != nil || got != id {
			p.Errorf("number %d is %q, %v; want %s", n, got, err, id)
		}
	}
}

func openLogs(p *probe) {
	p.open(5)
	for _, id := range ids(12) {
		p.begin(id, listed)
	}
	p.begin("unlisted")
	p.append(p.next("log-010", func(w *journal.Write) { w.Open = false }))
	p.append(p.next("unlisted", listed))
	p.open(0)
	p.open(3, "unlisted", "log-011", "log-009")
	got, err := p.j.Open(p.Context(), 100)
	if err != nil || len(got) != 12 || slices.Contains(got, "log-010") {
		p.Errorf("open logs %v, %v", got, err)
	}
}

func (p *probe) open(max int, want ...string) {
	p.Helper()
	got, err := p.j.Open(p.Context(), max)
	if err != nil || !slices.Equal(got, want) {
		p.Errorf("open logs %v, %v; want %v", got, err, want)
	}
}

func each(p *probe) {
	want := ids(12)
	for _, id := range want {
		p.begin(id, listed, wake(day))
	}
	p.append(p.next("log-003"))
	var got []string
	err := p.j.Each(p.Context(), func(l journal.Log) error {
		got = append(got, l.ID)
		full := p.load(l.ID)
		if l.Number != len(got) || l.Version() != full.Version() || !l.Wake.Equal(day) || !l.Open || journal.Verify(l) != nil {
			p.Errorf("visited %+v", l)
		}
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		p.Errorf("visited %v, %v", got, err)
	}
}

func eachStops(p *probe) {
	for _, id := range ids(5) {
		p.begin(id)
	}
	stop, calls := errors.New("enough"), 0
	err := p.j.Each(p.Context(), func(journal.Log) error {
		calls++
		if calls == 2 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || calls != 2 {
		p.Errorf("%d calls, error %v", calls, err)
	}
}

func eachWrites(p *probe) {
	for _, id := range ids(3) {
		p.begin(id)
	}
	err := p.j.Each(p.Context(), func(l journal.Log) error {
		if l.Version() == 1 {
			p.append(p.next(l.ID))
		}
		return nil
	})
	if err != nil || p.load("log-002").Version() != 2 {
		p.Errorf("error %v, version %d", err, p.load("log-002").Version())
	}
}

func info(p *probe) {
	before, err := p.j.Info(p.Context())
	if err != nil || before.Engine == "" || before.Install == "" || before.Length != 0 {
		p.Errorf("info of an empty store: %+v, %v", before, err)
	}
	p.begin("a")
	p.begin("b")
	after, err := p.j.Info(p.Context())
	if err != nil || after.Install != before.Install || after.Length != 2 {
		p.Errorf("info: %+v, %v", after, err)
	}
}
