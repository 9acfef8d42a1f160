package page

import (
	"slices"
	"strings"
	"time"

	"offboard/internal/sandbox/workspace"
)

// lack is a method of Slack's that the app called and the sandbox does not have.
type lack struct {
	Method string `json:"method"`
	Times  int    `json:"times"`
}

// lacks lists what the sandbox lacks of what was called.
func lacks(calls []workspace.Call) []lack {
	out := []lack{}
	for _, c := range calls {
		if c.Error != "unknown_method" {
			continue
		}
		i := slices.IndexFunc(out, func(l lack) bool { return l.Method == c.Method })
		if i < 0 {
			i, out = len(out), append(out, lack{Method: c.Method})
		}
		out[i].Times++
	}
	slices.SortFunc(out, func(a, b lack) int { return strings.Compare(a.Method, b.Method) })
	return out
}

// told is one attempt to tell the app of an event.
type told struct {
	At      string `json:"at"`
	Event   string `json:"event"`
	Attempt int    `json:"attempt"` // 0 is the first
	Error   string `json:"error"`   // empty: the app acknowledged it
}

// events lists the newest of them first.
func events(all []workspace.EventInfo) []told {
	out := []told{}
	for _, e := range slices.Backward(all[max(0, len(all)-mostCalls):]) {
		out = append(out, told{At: e.At.UTC().Format(time.RFC3339), Event: e.Event, Attempt: e.Attempt, Error: e.Error})
	}
	return out
}
