package lineartest

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"offboard/internal/journal"
)

var seedFlag = flag.Uint64("linear.seed", 0, "seed of the linearizability tests; 0: another one each time")

// Engine is what a run needs of an engine: one store, that all of these mean.
type Engine struct {
	Children int                                       // that work on the store at once
	Child    func(t *testing.T, task string) *exec.Cmd // the test's own binary, as a process that calls Work with the task, on its standard output; not started
	Open     func() (journal.Journal, error)           // for the last reading, when all children are dead
	Kill     func(t *testing.T)                        // kills something else and starts it again, the server; nil: there is nothing
}

// The size of a run.
const (
	goroutines = 12 // of all children
	fewer      = 4  // of a journal that is broken: the checker tries every order before it says no
	kills      = 24
	patience   = time.Minute
)

// Run kills the engine's children and server at random moments and fails when what was seen is not linearizable.
func Run(t *testing.T, e Engine) {
	t.Helper()
	h, err := watch(t, e, kills, Sound)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d operations answered, %d carried out and not answered", h.answered, h.unheard)
	if h.answered < 500 {
		t.Errorf("only %d operations: the test shows nothing", h.answered)
	}
	begun := time.Now()
	if got := h.check(patience); got != porcupine.Ok {
		t.Errorf("linearizable: %s after %v", got, time.Since(begun))
	}
}

// RunBroken expects that the engine, broken on purpose, is found not to be linearizable.
func RunBroken(t *testing.T, e Engine, b Broken) {
	t.Helper()
	h, err := watch(t, e, 2, b)
	if err != nil {
		t.Logf("found out before any checking: %v", err)
		return
	}
	if got := h.check(patience); got != porcupine.Illegal {
		t.Errorf("a journal that is %s is linearizable: %s", b, got)
	}
}

// watch runs the crowd through so many kills and returns what was seen. An error is an answer that no journal may give.
func watch(t *testing.T, e Engine, kills int, b Broken) (history, error) {
	t.Helper()
	seed := *seedFlag
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("go test -run '%s' -linear.seed %d", t.Name(), seed)
	s := &supervisor{T: t, e: e, goroutines: goroutines, dice: rand.New(rand.NewPCG(seed, 0)), broken: b, ended: make(chan string, 100)}
	if b != Sound {
		s.goroutines = fewer
	}
	s.listen()
	for range e.Children {
		s.start()
	}
	for s.round = 1; s.round <= kills; s.round++ {
		s.letWork()
		s.killOne()
	}
	lines, err := parse(s.silence() + readLast(t, e, kills+window))
	return newHistory(lines), err
}

// supervisor starts the children, kills them and hears what they say.
type supervisor struct {
	*testing.T
	e          Engine
	goroutines int // of all children
	dice       *rand.Rand
	broken     Broken
	round      int
	begun      int
	living     []*child
	ended      chan string // children that ended by themselves
	pipe       *os.File    // where all children write
	ear        *ear
}

type child struct {
	cmd    *exec.Cmd
	killed atomic.Bool
	done   chan struct{}
}

func (s *supervisor) listen() {
	s.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		s.Fatal(err)
	}
	s.pipe, s.ear = w, &ear{heard: make(chan struct{}, 1), done: make(chan struct{})}
	go s.ear.listen(r)
	s.Cleanup(func() {
		for _, c := range s.living {
			c.kill()
		}
		_ = w.Close() // for the second time, when all went well
		<-s.ear.done
		_ = r.Close()
	})
}

func (s *supervisor) start() {
	s.Helper()
	s.begun++
	task := Task{
		Name: fmt.Sprint("child", s.begun), Seed: s.dice.Uint64(), Goroutines: s.goroutines / s.e.Children, First: s.round, Broken: s.broken,
	}
	c := &child{cmd: s.e.Child(s.T, task.String()), done: make(chan struct{})}
	c.cmd.Stdout, c.cmd.Stderr = s.pipe, os.Stderr
	if err := c.cmd.Start(); err != nil {
		s.Fatal(err)
	}
	s.living = append(s.living, c)
	go func() {
		defer close(c.done)
		if err := c.cmd.Wait(); !c.killed.Load() {
			s.ended <- fmt.Sprint(task.Name, ": ", err)
		}
	}()
}

func (c *child) kill() {
	c.killed.Store(true)
	_ = c.cmd.Process.Kill() // it may have ended by itself
	<-c.done
}

// letWork returns when the children have said a random number of lines and a random time after that has passed.
func (s *supervisor) letWork() {
	s.Helper()
	until := s.ear.count() + 50 + s.dice.IntN(200)
	late := time.After(patience)
	for s.ear.count() < until {
		select {
		case <-s.ear.heard:
		case why := <-s.ended:
			s.Fatalf("a child ended by itself: %s", why)
		case <-late:
			s.Fatalf("the children have said nothing for %v", patience)
		}
	}
	<-time.After(time.Duration(s.dice.IntN(10_000)) * time.Microsecond)
}

// killOne kills one of the children, or what else there is, or that and a child.
func (s *supervisor) killOne() {
	s.Helper()
	victim := s.dice.IntN(len(s.living))
	if s.e.Kill != nil && s.dice.IntN(2) == 0 {
		s.e.Kill(s.T)
		if s.dice.IntN(2) == 0 {
			return
		}
	}
	s.living[victim].kill()
	s.living = append(s.living[:victim], s.living[victim+1:]...)
	s.start()
}

// silence kills all children and returns everything they have said.
func (s *supervisor) silence() string {
	for _, c := range s.living {
		c.kill()
	}
	_ = s.pipe.Close()
	<-s.ear.done
	return s.ear.text.String()
}

// ear hears the children, whatever the supervisor does.
type ear struct {
	lines atomic.Int64
	heard chan struct{} // a line has come since
	text  bytes.Buffer  // to be read when done is closed
	done  chan struct{}
}

func (e *ear) count() int { return int(e.lines.Load()) }

// listen ends when the last writer has gone.
func (e *ear) listen(r io.Reader) {
	defer close(e.done)
	for in := bufio.NewReader(r); ; {
		text, err := in.ReadString('\n')
		if err != nil {
			return
		}
		e.text.WriteString(text)
		e.lines.Add(1)
		select {
		case e.heard <- struct{}{}:
		default:
		}
	}
}

// readLast reads all that is left, when nobody else works any more: who holds the keys, and then the logs.
func readLast(t *testing.T, e Engine, logs int) string {
	t.Helper()
	j, err := e.Open()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := &worker{j: j, out: &out, name: "last", client: goroutines, known: map[int]journal.Log{}, last: true}
	heard := true
	for key := range maxKeys {
		heard = w.holder(key) && heard
	}
	for log := range logs {
		heard = w.load(log) && heard
	}
	if _, fault := parse(out.String()); !heard && fault == nil {
		t.Fatal("the store cannot be read at the end")
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
