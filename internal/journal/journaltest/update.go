package journaltest

import (
	"context"
	"errors"
	"time"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/journal"
)

func updateTests() []subTest {
	return []subTest{
		{"Update/decides again when another write came between", nestedUpdate},
		{"Update/returns the log as it is after the write", updateReturns},
		{"Update/writes nothing when decide refuses", decideRefuses},
		{"Update/of a log that was never begun", updateUnknown},
		{"Update/tells other refusals", updateRefused},
		{"Update/ends with its context", updateEnds},
	}
}

// adding decides to add one record and keep the rest.
func adding(l journal.Log) journal.Write {
	return journal.Write{Now: day, Records: decisions(l, 1), Wake: l.Wake, Open: l.Open}
}

// nestedUpdate is the race, made certain: while the first decision is taken, a second one on the same log is written.
func nestedUpdate(p *probe) {
	p.begin("log")
	var seen []int
	l, err := journal.Update(p.Context(), p.j, "log", func(l journal.Log) (journal.Write, error) {
		seen = append(seen, l.Version())
		if len(seen) == 1 {
			p.append(p.next("log", listed))
		}
		return adding(l), nil
	})
	if err != nil || !cmp.Equal(seen, []int{1, 2}) {
		p.Errorf("decided on versions %v, error %v", seen, err)
	}
	if l.Version() != 3 || !l.Open {
		p.Errorf("after: version %d, open %v", l.Version(), l.Open)
	}
}

func updateReturns(p *probe) {
	p.begin("log", wake(day))
	l, err := journal.Update(p.Context(), p.j, "log", func(l journal.Log) (journal.Write, error) {
		w := adding(l)
		w.Wake, w.Open = day.Add(time.Hour), true
		return w, nil
	})
	if diff := cmp.Diff(p.load("log"), l); err != nil || diff != "" {
		p.Errorf("error %v; stored and returned differ:\n%s", err, diff)
	}
}

func decideRefuses(p *probe) {
	p.begin("log")
	no := errors.New("no")
	l, err := journal.Update(p.Context(), p.j, "log", func(l journal.Log) (journal.Write, error) { return adding(l), no })
	if !errors.Is(err, no) || l.Version() != 1 || p.load("log").Version() != 1 {
		p.Errorf("error %v, version %d, stored %d", err, l.Version(), p.load("log").Version())
	}
}

func updateUnknown(p *probe) {
	_, err := journal.Update(p.Context(), p.j, "log", func(journal.Log) (journal.Write, error) {
		p.Error("decided on a log that is not there")
		return journal.Write{}, nil
	})
	p.same("update", err, journal.ErrNotFound)
}

func updateRefused(p *probe) {
	p.begin("holder", reserving("k"))
	p.begin("log")
	_, err := journal.Update(p.Context(), p.j, "log", func(l journal.Log) (journal.Write, error) {
		return with(adding(l), reserving("k")), nil
	})
	p.same("update", err, &journal.ReservedError{Key: "k", Holder: "holder"})
}

// updateEnds lets every decision lose, and ends the context at the tenth.
func updateEnds(p *probe) {
	p.begin("log")
	ctx, cancel := context.WithCancel(p.Context())
	calls := 0
	_, err := journal.Update(ctx, p.j, "log", func(l journal.Log) (journal.Write, error) {
		p.append(p.next("log"))
		if calls++; calls == 10 {
			cancel()
		}
		return adding(l), nil
	})
	if !errors.Is(err, context.Canceled) || calls != 10 {
		p.Errorf("%d calls, error %v", calls, err)
	}
}
