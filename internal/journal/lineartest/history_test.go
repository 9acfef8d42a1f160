package lineartest

import (
	"fmt"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// tell is a history that is told by hand: asked and answered one after the other, unless a test says otherwise.
type tell struct{ lines []line }

func (h *tell) ask(c call) (name string) {
	name = fmt.Sprint(len(h.lines))
	h.lines = append(h.lines, line{Name: name, Call: &c})
	return name
}

func (h *tell) answer(name string, a answer, prints ...uint64) {
	h.lines = append(h.lines, line{Name: name, Answer: &a, Prints: prints})
}

func (h *tell) both(c call, a answer, prints ...uint64) { h.answer(h.ask(c), a, prints...) }

// add is an append of one record to log 0; what it reserves is key 0.
func add(expect int, print uint64, reserve ...reservation) call {
	return call{Op: appends, Expect: expect, Prints: []uint64{print}, Reserve: reserve}
}

var first = answer{Is: done, Log: logState{Number: 1}}

// holding is the answer to a load of log 0.
func holding(prints ...uint64) answer {
	return answer{Is: done, Log: logState{Number: 1, Version: len(prints), Digest: digest(0, prints...)}}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	load := call{Op: loads}
	for _, tc := range []struct {
		name string
		tell func(h *tell)
		want porcupine.CheckResult
	}{
		{"one after the other", func(h *tell) {
			h.both(load, answer{Is: none})
			h.both(add(0, 11), first)
			h.both(add(0, 12), answer{Is: conflict})
			h.both(load, holding(11), 11)
		}, porcupine.Ok},
		{"acknowledged and lost", func(h *tell) {
			h.both(add(0, 11), first)
			h.both(load, answer{Is: none})
		}, porcupine.Illegal},
		{"read too late", func(h *tell) {
			h.both(add(0, 11), first)
			h.both(add(1, 12), first)
			h.both(load, holding(11), 11, 12)
		}, porcupine.Illegal},
		{"both got the same version", func(h *tell) {
			a, b := h.ask(add(0, 11)), h.ask(add(0, 12))
			h.answer(a, first)
			h.answer(b, first)
		}, porcupine.Illegal},
		{"a read beside an append sees either", func(h *tell) {
			h.both(add(0, 11), first)
			a, b, c := h.ask(add(1, 12)), h.ask(load), h.ask(load)
			h.answer(b, holding(11, 12))
			h.answer(c, holding(11))
			h.answer(a, first)
		}, porcupine.Ok},
		{"without an answer, and carried out long after", func(h *tell) {
			h.ask(add(0, 11))
			h.both(load, answer{Is: none})
			h.both(load, holding(11), 11)
		}, porcupine.Ok},
		{"without an answer, and never carried out", func(h *tell) {
			h.answer(h.ask(add(0, 11)), answer{Is: silence})
			h.both(add(0, 12), first)
			h.both(load, holding(12), 12)
		}, porcupine.Ok},
		{"seen once, and gone", func(h *tell) {
			h.ask(add(0, 11))
			h.both(load, holding(11))
			h.both(load, answer{Is: none})
		}, porcupine.Illegal},
		{"half of an append", func(h *tell) {
			h.both(call{Op: appends, Prints: []uint64{11, 12}}, first)
			h.both(load, holding(11), 11)
		}, porcupine.Illegal},
		{"a key held twice", func(h *tell) {
			h.both(add(0, 11, reservation{From: nobody}), first)
			h.both(call{Op: appends, Log: 1, Prints: []uint64{12}, Reserve: []reservation{{From: nobody}}}, answer{Is: done, Log: logState{Number: 2}})
		}, porcupine.Illegal},
		{"a key refused, and taken over", func(h *tell) {
			h.both(add(0, 11, reservation{From: nobody}), first)
			other := call{Op: appends, Log: 1, Prints: []uint64{12}, Reserve: []reservation{{From: nobody}}}
			h.both(other, answer{Is: held})
			other.Reserve = []reservation{{From: 0}}
			h.both(other, answer{Is: done, Log: logState{Number: 2}})
			h.both(call{Op: holds}, answer{Is: done, Holder: 1})
		}, porcupine.Ok},
		{"written although a key was held", func(h *tell) {
			h.both(add(0, 11, reservation{From: nobody}), first)
			h.both(call{Op: appends, Log: 1, Prints: []uint64{12}, Unless: []int{0}}, answer{Is: done, Log: logState{Number: 2}})
		}, porcupine.Illegal},
		{"not written because a key was held", func(h *tell) {
			h.both(add(0, 11, reservation{From: nobody}), first)
			h.both(call{Op: appends, Log: 1, Prints: []uint64{12}, Unless: []int{1, 0}}, answer{Is: held})
			h.both(call{Op: appends, Log: 1, Prints: []uint64{13}, Unless: []int{1}}, answer{Is: done, Log: logState{Number: 2}})
			h.both(call{Op: holds, Key: 1}, answer{Is: none})
		}, porcupine.Ok},
		{"a number given twice", func(h *tell) {
			h.both(add(0, 11), first)
			h.both(call{Op: appends, Log: 1, Prints: []uint64{12}}, first)
		}, porcupine.Illegal},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var h tell
			tc.tell(&h)
			if got := newHistory(h.lines).check(time.Minute); got != tc.want {
				t.Errorf("linearizable: %s, want %s", got, tc.want)
			}
		})
	}
}
