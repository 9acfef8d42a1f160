package journaltest

import (
	"testing"
	"time"

	"offboard/internal/journal"
)

func endTests() []subTest {
	return []subTest{
		{"Close/refuses what comes after", closed},
		{"Close/finishes writes under way", closeFinishes},
	}
}

func closed(p *probe) {
	p.begin("log")
	next := p.next("log")
	if err := p.j.Close(); err != nil {
		p.Fatalf("close: %v", err)
	}
	ctx := p.Context()
	for name, call := range map[string]func() error{
		"append":   func() error { _, err := p.j.Append(ctx, next); return err },
		"load":     func() error { _, err := p.j.Load(ctx, "log"); return err },
		"numbered": func() error { _, err := p.j.Numbered(ctx, 1); return err },
		"holder":   func() error { _, err := p.j.Holder(ctx, "k"); return err },
		"open":     func() error { _, err := p.j.Open(ctx, 1); return err },
		"each":     func() error { return p.j.Each(ctx, func(journal.Log) error { return nil }) },
		"remember": func() error { return p.remember(day, time.Hour, "d") },
		"claim":    func() error { _, err := p.j.Claim(ctx, day, lease, 1); return err },
		"renew":    func() error { return p.j.Renew(ctx, journal.Claimed{ID: "log"}, day, lease) },
		"done":     func() error { return p.j.Done(ctx, journal.Claimed{ID: "log"}) },
		"info":     func() error { _, err := p.j.Info(ctx); return err },
	} {
		p.same(name, call(), journal.ErrClosed)
	}
	if err := p.j.Close(); err != nil {
		p.Errorf("close again: %v", err)
	}
}

// closeFinishes closes in the middle of a race: each write is either done or refused as closed.
func closeFinishes(p *probe) {
	names := ids(racers)
	errs := race(func(i int) error {
		if i == racers/2 {
			return p.j.Close()
		}
		_, err := p.j.Append(p.Context(), first(names[i]))
		return err
	})
	for i, err := range errs {
		if err != nil {
			p.same(names[i], err, journal.ErrClosed)
		}
	}
}

// RunReopened checks what must outlive a close: everything but claims, which an engine may give up. Open opens the same store each time,
// an empty one the first.
func RunReopened(t *testing.T, open func(t *testing.T) journal.Journal) {
	t.Helper()
	p := &probe{T: t, j: open(t)}
	p.begin("a", wake(day), listed, reserving("k"), handling("d"), counting("c", 1, time.Hour))
	p.append(p.next("a"))
	before, err := p.j.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.j.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	p.j = open(t)
	t.Cleanup(func() { _ = p.j.Close() })
	after, err := p.j.Info(t.Context())
	if err != nil || after.Install != before.Install || after.Length != 1 {
		t.Errorf("info before %+v, after %+v, %v", before, after, err)
	}
	if l := p.load("a"); l.Version() != 2 || l.Number != 1 || !l.Wake.Equal(day) || !l.Open || journal.Verify(l) != nil {
		t.Errorf("log = %+v", l)
	}
	p.holder("k", "a")
	p.open(5, "a")
	p.claims(day, "a")
	p.refused(with(first("b"), handling("d")), &journal.DuplicateError{Delivery: "d"})
	p.refused(with(first("b"), reserving("k")), &journal.ReservedError{Key: "k", Holder: "a"})
	p.refused(with(first("b"), counting("c", 1, time.Hour)), &journal.LimitError{Key: "c", Limit: 1, Free: day.Add(time.Hour)})
	if n := p.begin("b"); n != 2 {
		t.Errorf("the next number is %d", n)
	}
}
