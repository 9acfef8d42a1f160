package page

import (
	"context"
	"errors"
	"slices"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/sandbox/town"
)

// moved is how the town's time shall go on: by so many seconds, or to a moment.
type moved struct {
	By int64     `json:"by"`
	To time.Time `json:"to"`
}

// mostMoved is how far the time goes on at once: more than anything may be scheduled ahead.
const mostMoved = 400 * 24 * time.Hour

var (
	errBounds = errors.New("time goes on, at most 400 days at once")
	errEnd    = errors.New("this sandbox's time goes no further")
)

// moveClock moves the town's time on. To a moment that has passed it goes nowhere, and nothing is wrong with that: somebody else went there before.
func (s *server) moveClock(_ context.Context, m moved) error {
	clock := &s.town.Clock
	switch to := !m.To.IsZero(); {
	case to && (m.By != 0 || m.To.Sub(clock.Now()) > mostMoved), !to && (m.By <= 0 || m.By > int64(mostMoved/time.Second)):
		return errBounds
	case to:
		clock.MoveTo(m.To)
	case !clock.Move(time.Duration(m.By) * time.Second):
		return errEnd
	}
	return nil
}

// rules are what the bot is configured to do.
type rules struct {
	Says []string `json:"says"`
	Slow string   `json:"slow"` // what to ask for to see a cool-off
	YAML string   `json:"yaml"`
}

func (s *server) rules() rules {
	yaml := s.town.Configured()
	if yaml == "" {
		return rules{Says: []string{}}
	}
	return rules{Says: town.Rules(), Slow: town.Slow, YAML: yaml}
}

// coming is something that happens to a request by itself when its time comes.
type coming struct {
	At   string `json:"at"`
	Says string `json:"says"` // goes on from the request's name
}

// comings lists what will happen to a request by itself, the next first.
func comings(r *approvals.Request, now time.Time) []coming {
	type moment struct {
		at   time.Time
		says string
	}
	var all []moment
	add := func(at time.Time, says string) {
		same := slices.ContainsFunc(all, func(m moment) bool { return m.says == says })
		if says != "" && at.After(now) && !same {
			all = append(all, moment{at, says})
		}
	}
	for _, o := range approvals.Next(r) {
		if !o.Telling() || r.TellingOf(o.Key).Failed > 0 { // else it is told this moment
			add(o.At, owedWords(r, o))
		}
	}
	switch r.State { //nolint:exhaustive // nothing else has times of its own
	case approvals.StatePending:
		add(r.Plan.NotBefore, "may begin, once it is approved")
	case approvals.StateHeld:
		add(r.Last(approvals.Held).Until, "has room under the cap again, and still waits for its release")
	}
	slices.SortStableFunc(all, func(a, b moment) int { return a.at.Compare(b.at) })
	out := []coming{}
	for _, m := range all {
		out = append(out, coming{At: m.at.UTC().Format(time.RFC3339Nano), Says: m.says})
	}
	return out
}

// owedWords is what a deed means to people.
func owedWords(r *approvals.Request, o approvals.Owed) string {
	switch o.Do {
	case approvals.DoRemind:
		return "reminds the approvers"
	case approvals.DoLook:
		return "is looked at again"
	case approvals.DoLose:
		return "counts as interrupted, if no answer has come"
	case approvals.DoExpire:
		return expiryWords(r.State)
	case approvals.DoBegin:
		if r.Steps[o.Step].Tries > 0 || r.Waits() != "" {
			return "is tried again"
		}
		return "begins"
	case approvals.DoPostCard, approvals.DoUpdateCard, approvals.DoTellThread, approvals.DoTellAudit:
		return "is told to Slack again"
	default:
		return ""
	}
}

func expiryWords(s approvals.State) string {
	switch s { //nolint:exhaustive // nothing else expires
	case approvals.StateHeld:
		return "expires, unless somebody releases it"
	case approvals.StatePending:
		return "expires, unless it is approved"
	default:
		return "is given up, unless it has begun"
	}
}
