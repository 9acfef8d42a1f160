package approvals

import (
	"strconv"
	"time"
)

// Do is something the bot owes.
type Do string

// What the bot can owe. The first group are deeds, the second is telling.
const (
	DoExpire Do = "expire"
	DoRemind Do = "remind"
	DoBegin  Do = "begin" // recheck the step's account, then begin
	DoLose   Do = "lose"  // the attempt's deadline has passed and its end is not on record
	DoLook   Do = "look"  // read a step of unknown outcome back

	DoPostCard   Do = "post_card"
	DoUpdateCard Do = "update_card"
	DoTellThread Do = "tell_thread"
	DoTellAudit  Do = "tell_audit"
)

// Owed is one thing the bot owes, not before At.
type Owed struct {
	Do   Do
	At   time.Time
	Step int    // deeds
	Key  string // telling: the message's key
	Seq  int    // telling: the event to tell; the audit channel: the last of the events to tell in one message
}

// Telling reports whether it is about telling people, not a deed.
func (o Owed) Telling() bool {
	return o.Do == DoPostCard || o.Do == DoUpdateCard || o.Do == DoTellThread || o.Do == DoTellAudit
}

// Next lists everything the bot owes for a request, now or later, deeds first. Nothing is owed for a request with events that this
// version does not understand.
func Next(r *Request) []Owed {
	if r.Foreign || len(r.Events) == 0 {
		return nil
	}
	return append(r.deeds(), r.tellings()...)
}

// Wake returns when a request is to be looked at next; zero: nothing is owed.
func Wake(r *Request) time.Time {
	var wake time.Time
	for _, o := range Next(r) {
		if wake.IsZero() || o.At.Before(wake) {
			wake = o.At
		}
	}
	return wake
}

func (r *Request) deeds() []Owed {
	var out []Owed
	switch r.State {
	case StatePending:
		out = append(out, Owed{Do: DoExpire, At: r.Expires})
		if at, ok := r.remindAt(); ok {
			out = append(out, Owed{Do: DoRemind, At: at})
		}
	case StateHeld:
		out = append(out, Owed{Do: DoExpire, At: r.Expires})
	case StateApproved, StateExecuting:
		out = append(out, r.deedsUnderWay()...)
	case StateDone, StatePartly, StateNotDone, StateUnknown, StateDenied, StateWithdrawn, StateExpired, StateStopped, StateFrozen, StateThawed:
	}
	for i := range r.Steps {
		if at, ok := r.lookAt(i); ok {
			out = append(out, Owed{Do: DoLook, Step: i, At: at})
		}
	}
	return out
}

func (r *Request) deedsUnderWay() []Owed {
	for i, p := range r.Steps {
		if p.Running {
			return []Owed{{Do: DoLose, Step: i, At: lostAt(p)}}
		}
	}
	out := []Owed{{Do: DoExpire, At: r.Window}}
	for i, p := range r.Steps {
		if p.Outcome == "" && r.Until.Before(r.Window) {
			return append(out, Owed{Do: DoBegin, Step: i, At: r.Until})
		}
	}
	return out
}

func (r *Request) tellings() []Owed {
	var out []Owed
	if o, ok := r.cardOwed(); ok {
		out = append(out, o)
	}
	if o, ok := r.threadOwed(); ok && r.threadReady() {
		out = append(out, o)
	}
	if o, ok := r.auditOwed(); ok {
		out = append(out, o)
	}
	return out
}

func (r *Request) cardOwed() (Owed, bool) {
	if r.Card.Gone {
		return Owed{}, false
	}
	if !r.Card.Place.Known() {
		return Owed{Do: DoPostCard, Key: KeyCard, At: r.after(r.Card), Seq: r.cardSeq()}, !r.State.Ended() || r.Card.Pending
	}
	if seq := r.cardSeq(); r.Card.Upto < seq {
		return Owed{Do: DoUpdateCard, Key: KeyCard, At: r.after(r.Card), Seq: seq}, true
	}
	return Owed{}, false
}

// after is when the next try of a telling is due: at once, or after the wait that a failed try asked for.
func (r *Request) after(t Telling) time.Time {
	if t.NotYet.After(r.Created) {
		return t.NotYet
	}
	return r.Created
}

// cardSeq is the Seq of the last event that changes the card.
func (r *Request) cardSeq() int {
	for i := len(r.Events) - 1; i >= 0; i-- {
		switch r.Events[i].Kind { //nolint:exhaustive // the rest does not show
		case Requested, Approved, Denied, Withdrawn, Expired, Drifted, Lapsed, Begun, Deferred, Ended, Unresolved, Superseded, Resolved, Completed,
			Rescheduled, Tightened, Held, Released, Stopped, Frozen, ThawAsked, Thawed:
			return r.Events[i].Seq
		case Waiting:
			if r.Events[i].Proof != r.waitBefore(i) {
				return r.Events[i].Seq
			}
		}
	}
	return 0
}

// threadReady reports whether there is a thread to write to, or it is known that there never will be: then the audit channel is told.
func (r *Request) threadReady() bool {
	return r.Card.Place.Known() || r.Card.Gone || r.State.Ended() && !r.Card.Pending
}

func (r *Request) tellsThread(e Event) bool {
	switch e.Kind {
	case Approved, Denied, Withdrawn, Expired, Reminded, Drifted, Lapsed, Deferred, Ended, Unresolved, Superseded, Proposed, Resolved,
		Rescheduled, Tightened, Held, Released, Stopped, Alarmed, Frozen, ThawAsked, Thawed:
		return true
	case Requested, Refused, Mistyped, Rechecked, Begun, Looked, Completed, Sending, Told, Failed, Lost, Waiting:
		return false
	default:
		return false
	}
}

// threadOwed finds the first event that the thread is to be told and has not been.
func (r *Request) threadOwed() (Owed, bool) {
	for _, e := range r.Events {
		key := threadPrefix + strconv.Itoa(e.Seq)
		if t := r.Tells[key]; r.tellsThread(e) && !t.Place.Known() {
			return Owed{Do: DoTellThread, Key: key, Seq: e.Seq, At: r.after(t)}, true
		}
	}
	return Owed{}, false
}

// What comes in quick succession goes to the audit channel as one message, one line for each event: Slack takes about one message a
// second for each channel (facts/slack.md), and a call that goes well has five events within a moment.
const (
	auditPause = 300 * time.Millisecond
	auditMost  = 8 // events in one message
)

// auditOwed finds the decisions and deeds that the audit channel is to be told next. A message that may be there already is looked for as
// it was begun.
func (r *Request) auditOwed() (Owed, bool) {
	o := Owed{Do: DoTellAudit}
	for _, e := range r.AuditEvents(r.Audit+1, len(r.Events)) {
		if o.Key == "" {
			o.Key = auditPrefix + strconv.Itoa(e.Seq)
			o.At = e.At.Add(auditPause)
			if t := r.Tells[o.Key]; t.Pending {
				o.Seq, o.At = t.Upto, r.after(t)
				return o, true
			} else if t.NotYet.After(o.At) {
				o.At = t.NotYet
			}
		}
		o.Seq = e.Seq
	}
	return o, o.Key != ""
}

// AuditEvents returns the decisions and deeds from one Seq to another, at most as many as go into one message.
func (r *Request) AuditEvents(from, to int) []Event {
	var out []Event
	for _, e := range r.Events {
		if e.Seq >= from && e.Seq <= to && !e.Kind.Receipt() && len(out) < auditMost {
			out = append(out, e)
		}
	}
	return out
}
