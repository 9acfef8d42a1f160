package lineartest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// line is one line of a child: a call, or with the same name the answer to it.
type line struct {
	Name   string // unlike any other of the run
	Client int
	Call   *call    `json:",omitempty"`
	Answer *answer  `json:",omitempty"`
	Prints []uint64 `json:",omitempty"` // of the records, in the last reading
	Fault  string   `json:",omitempty"` // what no journal may answer
}

// parse reads what the children wrote, in the order in which they wrote it.
func parse(text string) ([]line, error) {
	var out []line
	for t := range strings.Lines(text) {
		var l line
		if err := json.Unmarshal([]byte(t), &l); err != nil {
			return nil, fmt.Errorf("line %q: %w", t, err)
		}
		if l.Fault != "" {
			return nil, fmt.Errorf("%s: %s", l.Name, l.Fault)
		}
		out = append(out, l)
	}
	return out, nil
}

// history is a run, ready for the checker.
type history struct {
	events   []porcupine.Event
	answered int
	unheard  int // carried out, as the last reading shows, without an answer
}

// newHistory pairs calls with their answers. A read without an answer says nothing and is left out, and so is an append without one
// whose records nobody has read, see the package comment.
func newHistory(lines []line) history {
	answers := map[string]bool{}
	read := map[uint64]bool{}
	for _, l := range lines {
		if l.Answer != nil && l.Answer.Is != silence {
			answers[l.Name] = true
		}
		for _, p := range l.Prints {
			read[p] = true
		}
	}
	var h history
	ids := map[string]int{}
	var open []porcupine.Event
	for _, l := range lines {
		switch {
		case l.Call != nil && answers[l.Name]:
			ids[l.Name] = len(ids)
			h.events = append(h.events, porcupine.Event{ClientId: l.Client, Kind: porcupine.CallEvent, Value: *l.Call, Id: ids[l.Name]})
		case l.Call != nil && l.Call.Op == appends && read[l.Call.Prints[0]]:
			ids[l.Name] = len(ids)
			h.events = append(h.events, porcupine.Event{ClientId: l.Client, Kind: porcupine.CallEvent, Value: *l.Call, Id: ids[l.Name]})
			open = append(open, porcupine.Event{ClientId: l.Client, Kind: porcupine.ReturnEvent, Value: answer{Is: silence}, Id: ids[l.Name]})
		case l.Answer != nil && answers[l.Name]:
			h.events = append(h.events, porcupine.Event{ClientId: l.Client, Kind: porcupine.ReturnEvent, Value: *l.Answer, Id: ids[l.Name]})
			h.answered++
		}
	}
	h.events = append(h.events, open...)
	h.unheard = len(open)
	return h
}

// check says whether the history is linearizable. Unknown: the checker ran out of time.
func (h history) check(limit time.Duration) porcupine.CheckResult {
	return porcupine.CheckEventsTimeout(model(), h.events, limit)
}
