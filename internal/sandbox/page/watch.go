package page

import (
	"slices"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/slackbot/cards"
)

// stage is what stands between a request and the outcome of its call.
type stage string

const (
	stageAsked   stage = "asked"   // the provider was asked and has not answered
	stageAgain   stage = "again"   // the call had no effect, and is sent again
	stageWaits   stage = "waits"   // the call cannot begin
	stageUnknown stage = "unknown" // the account is read back
)

// watched is a call that is on its way, or whose outcome is not known.
type watched struct {
	Stage  stage  `json:"stage"`
	Vendor string `json:"vendor"`
	Since  string `json:"since"` // asked: when it was
	Next   string `json:"next"`  // when something is done about it; empty: nothing is by itself
	Look   int    `json:"look"`  // unknown: which look is next
	Human  bool   `json:"human"` // unknown: people have been asked to look
	Why    string `json:"why"`   // again, waits
}

// watch is the first of a request's calls to watch; nil: there is none.
func watch(r *approvals.Request) *watched {
	for i, p := range r.Steps {
		w := watched{Vendor: r.Plan.Steps[i].Vendor}
		switch {
		case p.Running:
			w.Stage, w.Since = stageAsked, moment(last(r, approvals.Begun).At)
		case p.Outcome == approvals.Unknown && !r.Over:
			w.Stage, w.Look, w.Human, w.Next = stageUnknown, len(p.Looks)+1, p.Human, next(r, approvals.DoLook)
		case p.Outcome != "" || r.State.Ended():
			continue
		case r.Waits() != "":
			w.Stage, w.Why, w.Next = stageWaits, r.Waits(), next(r, approvals.DoBegin)
		case p.Tries > 0:
			w.Stage, w.Why, w.Next = stageAgain, last(r, approvals.Deferred).Proof, next(r, approvals.DoBegin)
		default:
			return nil
		}
		return &w
	}
	return nil
}

// next is when something of a kind is owed.
func next(r *approvals.Request, do approvals.Do) string {
	for _, o := range approvals.Next(r) {
		if o.Do == do {
			return moment(o.At)
		}
	}
	return ""
}

// last is the newest event of one of the kinds.
func last(r *approvals.Request, kinds ...approvals.Kind) approvals.Event {
	for _, e := range slices.Backward(r.Events) {
		if slices.Contains(kinds, e.Kind) {
			return e
		}
	}
	return approvals.Event{}
}

// end says what became of the call of a request that is watched no more.
func end(r *approvals.Request) string {
	e := last(r, approvals.Ended, approvals.Resolved, approvals.Expired, approvals.Stopped, approvals.Withdrawn, approvals.Drifted, approvals.Lapsed,
		approvals.Held, approvals.Tightened, approvals.Rescheduled, approvals.Superseded)
	return cards.Happened(r, e)
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
