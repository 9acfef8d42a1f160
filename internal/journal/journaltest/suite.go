// Package journaltest is the suite that every engine of the journal must pass: one named sub-test for each sentence of the contract.
//
// [Run] holds an engine to the contract on fresh stores, [RunReopened] to what must outlive a close. What they do not test is how an
// engine dies: kills, power cuts and lost servers are its own tests' matter.
package journaltest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"offboard/internal/journal"
)

// day is the suite's time: engines are told the time, they read no clock. Engines keep at least milliseconds.
var day = time.Date(2026, 3, 4, 5, 6, 7, 891_000_000, time.UTC)

type subTest struct {
	name string
	run  func(p *probe)
}

// Run runs the suite. Fresh returns an empty journal; the suite closes it.
func Run(t *testing.T, fresh func(t *testing.T) journal.Journal) {
	t.Helper()
	for _, group := range [][]subTest{
		appendTests(), refusalTests(), reservationTests(), deliveryTests(), countTests(), lookUpTests(), claimTests(),
		updateTests(), chainTests(), raceTests(), endTests(),
	} {
		for _, st := range group {
			t.Run(st.name, func(t *testing.T) {
				t.Parallel()
				p := &probe{T: t, j: fresh(t)}
				t.Cleanup(func() { _ = p.j.Close() })
				st.run(p)
			})
		}
	}
}

// probe is a test with its journal.
type probe struct {
	*testing.T
	j journal.Journal
}

// body is a record's body for tests that do not care what it says.
const body = `{"v":1}`

func decisions(l journal.Log, n int) []journal.Record {
	drafts := make([]journal.Draft, n)
	for i := range drafts {
		drafts[i] = journal.Draft{Body: []byte(body), Chained: true}
	}
	return journal.Seal(l, drafts...)
}

// first is a write that begins a log with one record.
func first(id string) journal.Write {
	return journal.Write{ID: id, Now: day, Records: decisions(journal.Log{ID: id}, 1)}
}

// begin begins a log, changed by the given changes, and returns its number.
func (p *probe) begin(id string, changes ...func(*journal.Write)) int {
	p.Helper()
	n, err := p.j.Append(p.Context(), with(first(id), changes...))
	if err != nil {
		p.Fatalf("begin %s: %v", id, err)
	}
	return n
}

// next is a write that adds one record to the log as it is now and keeps its wake time and listing.
func (p *probe) next(id string, changes ...func(*journal.Write)) journal.Write {
	p.Helper()
	l := p.load(id)
	w := journal.Write{ID: id, Expect: l.Version(), Now: day, Records: decisions(l, 1), Wake: l.Wake, Open: l.Open}
	return with(w, changes...)
}

// bare is a write without records.
func (p *probe) bare(id string, changes ...func(*journal.Write)) journal.Write {
	p.Helper()
	w := p.next(id)
	w.Records = nil
	return with(w, changes...)
}

func with(w journal.Write, changes ...func(*journal.Write)) journal.Write {
	for _, c := range changes {
		c(&w)
	}
	return w
}

func (p *probe) append(w journal.Write) {
	p.Helper()
	if _, err := p.j.Append(p.Context(), w); err != nil {
		p.Fatalf("append to %s: %v", w.ID, err)
	}
}

// refused appends and expects the error.
func (p *probe) refused(w journal.Write, want error) {
	p.Helper()
	_, err := p.j.Append(p.Context(), w)
	p.same("append to "+w.ID, err, want)
}

// same compares errors: the ones that carry something by what they carry, the others by errors.Is.
func (p *probe) same(what string, got, want error) {
	p.Helper()
	ok := errors.Is(got, want)
	if w, is := errors.AsType[*journal.ReservedError](want); is {
		e, is := errors.AsType[*journal.ReservedError](got)
		ok = is && *e == *w
	}
	if w, is := errors.AsType[*journal.DuplicateError](want); is {
		e, is := errors.AsType[*journal.DuplicateError](got)
		ok = is && *e == *w
	}
	if w, is := errors.AsType[*journal.LimitError](want); is {
		e, is := errors.AsType[*journal.LimitError](got)
		ok = is && e.Key == w.Key && e.Limit == w.Limit && e.Free.Equal(w.Free)
	}
	if !ok {
		p.Errorf("%s: error %v, want %v", what, got, want)
	}
}

func (p *probe) load(id string) journal.Log {
	p.Helper()
	l, err := p.j.Load(p.Context(), id)
	if err != nil {
		p.Fatalf("load %s: %v", id, err)
	}
	return l
}

// holder expects the key to be held by the log with this id; empty: by none.
func (p *probe) holder(key, want string) {
	p.Helper()
	id, err := p.j.Holder(p.Context(), key)
	if errors.Is(err, journal.ErrNotFound) && id == "" {
		err = nil
	}
	if err != nil || id != want {
		p.Errorf("%s is held by %q (error %v), want %q", key, id, err, want)
	}
}

// ids are n ids that sort as they are numbered.
func ids(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("log-%03d", i)
	}
	return out
}

func wake(t time.Time) func(*journal.Write) { return func(w *journal.Write) { w.Wake = t } }

func listed(w *journal.Write) { w.Open = true }

func at(t time.Time) func(*journal.Write) { return func(w *journal.Write) { w.Now = t } }

func reserving(keys ...string) func(*journal.Write) {
	return func(w *journal.Write) {
		for _, k := range keys {
			w.Reserve = append(w.Reserve, journal.Reservation{Key: k})
		}
	}
}

func takingOver(key, from string) func(*journal.Write) {
	return func(w *journal.Write) { w.Reserve = append(w.Reserve, journal.Reservation{Key: key, From: from}) }
}

func releasing(keys ...string) func(*journal.Write) {
	return func(w *journal.Write) { w.Release = append(w.Release, keys...) }
}

func unless(keys ...string) func(*journal.Write) {
	return func(w *journal.Write) { w.Unless = append(w.Unless, keys...) }
}

func handling(deliveries ...string) func(*journal.Write) {
	return func(w *journal.Write) { w.Deliveries, w.Keep = deliveries, time.Hour }
}

func counting(key string, limit int, within time.Duration) func(*journal.Write) {
	return func(w *journal.Write) {
		w.Counts = append(w.Counts, journal.Count{Key: key, Limit: limit, Within: within})
	}
}
