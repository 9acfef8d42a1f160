package audit_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/audit"
	"offboard/internal/journal"
)

// records is a journal with one request, of so many records.
type records struct {
	journal.Journal
	mu   sync.Mutex
	log  journal.Log
	down error
	took int // what was let through
}

func newRecords(n int) *records {
	l := journal.Log{ID: "log", Number: 1}
	for range n {
		l.Records = append(l.Records, journal.Seal(l, journal.Draft{Body: []byte("{}"), Chained: true})...)
	}
	return &records{log: l}
}

func (r *records) Numbered(_ context.Context, n int) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n != 1 || r.log.Version() == 0 {
		return "", journal.ErrNotFound
	}
	return r.log.ID, r.down
}

func (r *records) Load(context.Context, string) (journal.Log, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log, r.down
}

func (r *records) Append(context.Context, journal.Write) (int, error) { r.took++; return 1, nil }

func (r *records) Remember(context.Context, []string, time.Time, time.Duration) error {
	r.took++
	return nil
}

func (r *records) Claim(context.Context, time.Time, time.Duration, int) ([]journal.Claimed, error) {
	r.took++
	return []journal.Claimed{{ID: "log"}}, nil
}

func (r *records) lines() []audit.Line {
	var out []audit.Line
	for _, rec := range r.log.Records {
		out = append(out, audit.Line{Number: 1, Seq: rec.Seq, Hash: rec.Hash})
	}
	return out
}

// channel is an audit channel.
type channel struct {
	mu     sync.Mutex
	report audit.Report
	fails  error
	mute   error // alarms fail
	told   []string
	reads  int
}

func (c *channel) Reported(context.Context) (audit.Report, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads++
	return c.report, c.fails
}

func (c *channel) Lacking(_ context.Context, text string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mute != nil {
		return c.mute
	}
	c.told, c.report.Alarmed = append(c.told, text), true
	return nil
}

func (c *channel) set(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

func witness(c *channel, r *records) (*audit.Witness, *audit.Gate) {
	g := audit.NewGate(r)
	return audit.NewWitness(c, g, "here", slog.New(slog.DiscardHandler)), g
}

func TestMissing(t *testing.T) {
	t.Parallel()
	r := newRecords(3)
	all := r.lines()
	other := all[1]
	other.Hash = all[0].Hash
	for name, tc := range map[string]struct {
		lines []audit.Line
		want  string
	}{
		"nothing reported": {nil, "nothing"},
		"all":              {all, "nothing"},
		"another hash":     {[]audit.Line{all[0], other}, "OFF-1 #2"},
		"later ones":       {[]audit.Line{all[2], {Number: 1, Seq: 4, Hash: all[0].Hash}, {Number: 1, Seq: 5, Hash: all[0].Hash}}, "OFF-1 #4 and 1 more"},
		"another request":  {[]audit.Line{{Number: 2, Seq: 1, Hash: all[0].Hash}}, "OFF-2 #1"},
		"no event":         {[]audit.Line{{Number: 1, Seq: 0, Hash: ""}}, "OFF-1 #0"},
	} {
		missing, err := audit.Missing(t.Context(), r, tc.lines)
		if got := audit.Name(missing); got != tc.want || err != nil {
			t.Errorf("%s: %s, %v; want %s", name, got, err, tc.want)
		}
	}
	r.down = errors.New("away")
	if _, err := audit.Missing(t.Context(), r, all); !errors.Is(err, r.down) {
		t.Errorf("a journal that cannot be read: %v", err)
	}
}

// Nothing goes through the gate before the witness has found the journal whole; everything does afterwards.
func TestGate(t *testing.T) {
	t.Parallel()
	r := newRecords(1)
	w, g := witness(&channel{report: audit.Report{Lines: r.lines()}}, r)
	holds := func(want error, through int) {
		t.Helper()
		r.took = 0
		_, err := g.Append(t.Context(), journal.Write{})
		if also := g.Remember(t.Context(), []string{"d"}, time.Time{}, time.Hour); !errors.Is(err, want) || !errors.Is(also, want) {
			t.Errorf("append: %v, remember: %v, want %v", err, also, want)
		}
		due, err := g.Claim(t.Context(), time.Time{}, time.Second, 1)
		if err != nil || len(due) != through/3 || r.took != through {
			t.Errorf("claimed %v, %v; %d were let through", due, err, r.took)
		}
		if l, err := g.Load(t.Context(), "log"); err != nil || l.Version() != 1 {
			t.Errorf("read %+v, %v", l, err)
		}
	}
	holds(journal.ErrUnchecked, 0)
	if err := w.Look(t.Context()); err != nil || len(w.Trouble()) != 0 {
		t.Errorf("%v, %q", err, w.Trouble())
	}
	holds(nil, 3)
}

// A witness that has found something missing says so once, goes on looking with growing pauses, and opens once the journal is whole again.
func TestLackingAndRestored(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		whole, r := newRecords(3), newRecords(1)
		c := &channel{report: audit.Report{Lines: whole.lines()}, mute: errors.New("busy")}
		w, g := witness(c, r)
		if err := w.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := g.Err(); !errors.Is(err, journal.ErrLost) || !strings.Contains(strings.Join(w.Trouble(), ""), "OFF-1 #2 and 1 more") {
			t.Errorf("%v, %q", err, w.Trouble())
		}
		ended := make(chan error, 1)
		go func() { ended <- w.Run(t.Context()) }()
		time.Sleep(5 * time.Second)
		c.set(func() { c.mute = nil })
		time.Sleep(10 * time.Minute)
		c.set(func() {
			if c.reads > 40 || len(c.told) != 1 || !strings.Contains(c.told[0], "OFF-1 #2") {
				t.Errorf("%d reads, told %q", c.reads, c.told)
			}
		})
		r.mu.Lock()
		r.log = whole.log
		r.mu.Unlock()
		if err := <-ended; err != nil || g.Err() != nil || len(w.Trouble()) != 0 {
			t.Errorf("%v, %v, %q", err, g.Err(), w.Trouble())
		}
	})
}

// Slack or the store being away is waited out; a channel that cannot be read back ends the waiting.
func TestWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRecords(1)
		c := &channel{report: audit.Report{Lines: r.lines()}, fails: errors.New("slack is away")}
		w, g := witness(c, r)
		if err := w.Look(t.Context()); err != nil || !errors.Is(g.Err(), journal.ErrUnchecked) || len(w.Trouble()) != 1 {
			t.Errorf("%v, %v, %q", err, g.Err(), w.Trouble())
		}
		ended := make(chan error, 1)
		go func() { ended <- w.Run(t.Context()) }()
		time.Sleep(time.Minute)
		r.mu.Lock()
		r.down = errors.New("the store is away")
		r.mu.Unlock()
		c.set(func() { c.fails = nil })
		time.Sleep(time.Minute)
		if g.Err() == nil {
			t.Error("the gate is open although nothing was compared")
		}
		c.set(func() { c.fails = audit.ErrUnreadable })
		if err := <-ended; !errors.Is(err, audit.ErrUnreadable) || g.Err() == nil || len(c.told) != 0 {
			t.Errorf("%v, %v, told %q", err, g.Err(), c.told)
		}
		if err := w.Look(t.Context()); !errors.Is(err, audit.ErrUnreadable) {
			t.Errorf("%v", err)
		}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if err := w.Run(over); err != nil {
			t.Errorf("stopped: %v", err)
		}
	})
}
