package approvals

import (
	"slices"
	"strings"
	"time"

	"offboard/internal/providers"
)

// Request is a plan with its life: the fold of its events.
type Request struct {
	ID     string // unguessable, for buttons
	Number int    // people say OFF-42

	State     State
	Plan      Plan
	Digest    string // of Plan, what approvals are given to now
	Policy    Policy
	Requester Person
	Reason    string
	Linked    string // the request this one takes over from
	Earlier   bool   // a write of the linked request is on record as sent

	Created    time.Time
	Expires    time.Time // until when people may decide
	ApprovedAt time.Time // when the last approval that was needed came
	Window     time.Time // until when a step may begin
	Until      time.Time // not before this may a step begin

	Approvals []Consent // to Digest
	Refusals  []Person  // whose refused clicks are on record
	Slips     []Person  // who typed something else than the card shows, once for each time
	Reminded  bool
	Faces     []Plan       // every plan that was ever shown: whoever one of them concerns is the person to be removed
	Drift     []Difference // what changed when approvals were last voided
	Steps     []Progress   // one for each of Plan.Steps
	Proposal  *Event       // a proposal to resolve by hand
	Released  bool         // somebody let it begin over the caps, under the approvals that count now
	Freeze    bool         // it is a freeze: it stops the begins of every other request, and has no plan
	Thaw      *Event       // who asked to end the freeze
	Over      bool         // superseded: another request has the account

	Card   Telling            // the card
	Thread Telling            // the thread's posts go there unless lost
	Tells  map[string]Telling // every other message, by key
	Audit  int                // Seq up to which the audit channel has been told

	Events  []Event // all of them, in order
	Foreign bool    // holds an event this version does not understand: it must be left alone
}

// Consent is one approval that counts.
type Consent struct {
	By    Person
	At    time.Time
	Fills []string // the names of the quotas they could fill when they approved
	Typed bool     // they typed what the card shows
}

// Progress is how far a step is.
type Progress struct {
	Attempt  int       // number of the attempt begun last; 0: none
	Tries    int       // attempts begun since the approvals were given
	Running  bool      // begun, and its end is not on record
	Deadline time.Time // of the attempt that is running
	Sent     bool      // a write of ours may have reached the provider
	Answered int       // status of the answer to the write; 0: none
	Outcome  Outcome   // empty: not ended
	Proof    string
	EndedAt  time.Time // when Outcome was first set
	UnseenAt time.Time // when Outcome became Unseen
	Looks    []Event   // the Looked events since then
	Human    bool      // Unresolved is on record
}

// Telling is how far one message to Slack is.
type Telling struct {
	Place   Place     // where it stands; unknown: it is not there
	Upto    int       // the card: Seq of the last event it shows
	Pending bool      // a post was begun and its end is not on record: it may be there
	NotYet  time.Time // not to be tried again before this
	Failed  int       // tries that failed in a row
	Gone    bool      // cannot be written any more
}

// Version is the number of the events.
func (r *Request) Version() int { return len(r.Events) }

// Needs returns how many more people must approve.
func (r *Request) Needs() int { return r.Shortfall().People }

// Fold applies events in order to a request, and returns it.
func (r *Request) Fold(events ...Event) *Request {
	for _, e := range events {
		r.apply(e)
	}
	return r
}

func (r *Request) apply(e Event) {
	if e.Seq == 0 {
		e.Seq = len(r.Events) + 1
	}
	r.Events = append(r.Events, e)
	if r.misplaced(e) {
		r.Foreign = true
		return
	}
	if e.Kind.Receipt() {
		r.applyReceipt(e)
		return
	}
	switch e.Kind { //nolint:exhaustive // receipts are handled above, unknown kinds below
	case Requested:
		r.applyRequested(e)
	case Approved, Denied, Withdrawn, Expired, Drifted, Lapsed, Tightened, Rescheduled:
		r.applyDecision(e)
	case Held, Released, Stopped:
		r.applyHold(e)
	case Frozen, ThawAsked, Thawed:
		r.applyFreeze(e)
	case Reminded:
		r.Reminded = true
	case Refused:
		r.Refusals = append(r.Refusals, e.By)
	case Mistyped:
		r.Slips = append(r.Slips, e.By)
	case Begun, Deferred, Ended, Looked, Unresolved, Resolved:
		r.applyDeed(e)
	case Proposed:
		r.Proposal = &e
	case Superseded:
		r.Over = true
	case Rechecked, Completed, Alarmed:
	default:
		r.Foreign = true
	}
}

func (r *Request) applyRequested(e Event) {
	r.State, r.Policy = StatePending, *e.Policy
	r.show(*e.Plan)
	r.Requester, r.Reason, r.Linked, r.Earlier = e.By, e.Reason, e.Linked, e.Sent
	r.Created, r.Expires = e.At, e.At.Add(e.Policy.Expires)
	r.Steps = make([]Progress, len(e.Plan.Steps))
	r.Tells = map[string]Telling{}
}

func (r *Request) show(p Plan) {
	r.Plan, r.Digest = p, p.Digest()
	r.Faces = append(r.Faces, p)
}

// Concerns reports whether the person is the one to be removed, by anything that was ever shown of the account: somebody whose
// e-mail address was changed at the provider after the request stays the person it is about.
func (r *Request) Concerns(who Person) bool {
	return slices.ContainsFunc(r.Faces, func(p Plan) bool { return p.Concerns(who) })
}

func (r *Request) applyDecision(e Event) {
	switch e.Kind { //nolint:exhaustive // the caller's list
	case Approved:
		r.Approvals = append(r.Approvals, Consent{By: e.By, At: e.At, Fills: e.Fills, Typed: e.Typed})
		if r.Needs() == 0 {
			r.ready(e.At)
		}
	case Denied:
		r.State = StateDenied
	case Withdrawn:
		r.State = StateWithdrawn
	case Expired:
		r.State = StateExpired
	case Drifted:
		r.Approvals, r.Drift = nil, e.Differences
		r.reopen(e.At)
		if e.Plan != nil {
			r.show(*e.Plan)
		}
	case Lapsed:
		r.lapse(e)
	case Tightened:
		r.tighten(e)
	case Rescheduled:
		r.reschedule(e)
	}
}

func (r *Request) applyDeed(e Event) {
	if e.Step < 0 || e.Step >= len(r.Steps) {
		r.Foreign = true
		return
	}
	p := &r.Steps[e.Step]
	switch e.Kind { //nolint:exhaustive // the caller's list
	case Begun:
		r.State = StateExecuting
		p.Running, p.Attempt, p.Deadline = true, e.Attempt, e.Deadline
		p.Tries++
	case Deferred:
		p.Running, r.Until = false, e.Until
		if r.waitingOnly() {
			r.State = StateApproved
		}
	case Ended:
		p.end(e)
		p.Sent, p.Answered = p.Sent || e.Sent, max(p.Answered, e.Answered)
		r.settle()
	case Looked:
		p.Looks = append(p.Looks, e)
	case Unresolved:
		p.Human = true
	case Resolved:
		p.end(e)
		r.Proposal = nil
		r.settle()
	}
}

// settle moves the request to the state its steps' outcomes add up to, once each has one.
func (r *Request) settle() {
	if s, all := r.worst(); all {
		r.State = s
	}
}

func (p *Progress) end(e Event) {
	p.Running, p.Outcome, p.Proof = false, e.Outcome, e.Proof
	if p.EndedAt.IsZero() {
		p.EndedAt = e.At
	}
	if e.Outcome == Unseen {
		p.UnseenAt = e.At
	}
}

// waitingOnly reports whether no step runs or has ended.
func (r *Request) waitingOnly() bool {
	for _, p := range r.Steps {
		if p.Running || p.Outcome != "" {
			return false
		}
	}
	return true
}

// worst returns the state that a request with these outcomes ends in, and false while a step has none.
func (r *Request) worst() (State, bool) {
	done, not, unknown := 0, 0, 0
	for _, p := range r.Steps {
		switch p.Outcome {
		case Done, Already, Elsewhere:
			done++
		case NotDone, Rehearsed, Unseen:
			not++
		case Unknown:
			unknown++
		default:
			return "", false
		}
	}
	switch {
	case unknown > 0:
		return StateUnknown, true
	case not == 0:
		return StateDone, true
	case done > 0:
		return StatePartly, true
	default:
		return StateNotDone, true
	}
}

// Final reports whether nothing about the request can change any more but telling: it has ended, and no outcome is open.
func (r *Request) Final() bool {
	if !r.State.Ended() {
		return false
	}
	for _, p := range r.Steps {
		if p.Outcome != "" && !p.Outcome.Final() {
			return false
		}
	}
	return true
}

// Keys returns the reservations of the plan's accounts, in the order of the steps. They are those of the plan that was asked for: a
// reservation is made once, also when the account's tenant is another one since.
func (r *Request) Keys() []string {
	if r.Freeze {
		return []string{FreezeKey}
	}
	if len(r.Faces) == 0 {
		return nil // it was begun by a newer version
	}
	out := make([]string, 0, len(r.Plan.Steps))
	for _, s := range r.Faces[0].Steps {
		out = append(out, s.Key())
	}
	return out
}

// Open reports whether the request belongs into the list of open ones, and keeps its accounts reserved.
func (r *Request) Open() bool { return !r.Final() && !r.Over }

// Order returns what to ask of the provider for a step.
func (r *Request) Order(step int, now providers.Account) providers.Order {
	p := r.Steps[step]
	return providers.Order{
		Account: now, Action: r.Plan.Steps[step].Action,
		Earlier: r.Earlier, Answered: p.Answered,
	}
}

func (r *Request) applyReceipt(e Event) {
	t := r.TellingOf(e.Key)
	switch e.Kind { //nolint:exhaustive // receipts only
	case Sending:
		t.Pending = true
		if e.Key != KeyCard {
			t.Upto = e.Upto
		}
	case Told:
		t.Pending, t.Failed, t.NotYet = false, 0, time.Time{}
		t.Upto = max(t.Upto, e.Upto)
		if e.Place.Known() {
			t.Place = e.Place
		}
		if strings.HasPrefix(e.Key, auditPrefix) {
			r.Audit = max(r.Audit, e.Upto)
		}
	case Failed:
		t.Failed++
		t.NotYet, t.Pending = e.Until, t.Pending && e.Maybe
	case Lost:
		t.Gone = true
	case Waiting:
		r.Until = e.Until
		return
	}
	r.setTelling(e.Key, t)
}

// The keys of the messages that are not one for one event.
const (
	KeyCard   = "card"
	KeyThread = "thread"
)

// The keys of messages for events: the prefix and the Seq of the (first) event.
const (
	threadPrefix = "t"
	auditPrefix  = "a"
)

// TellingOf returns how far the message with this key is.
func (r *Request) TellingOf(key string) Telling {
	switch key {
	case KeyCard:
		return r.Card
	case KeyThread:
		return r.Thread
	default:
		return r.Tells[key]
	}
}

func (r *Request) setTelling(key string, t Telling) {
	switch key {
	case KeyCard:
		r.Card = t
	case KeyThread:
		r.Thread = t
	default:
		if r.Tells == nil {
			r.Tells = map[string]Telling{}
		}
		r.Tells[key] = t
	}
}
