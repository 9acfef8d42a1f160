package lineartest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"offboard/internal/journal"
)

// Task says what a child does. Its text is what [Run] hands to the engine's test, and the test to [Work].
type Task struct {
	Name       string // of the child, unlike any other of the run
	Seed       uint64
	Goroutines int
	First      int // of the logs that are worked on
	Broken     Broken
}

func (t Task) String() string {
	text, _ := json.Marshal(t) // cannot fail: texts and numbers
	return string(text)
}

// window is how many logs are worked on at once. It moves on with each kill, so that logs are begun in every round.
const window = 4

// Work is the child's part: it works on the journal that open opens and writes its lines to out, until it is killed. It returns only
// when it cannot work.
func Work(task string, open func() (journal.Journal, error), out io.Writer) error {
	var t Task
	if err := json.Unmarshal([]byte(task), &t); err != nil {
		return fmt.Errorf("read the task %q: %w", task, err)
	}
	j, err := open()
	if err != nil {
		return err
	}
	for i := range t.Goroutines {
		w := &worker{
			j: t.Broken.wrap(j), out: out, name: fmt.Sprint(t.Name, ".", i), client: i, first: t.First,
			dice: rand.New(rand.NewPCG(t.Seed, uint64(i))), known: map[int]journal.Log{},
		}
		go w.work()
	}
	select {}
}

// worker is one goroutine of a child.
type worker struct {
	j      journal.Journal
	out    io.Writer
	name   string
	client int
	first  int
	dice   *rand.Rand
	known  map[int]journal.Log // as this worker saw them last
	asked  int
	last   bool // of the run: its lines name all records, which would be too long for a pipe
}

func (w *worker) work() {
	for {
		log := w.first + w.dice.IntN(window)
		switch d := w.dice.IntN(10); {
		case d < 2:
			w.load(log)
		case d < 4:
			w.holder(w.dice.IntN(maxKeys))
		default:
			w.append(log)
		}
	}
}

func logID(n int) string { return fmt.Sprintf("log-%02d", n) }

func keyName(n int) string { return fmt.Sprintf("key-%d", n) }

// numbered is the number behind the last dash.
func numbered(name string) int {
	_, n, _ := strings.Cut(name, "-")
	i, err := strconv.Atoi(n)
	if err != nil {
		return nobody
	}
	return i
}

func (w *worker) say(l line) {
	l.Client = w.client
	text, _ := json.Marshal(l) // cannot fail: texts and numbers
	_, _ = w.out.Write(append(text, '\n'))
}

// ask writes the call, does it, and writes what came of it. An error that is not the contract's leaves open what happened, and ask
// says that nothing was heard.
func (w *worker) ask(c call, do func() (answer, []uint64, error)) bool {
	w.asked++
	name := fmt.Sprint(w.name, ".", w.asked)
	w.say(line{Name: name, Call: &c})
	a, prints, err := do()
	switch {
	case errors.Is(err, errFault):
		w.say(line{Name: name, Fault: err.Error()})
	case err != nil:
		w.say(line{Name: name, Answer: &answer{Is: silence}})
		<-time.After(5 * time.Millisecond) // the server may be away
	case w.last:
		w.say(line{Name: name, Answer: &a, Prints: prints})
	default:
		w.say(line{Name: name, Answer: &a})
	}
	return err == nil
}

var errFault = errors.New("no journal may answer this")

func (w *worker) load(log int) bool {
	return w.ask(call{Op: loads, Log: log}, func() (answer, []uint64, error) {
		l, err := w.j.Load(context.Background(), logID(log))
		if errors.Is(err, journal.ErrNotFound) {
			delete(w.known, log)
			return answer{Is: none}, nil, nil
		}
		if err != nil {
			return answer{}, nil, err
		}
		if err := journal.Verify(l); err != nil {
			return answer{}, nil, fmt.Errorf("%w: %w", errFault, err)
		}
		w.known[log] = l
		s := logState{Number: l.Number, Version: l.Version(), Open: l.Open}
		if !l.Wake.IsZero() {
			s.Wake = l.Wake.UnixMicro()
		}
		prints := make([]uint64, 0, len(l.Records))
		for _, r := range l.Records {
			prints = append(prints, printOf(r))
		}
		s.Digest = digest(0, prints...)
		return answer{Is: done, Log: s}, prints, nil
	})
}

func (w *worker) holder(key int) bool {
	return w.ask(call{Op: holds, Key: key}, func() (answer, []uint64, error) {
		id, err := w.j.Holder(context.Background(), keyName(key))
		if errors.Is(err, journal.ErrNotFound) {
			return answer{Is: none}, nil, nil
		}
		return answer{Is: done, Holder: numbered(id)}, nil, err
	})
}

// append appends to the log as this worker knows it, which may be old; then it has a look.
func (w *worker) append(log int) {
	l := w.known[log]
	l.ID = logID(log)
	c := call{Op: appends, Log: log, Expect: l.Version(), Open: w.dice.IntN(2) == 0}
	drafts := make([]journal.Draft, 1+w.dice.IntN(3))
	for i := range drafts {
		body := fmt.Sprintf(`{"by":"%s.%d.%d"}`, w.name, w.asked, i)
		drafts[i] = journal.Draft{Body: []byte(body), Chained: w.dice.IntN(3) > 0}
	}
	records := journal.Seal(l, drafts...)
	for _, r := range records {
		c.Prints = append(c.Prints, printOf(r))
	}
	if w.dice.IntN(2) == 0 {
		c.Wake = int64(1 + w.dice.IntN(1e9))
	}
	w.reservations(&c)
	got := ""
	heard := w.ask(c, func() (answer, []uint64, error) {
		a, err := w.answered(w.j.Append(context.Background(), c.write(l, records)))
		got = a.Is
		return a, nil, err
	})
	if heard && got == done {
		l.Records = append(slices.Clip(l.Records), records...)
		w.known[log] = l
	}
	if got != done || w.dice.IntN(4) == 0 {
		w.load(log)
	}
}

// reservations lets most of the writes reserve, take over, release, or happen only where nobody else holds a key.
func (w *worker) reservations(c *call) {
	key := w.dice.IntN(maxKeys)
	switch w.dice.IntN(6) {
	case 0:
		c.Reserve = []reservation{{Key: key, From: nobody}}
	case 1:
		c.Reserve = []reservation{{Key: key, From: w.first + w.dice.IntN(window)}}
	case 2:
		c.Release = []int{0, 1, 2}[:1+w.dice.IntN(maxKeys)]
	case 3:
		c.Release = []int{key}
		c.Reserve = []reservation{{Key: (key + 1) % maxKeys, From: nobody}, {Key: key, From: nobody}}
	case 4:
		c.Unless = []int{key, (key + 1) % maxKeys}
	}
}

func (w *worker) answered(number int, err error) (answer, error) {
	reserved, isReserved := errors.AsType[*journal.ReservedError](err)
	switch {
	case err == nil:
		return answer{Is: done, Log: logState{Number: number}}, nil
	case errors.Is(err, journal.ErrConflict):
		return answer{Is: conflict}, nil
	case isReserved:
		return answer{Is: held, Key: numbered(reserved.Key), Holder: numbered(reserved.Holder)}, nil
	case errors.Is(err, journal.ErrMalformed), errors.Is(err, journal.ErrLost):
		return answer{}, fmt.Errorf("%w: %w", errFault, err)
	default:
		return answer{}, err
	}
}

func (c call) write(l journal.Log, records []journal.Record) journal.Write {
	w := journal.Write{ID: l.ID, Expect: c.Expect, Now: time.Now(), Records: records, Open: c.Open, Confirm: true}
	if c.Wake != 0 {
		w.Wake = time.UnixMicro(c.Wake)
	}
	for _, r := range c.Reserve {
		res := journal.Reservation{Key: keyName(r.Key)}
		if r.From != nobody {
			res.From = logID(r.From)
		}
		w.Reserve = append(w.Reserve, res)
	}
	for _, key := range c.Release {
		w.Release = append(w.Release, keyName(key))
	}
	for _, key := range c.Unless {
		w.Unless = append(w.Unless, keyName(key))
	}
	return w
}
