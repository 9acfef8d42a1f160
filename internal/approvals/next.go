package approvals

import (
	"slices"
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
	Seq  int    // telling: the event to tell
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
	case StateApproved, StateExecuting:
		out = append(out, r.deedsUnderWay()...)
	case StateDone, StatePartly, StateNotDone, StateUnknown, StateDenied, StateWithdrawn, StateExpired:
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
	if o, ok := r.messageOwed(DoTellThread, "t", r.tellsThread); ok && r.threadReady() {
		out = append(out, o)
	}
	if o, ok := r.messageOwed(DoTellAudit, "a", func(e Event) bool { return !e.Kind.Receipt() }); ok {
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
		case Requested, Approved, Denied, Withdrawn, Expired, Drifted, Begun, Deferred, Ended, Unresolved, Superseded, Resolved, Completed:
			return r.Events[i].Seq
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
	case Approved, Denied, Withdrawn, Expired, Reminded, Drifted, Deferred, Ended, Unresolved, Superseded, Proposed, Resolved, Alarmed:
		return true
	case Requested, Refused, Rechecked, Begun, Looked, Completed, Sending, Told, Failed, Lost, Waiting:
		return false
	default:
		return false
	}
}

// messageOwed finds the first event that is to be told and has not been.
func (r *Request) messageOwed(do Do, prefix string, wanted func(Event) bool) (Owed, bool) {
	i := slices.IndexFunc(r.Events, func(e Event) bool {
		return wanted(e) && !r.Tells[prefix+strconv.Itoa(e.Seq)].Place.Known()
	})
	if i < 0 {
		return Owed{}, false
	}
	key := prefix + strconv.Itoa(r.Events[i].Seq)
	return Owed{Do: do, Key: key, Seq: r.Events[i].Seq, At: r.after(r.Tells[key])}, true
}
