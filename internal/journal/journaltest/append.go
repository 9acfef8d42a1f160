package journaltest

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"offboard/internal/journal"
)

func appendTests() []subTest {
	return []subTest{
		{"Append/numbers logs from 1 on", numbersFromOne},
		{"Append/keeps records byte for byte", keepsBytes},
		{"Append/keeps records apart from the writer's memory", keepsApart},
		{"Append/adds to the end", addsToTheEnd},
		{"Append/without records keeps the version", withoutRecords},
		{"Append/replaces wake time and listing", replacesWakeAndListing},
		{"Append/confirmed", confirmed},
		{"Append/withdrawn by its context", withdrawn},
	}
}

func numbersFromOne(p *probe) {
	for i, id := range ids(12) {
		if n := p.begin(id); n != i+1 {
			p.Errorf("log %d has number %d", i+1, n)
		}
	}
	n, err := p.j.Append(p.Context(), p.next("log-004"))
	if err != nil || n != 5 {
		p.Errorf("a later append returned number %d, %v", n, err)
	}
	if l := p.load("log-004"); l.Number != 5 || l.ID != "log-004" {
		p.Errorf("loaded log %s, number %d", l.ID, l.Number)
	}
}

func keepsBytes(p *probe) {
	bodies := []string{
		`{"v":1,"unknown":{"z":1,"a":[1.0,1e400,-0]},"v":2}`,
		"{ \"spaces\" :\t1 }\r\n", `{"html":"<&>","escaped":"\u003c\u00e9\/"}`, "{\"rtl\":\"\u202e\u2028\"}",
		`not JSON`, "\x00\xff\xfe raw bytes", "", strings.Repeat("x", 100_000),
	}
	l := journal.Log{ID: "log"}
	drafts := make([]journal.Draft, len(bodies))
	for i, b := range bodies {
		drafts[i] = journal.Draft{Body: []byte(b), Chained: i%2 == 0}
	}
	records := journal.Seal(l, drafts...)
	p.append(journal.Write{ID: "log", Records: records})
	got := p.load("log").Records
	if len(got) != len(records) {
		p.Fatalf("%d records of %d", len(got), len(records))
	}
	for i, r := range got {
		want := records[i]
		if r.Seq != want.Seq || r.Prev != want.Prev || r.Hash != want.Hash || !bytes.Equal(r.Body, want.Body) {
			p.Errorf("record %d came back as %+.200v", i+1, r)
		}
	}
}

func keepsApart(p *probe) {
	w := first("log")
	p.append(w)
	w.Records[0].Body[2] = 'X'
	l := p.load("log")
	l.Records[0].Body[2] = 'Y'
	if got := string(p.load("log").Records[0].Body); got != body {
		p.Errorf("a record changed to %s", got)
	}
}

func addsToTheEnd(p *probe) {
	p.begin("log")
	p.begin("log-") // an id that begins with another's
	for want := 2; want < 40; want++ {
		p.append(p.next("log"))
		if got := p.load("log").Version(); got != want {
			p.Fatalf("version %d, want %d", got, want)
		}
	}
	w := p.next("log")
	w.Records = decisions(p.load("log"), 3)
	p.append(w)
	l := p.load("log")
	for i, r := range l.Records {
		if r.Seq != i+1 {
			p.Errorf("record %d has seq %d", i+1, r.Seq)
		}
	}
	if l.Version() != 42 || p.load("log-").Version() != 1 {
		p.Errorf("versions %d and %d, want 42 and 1", l.Version(), p.load("log-").Version())
	}
}

func withoutRecords(p *probe) {
	p.begin("log")
	p.append(p.bare("log", reserving("k"), listed, wake(day)))
	l := p.load("log")
	if l.Version() != 1 || !l.Open || !l.Wake.Equal(day) {
		p.Errorf("log = %+v", l)
	}
	p.holder("k", "log")
	p.refused(p.bare("log", releasing("k"), func(w *journal.Write) { w.Expect = 2 }), journal.ErrConflict)
	p.holder("k", "log")
}

func replacesWakeAndListing(p *probe) {
	p.begin("log", wake(day), listed)
	if l := p.load("log"); !l.Wake.Equal(day) || !l.Open {
		p.Errorf("begun: wake %v, open %v", l.Wake, l.Open)
	}
	later := day.Add(90*time.Minute + time.Millisecond)
	p.append(p.next("log", wake(later)))
	if l := p.load("log"); !l.Wake.Equal(later) || !l.Open {
		p.Errorf("moved: wake %v, open %v", l.Wake, l.Open)
	}
	p.append(p.next("log", wake(time.Time{}), func(w *journal.Write) { w.Open = false }))
	if l := p.load("log"); !l.Wake.IsZero() || l.Open {
		p.Errorf("ended: wake %v, open %v", l.Wake, l.Open)
	}
}

func confirmed(p *probe) {
	info, err := p.j.Info(p.Context())
	if err != nil {
		p.Fatal(err)
	}
	_, err = p.j.Append(p.Context(), with(first("log"), func(w *journal.Write) { w.Confirm = true }))
	if errors.Is(err, journal.ErrNotDurable) && len(info.Risks) > 0 {
		return
	}
	if err != nil {
		p.Errorf("an engine with the risks %q answers %v", info.Risks, err)
	}
}

func withdrawn(p *probe) {
	ctx, cancel := context.WithCancel(p.Context())
	cancel()
	if _, err := p.j.Append(ctx, first("log")); !errors.Is(err, context.Canceled) {
		p.Errorf("error %v", err)
	}
	_, err := p.j.Load(p.Context(), "log")
	p.same("load", err, journal.ErrNotFound)
	if n := p.begin("log"); n != 1 {
		p.Errorf("number %d", n)
	}
}
