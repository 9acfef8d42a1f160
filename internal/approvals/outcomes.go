package approvals

import (
	"fmt"
	"time"

	"offboard/internal/providers"
)

// Call is how a provider call went.
type Call struct {
	Answer *providers.Answer // the provider's own success answer; nil: there was none
	Err    *providers.Error  // else what went wrong
}

// Status is the HTTP status that the call was answered with; 0: no answer came.
func (c Call) Status() int {
	switch {
	case c.Answer != nil:
		return c.Answer.Status
	case c.Err != nil:
		return c.Err.Status
	}
	return 0
}

func (c Call) text() string {
	switch {
	case c.Answer != nil:
		return c.Answer.Text
	case c.Err != nil && c.Err.Say != "":
		return c.Err.Say
	case c.Err != nil:
		return fmt.Sprintf("%s: %s", c.Err.Vendor, c.Err.Kind)
	}
	return "no answer"
}

// unsent reports whether the call provably took no effect at sending.
func (c Call) unsent() bool {
	return c.Answer == nil && c.Err != nil && (c.Err.NotSent || c.Err.Kind == providers.RateLimited)
}

// hopeless reports whether the call did not leave and would not the next time either.
func (c Call) hopeless() bool {
	return c.Answer == nil && c.Err != nil && c.Err.NotSent &&
		(c.Err.Kind == providers.Refused || c.Err.Kind == providers.Denied || c.Err.Kind == providers.NotFound)
}

// unclear reports whether the call may have taken effect although no success was answered.
func (c Call) unclear() bool {
	return c.Answer == nil && (c.Err == nil || c.Err.Kind == providers.UnknownOutcome || c.Err.Kind == providers.Temporary)
}

// Finish tells how the call of an attempt went, and what a read right after it saw.
type Finish struct {
	Step    int
	Attempt int
	Call    Call
	Sight   *providers.Sight // nil: nothing could be seen
	Retry   time.Time        // when to send again, if the call provably took no effect
}

func (f Finish) decide(r *Request, _ time.Time) ([]Event, error) {
	if f.Step < 0 || f.Step >= len(r.Steps) || r.Steps[f.Step].Attempt != f.Attempt {
		return nil, refuse(NotNow, "another attempt is on record")
	}
	p := r.Steps[f.Step]
	if !p.Running && (p.Outcome != Unknown || f.Call.Answer == nil) {
		return nil, refuse(NotNow, "the attempt has ended")
	}
	if f.Call.hopeless() {
		return []Event{{
			Kind: Ended, Step: f.Step, Attempt: f.Attempt, Outcome: NotDone, Proof: f.Call.text() + "; nothing was sent",
		}}, nil
	}
	if f.Call.unsent() {
		return []Event{f.deferOrEnd(r)}, nil
	}
	outcome, proof := conclude(f.Call, f.Sight, r.Earlier)
	if p.Outcome == outcome {
		return nil, refuse(NotNow, "the attempt has ended")
	}
	return []Event{{
		Kind: Ended, Step: f.Step, Attempt: f.Attempt, Outcome: outcome, Proof: proof, Sent: true, Answered: f.Call.Status(),
	}}, nil
}

// deferOrEnd sends again later, if the attempt is not the last and the window allows it; else the step is certainly not done.
func (f Finish) deferOrEnd(r *Request) Event {
	tries := r.Steps[f.Step].Tries
	if tries <= Resends && f.Retry.Before(r.Window) {
		return Event{Kind: Deferred, Step: f.Step, Attempt: f.Attempt, Until: f.Retry, Proof: f.Call.text()}
	}
	proof := fmt.Sprintf("%s; tried %d times, none took effect", f.Call.text(), tries)
	if tries <= Resends {
		proof = f.Call.text() + "; it cannot be sent again inside its window"
	}
	return Event{Kind: Ended, Step: f.Step, Attempt: f.Attempt, Outcome: NotDone, Proof: proof, Answered: f.Call.Status()}
}

// conclude puts together what the provider answered and what was seen afterwards. "Done" is said only on the provider's own success
// answer, or on a conclusive read; a success answer that a read contradicts is unknown.
func conclude(c Call, s *providers.Sight, earlier bool) (Outcome, string) {
	proof := c.text()
	if s == nil {
		proof += "; it could not be read back"
	} else if s.Text != "" {
		proof += "; " + s.Text
	}
	switch {
	case c.unclear():
		return Unknown, c.text()
	case c.Answer != nil && s != nil && s.Verdict == providers.NotReached:
		return Unknown, proof
	case c.Answer != nil:
		return Done, proof
	case s == nil || s.Verdict == providers.Invisible:
		return Unknown, proof
	case s.Verdict == providers.NotReached:
		return NotDone, proof
	case s.Verdict == providers.Elsewhere:
		return Elsewhere, proof
	case earlier:
		return Done, proof
	default:
		return Already, proof
	}
}

// Lose turns a step whose attempt has passed its deadline, with no end on record, into an unknown outcome.
type Lose struct{ Step int }

func (l Lose) decide(r *Request, now time.Time) ([]Event, error) {
	if l.Step < 0 || l.Step >= len(r.Steps) || !r.Steps[l.Step].Running || now.Before(lostAt(r.Steps[l.Step])) {
		return nil, nil
	}
	p := r.Steps[l.Step]
	return []Event{{
		Kind: Ended, Step: l.Step, Attempt: p.Attempt, Outcome: Unknown, Sent: true,
		Proof: "the bot was interrupted while the call was under way; it may or may not have left",
	}}, nil
}

// See is one look at a step of unknown outcome.
type See struct {
	Step   int
	Sight  *providers.Sight // nil: nothing could be seen
	Why    string           // then: why not
	Settle time.Duration    // how long after a write the provider's reads may lag
}

func (w See) decide(r *Request, now time.Time) ([]Event, error) {
	at, ok := r.lookAt(w.Step)
	if !ok || now.Before(at) {
		return nil, refuse(NotNow, "no look is owed")
	}
	looked := Event{Kind: Looked, Step: w.Step, At: now, Proof: w.Why}
	if w.Sight != nil {
		looked.Verdict, looked.Proof = w.Sight.Verdict, w.Sight.Text
	}
	after := r.clone().Fold(looked)
	if e, ok := after.known(w, now); ok {
		return []Event{looked, e}, nil
	}
	return []Event{looked}, nil
}

// known says what the looks up to now add up to.
func (r *Request) known(w See, now time.Time) (Event, bool) {
	p := r.Steps[w.Step]
	e := Event{Kind: Ended, Step: w.Step, Attempt: p.Attempt}
	if w.Sight != nil {
		e.Proof = joined(p.Proof, w.Sight.Text)
	}
	switch {
	case w.saw(providers.Reached) && !p.Sent:
		e.Outcome = Already
	case w.saw(providers.Reached):
		e.Outcome = Done
	case w.saw(providers.Elsewhere):
		e.Outcome = Elsewhere
	case p.Outcome == Unseen && r.lastLook(w.Step) && !w.saw(providers.NotReached):
		// A last look that sees nothing proves nothing: at ECGrid a deleted account cannot be seen either.
		return Event{Kind: Unresolved, Step: w.Step, Proof: joined("looked at again for a day", sightText(w))}, true
	case p.Outcome == Unseen && r.lastLook(w.Step):
		e.Outcome, e.Proof = NotDone, joined("looked at again for a day", sightText(w))
	case w.saw(providers.NotReached) && !p.Sent && !r.Earlier:
		e.Outcome = NotDone // no call of ours can still land
	case p.Outcome == Unknown && p.stillThere(now, w.Settle):
		e.Outcome = Unseen
	case p.Outcome == Unknown && len(p.Looks) == earlyLooks && !p.Human:
		return Event{Kind: Unresolved, Step: w.Step, Proof: joined(p.Proof, sightText(w))}, true
	default:
		return Event{}, false
	}
	return e, true
}

func (w See) saw(v providers.Verdict) bool { return w.Sight != nil && w.Sight.Verdict == v }

func sightText(w See) string {
	if w.Sight != nil {
		return w.Sight.Text
	}
	return w.Why
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// stillThere reports whether three looks after the settle time saw the account unchanged, the newest among them.
func (p Progress) stillThere(now time.Time, settle time.Duration) bool {
	n := 0
	for _, l := range p.Looks {
		if l.Verdict == providers.NotReached {
			n++
		}
	}
	newest := p.Looks[len(p.Looks)-1]
	return n >= 3 && newest.Verdict == providers.NotReached && !now.Before(p.EndedAt.Add(settle))
}

// Supersede notes that another request has taken over the account: this one looks no more.
type Supersede struct{ By string }

func (s Supersede) decide(r *Request, _ time.Time) ([]Event, error) {
	if r.Over || !r.State.Ended() || r.Final() {
		return nil, nil
	}
	return []Event{{Kind: Superseded, Linked: s.By}}, nil
}
