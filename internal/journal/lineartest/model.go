package lineartest

import (
	"encoding/binary"
	"hash/fnv"

	"github.com/anishathalye/porcupine"

	"offboard/internal/journal"
)

// How many logs and keys a run may have. States are compared and copied whole.
const (
	maxLogs = 40
	maxKeys = 3
)

// nobody stands for no log.
const nobody = -1

// state is what a journal holds. Its zero value is an empty one.
type state struct {
	logs    [maxLogs]logState
	holders [maxKeys]int // the log that holds the key, and one more; 0: none
	last    int          // running number
}

// logState is one log. Version 0: it was never begun.
type logState struct {
	Number, Version int
	Digest          uint64 // of all records
	Wake            int64  // microseconds; 0: nothing is owed
	Open            bool
}

// The operations.
const (
	appends = "append"
	loads   = "load"
	holds   = "holder"
)

// call is what was asked.
type call struct {
	Op      string
	Log     int
	Key     int // of holds
	Expect  int
	Prints  []uint64 // of the records
	Wake    int64
	Open    bool
	Reserve []reservation
	Release []int
	Unless  []int
}

type reservation struct{ Key, From int }

// The answers.
const (
	done     = "done"
	conflict = "conflict"
	held     = "held"
	none     = "none" // no such log, or nobody holds the key
	silence  = "silence"
)

// answer is what came back.
type answer struct {
	Is     string
	Log    logState // of loads; of appends only the number
	Key    int      // held
	Holder int      // held, or of holds
}

// apply is the contract: what the journal holds after the call, and what it answers.
func (s state) apply(c call) (state, answer) {
	l := s.logs[c.Log]
	switch c.Op {
	case loads:
		if l.Version == 0 {
			return s, answer{Is: none}
		}
		return s, answer{Is: done, Log: l}
	case holds:
		if s.holders[c.Key] == 0 {
			return s, answer{Is: none}
		}
		return s, answer{Is: done, Holder: s.holders[c.Key] - 1}
	default:
		return s.append(c)
	}
}

func (s state) append(c call) (state, answer) {
	l := &s.logs[c.Log]
	if l.Version != c.Expect {
		return s, answer{Is: conflict}
	}
	for _, r := range c.Reserve {
		if h := s.holders[r.Key] - 1; h != nobody && h != c.Log && h != r.From {
			return s, answer{Is: held, Key: r.Key, Holder: h}
		}
	}
	for _, key := range c.Unless {
		if h := s.holders[key] - 1; h != nobody && h != c.Log {
			return s, answer{Is: held, Key: key, Holder: h}
		}
	}
	if l.Number == 0 {
		s.last++
		l.Number = s.last
	}
	l.Version += len(c.Prints)
	l.Digest = digest(l.Digest, c.Prints...)
	l.Wake, l.Open = c.Wake, c.Open
	for _, key := range c.Release {
		if s.holders[key]-1 == c.Log {
			s.holders[key] = 0
		}
	}
	for _, r := range c.Reserve {
		s.holders[r.Key] = c.Log + 1
	}
	return s, answer{Is: done, Log: logState{Number: l.Number}}
}

// printOf is what a record's contents come down to: each body is unlike any other.
func printOf(r journal.Record) uint64 {
	h := fnv.New64a()
	for _, part := range []string{string(r.Body), "\n", r.Prev, "\n", r.Hash} {
		_, _ = h.Write([]byte(part))
	}
	return h.Sum64()
}

// digest adds records to the digest of those before them.
func digest(before uint64, prints ...uint64) uint64 {
	for _, p := range prints {
		h := fnv.New64a()
		_, _ = h.Write(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, before), p))
		before = h.Sum64()
	}
	return before
}

// model is the contract in the checker's form. An append whose answer nobody heard, but whose records were read, was carried out.
func model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return state{} },
		Step: func(before, input, output any) (bool, any) {
			after, want := before.(state).apply(input.(call))
			got := output.(answer)
			return got == want || got.Is == silence && want.Is == done, after
		},
		Hash: func(s any) uint64 { return s.(state).hash() },
	}
}

func (s state) hash() uint64 {
	h := digest(0, uint64(s.last))
	for _, l := range s.logs[:] {
		if l.Version > 0 {
			h = digest(h, l.Digest)
		}
	}
	for _, holder := range s.holders {
		h = digest(h, uint64(holder))
	}
	return h
}
