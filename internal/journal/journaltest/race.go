package journaltest

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"offboard/internal/journal"
)

// racers is how many goroutines race.
const racers = 64

func raceTests() []subTest {
	return []subTest{
		{"Race/one append wins a version", raceVersion},
		{"Race/one log wins a reservation", raceReservation},
		{"Race/one log wins a takeover", raceTakeover},
		{"Race/one write wins a delivery", raceDelivery},
		{"Race/a limit lets exactly its number through", raceLimit},
		{"Race/numbers are given once and without gaps", raceNumbers},
		{"Race/updates all happen, one after the other", raceUpdates},
		{"Race/a claim goes to one worker", raceClaims},
		{"Race/none writes any more once a key is taken", raceUnless},
		{"Race/a reader sees a log before or after a write", raceReader},
	}
}

// race lets all racers go at once and returns what each got.
func race(run func(i int) error) []error {
	errs := make([]error, racers)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range racers {
		wg.Go(func() {
			<-start
			errs[i] = run(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// winners counts those without an error, and expects of the others that lost says so.
func (p *probe) winners(errs []error, lost func(error) bool) int {
	n := 0
	for i, err := range errs {
		switch {
		case err == nil:
			n++
		case !lost(err):
			p.Errorf("racer %d: %v", i, err)
		}
	}
	return n
}

func isConflict(err error) bool { return errors.Is(err, journal.ErrConflict) }

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// appends races one write for each racer.
func (p *probe) appends(write func(i int) journal.Write) []error {
	return race(func(i int) error {
		_, err := p.j.Append(p.Context(), write(i))
		return err
	})
}

func raceVersion(p *probe) {
	p.begin("log")
	w := p.next("log")
	if n := p.winners(p.appends(func(int) journal.Write { return w }), isConflict); n != 1 {
		p.Errorf("%d writes won version 1", n)
	}
	if n := p.winners(p.appends(func(int) journal.Write { return first("new") }), isConflict); n != 1 {
		p.Errorf("%d writes began the log", n)
	}
	if v := p.load("log").Version(); v != 2 {
		p.Errorf("version %d", v)
	}
}

func raceReservation(p *probe) {
	names := ids(racers)
	errs := p.appends(func(i int) journal.Write { return with(first(names[i]), reserving("own "+names[i], "k")) })
	if n := p.winners(errs, isA[*journal.ReservedError]); n != 1 {
		p.Errorf("%d logs won the key", n)
	}
	for i, err := range errs {
		if err == nil {
			p.holder("k", names[i])
			p.holder("own "+names[i], names[i])
		} else {
			p.holder("own "+names[i], "")
		}
	}
}

func raceTakeover(p *probe) {
	p.begin("old", reserving("k"))
	names := ids(racers)
	errs := p.appends(func(i int) journal.Write { return with(first(names[i]), takingOver("k", "old")) })
	if n := p.winners(errs, isA[*journal.ReservedError]); n != 1 {
		p.Errorf("%d logs took the key over", n)
	}
}

// raceDelivery lets half of the racers write and half only remember.
func raceDelivery(p *probe) {
	names := ids(racers)
	errs := race(func(i int) error {
		if i%2 == 0 {
			return p.remember(day, time.Hour, "d")
		}
		_, err := p.j.Append(p.Context(), with(first(names[i]), handling("d")))
		return err
	})
	if n := p.winners(errs, isA[*journal.DuplicateError]); n != 1 {
		p.Errorf("%d handled the delivery", n)
	}
}

func raceLimit(p *probe) {
	names := ids(racers)
	errs := p.appends(func(i int) journal.Write { return with(first(names[i]), counting("c", 20, time.Hour)) })
	if n := p.winners(errs, isA[*journal.LimitError]); n != 20 {
		p.Errorf("%d passed a limit of 20", n)
	}
}

func raceNumbers(p *probe) {
	names := ids(racers)
	var sum atomic.Int64
	errs := race(func(i int) error {
		n, err := p.j.Append(p.Context(), first(names[i]))
		sum.Add(int64(n))
		return err
	})
	p.winners(errs, func(error) bool { return false })
	seen := 0
	err := p.j.Each(p.Context(), func(l journal.Log) error {
		seen++
		if l.Number != seen {
			p.Errorf("log %d has number %d", seen, l.Number)
		}
		return nil
	})
	if err != nil || seen != racers || sum.Load() != racers*(racers+1)/2 {
		p.Errorf("%d logs, %v; the numbers told sum up to %d", seen, err, sum.Load())
	}
}

func raceUpdates(p *probe) {
	p.begin("log")
	errs := race(func(int) error {
		_, err := journal.Update(p.Context(), p.j, "log", func(l journal.Log) (journal.Write, error) { return adding(l), nil })
		return err
	})
	p.winners(errs, func(error) bool { return false })
	l := p.load("log")
	if err := journal.Verify(l); err != nil || l.Version() != racers+1 {
		p.Errorf("version %d, %v", l.Version(), err)
	}
}

func raceClaims(p *probe) {
	for _, id := range ids(20) {
		p.begin(id, wake(day))
	}
	var mu sync.Mutex
	times := map[string]int{}
	errs := race(func(int) error {
		got, err := p.j.Claim(p.Context(), day, lease, 3)
		mu.Lock()
		defer mu.Unlock()
		for _, c := range got {
			times[c.ID]++
		}
		return err
	})
	p.winners(errs, func(error) bool { return false })
	for _, id := range ids(20) {
		if times[id] != 1 {
			p.Errorf("%s was handed out %d times", id, times[id])
		}
	}
}

// raceReader writes two records at a time while others read: no reader may see one without the other.
func raceReader(p *probe) {
	p.begin("log")
	written := make(chan error, 1)
	go func() {
		for range 20 {
			if err := p.addTwo("log"); err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	check := func(l journal.Log) error {
		if l.Version()%2 == 0 || journal.Verify(l) != nil {
			return errors.New("a log between two versions")
		}
		return nil
	}
	for {
		select {
		case err := <-written:
			p.same("write", err, nil)
			return
		default:
			l, err := p.j.Load(p.Context(), "log")
			p.same("read", errors.Join(err, check(l), p.j.Each(p.Context(), check)), nil)
		}
	}
}

func (p *probe) addTwo(id string) error {
	_, err := journal.Update(p.Context(), p.j, id, func(l journal.Log) (journal.Write, error) {
		return journal.Write{Records: decisions(l, 2)}, nil
	})
	return err
}

// raceUnless lets one log take a key while others write on the condition that nobody has it. There is one order: what was asked for after the key
// was taken is refused.
func raceUnless(p *probe) {
	names := ids(racers)
	for _, n := range names[1:] {
		p.begin(n)
	}
	var taken atomic.Bool
	var after [racers]bool
	errs := race(func(i int) error {
		if i == 0 {
			_, err := p.j.Append(p.Context(), with(first(names[i]), reserving("k")))
			taken.Store(true)
			return err
		}
		for {
			after[i] = taken.Load()
			_, err := p.j.Append(p.Context(), p.next(names[i], unless("k")))
			if err != nil || after[i] {
				return err
			}
		}
	})
	if errs[0] != nil {
		p.Fatal(errs[0])
	}
	for i, err := range errs[1:] {
		if !isA[*journal.ReservedError](err) {
			p.Errorf("racer %d, who asked after the key was taken (%t): %v", i+1, after[i+1], err)
		}
		l := p.load(names[i+1])
		p.refused(p.next(l.ID, unless("k")), &journal.ReservedError{Key: "k", Holder: names[0]})
	}
}
