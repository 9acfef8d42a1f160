package approvals_test

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"offboard/internal/approvals"
	"offboard/internal/providers"
)

// judge knows the promise and nothing of the code.
type judge struct {
	t         *rapid.T
	needs     int
	notBefore time.Time
	policy    approvals.Policy
	digest    string
	consents  []approvals.Event // since the plan last changed
	begun     map[int]int       // attempts since the plan last changed, by step
	inFlight  map[int]bool
	ended     map[int]approvals.Outcome
	proposed  approvals.Event
	consumed  map[int]bool // a begin that was not provably without effect
	held      bool         // over a cap, and nobody has released it
	letGo     string       // id of who has
	refused   bool         // somebody said no, took it back, stopped it, or the time was over
	requestBy approvals.Person
}

// asked holds the dispatcher's wishes against what came of them: what begins is what was read a moment ago and what people approved,
// and what may be sent again provably took no effect.
func (j *judge) asked(before *approvals.Request, w approvals.Wish, at time.Time, events []approvals.Event) {
	for _, e := range events {
		switch w := w.(type) {
		case approvals.Begin:
			was := before.Plan.Steps[w.Step].Account
			same := was.ID == w.Now.ID && was.Email == w.Now.Email && was.State == w.Now.State && slices.Equal(was.Roles, w.Now.Roles)
			if e.Kind == approvals.Begun && (!same || w.Writes != before.Plan.Writes) {
				j.t.Fatalf("begun although %+v was approved and %+v was read", was, w.Now)
			}
			if age := at.Sub(w.Asked); e.Kind == approvals.Begun && (age < 0 || age > 30*time.Second) {
				j.t.Fatalf("begun on what was read %v ago", age)
			}
			if e.Kind == approvals.Begun && at.Before(j.notBefore) {
				j.t.Fatalf("begun at %v, and approved for not before %v", at, j.notBefore)
			}
			if e.Kind == approvals.Begun && forbids(w.Guard) {
				j.t.Fatalf("begun although nobody may remove it: %+v", w.Guard)
			}
			if e.Kind == approvals.Begun {
				j.stood(w, at)
			}
		case approvals.Resolve:
			if e.Kind == approvals.Resolved {
				j.byHand(w)
			}
		case approvals.Release:
			if e.Kind == approvals.Released && !w.Right {
				j.t.Fatalf("released without the right: %+v", w.By)
			}
		case approvals.Stop:
			if e.Kind == approvals.Stopped && !w.Right {
				j.t.Fatalf("stopped without the right: %+v", w.By)
			}
		case approvals.Finish:
			c := w.Call
			if e.Kind == approvals.Deferred && (c.Err == nil || !c.Err.NotSent && c.Err.Kind != providers.RateLimited) {
				j.t.Fatalf("to be sent again although %+v", c.Err)
			}
			if e.Kind == approvals.Ended && e.Outcome == approvals.Done && c.Answer == nil {
				j.t.Fatalf("done without a success answer: %+v", c.Err)
			}
		}
	}
}

// stood holds that enough of those whose approval counts may still approve, by what was said of them a moment ago.
func (j *judge) stood(w approvals.Begin, at time.Time) {
	if age := at.Sub(w.People); age < 0 || age > 30*time.Second {
		j.t.Fatalf("begun on what was said of people %v ago", age)
	}
	var distinct []int
	for _, c := range j.consents {
		for _, s := range w.Standing {
			who := really(s.Person)
			if s.ID == c.By.ID && s.Why == "" && who != requester && who != target && who != really(w.Whose.Target) && !slices.Contains(distinct, who) {
				distinct = append(distinct, who)
			}
		}
	}
	if who := really(w.Releaser.Person); j.letGo != "" && (w.Releaser.ID != j.letGo || w.Releaser.Why != "" || who == requester || who == target ||
		who == really(w.Whose.Target) || slices.Contains(distinct, who)) {
		j.t.Fatalf("begun over a cap on the word of %s, of whom Slack says %+v", j.letGo, w.Releaser)
	}
	if really(w.Whose.Target) == requester {
		j.t.Fatalf("begun although it is the account of who asked: %+v", w.Whose)
	}
	if len(distinct) < j.needs {
		j.t.Fatalf("begun with %d in their right of the %d it needs: %+v", len(distinct), j.needs, w.Standing)
	}
	for _, p := range append(w.Policies, j.policy) {
		j.meets(p, len(distinct), w.Standing, at)
	}
}

// meets holds that what was approved, by people who are who they are now, is enough for a policy.
func (j *judge) meets(p approvals.Policy, distinct int, standing []approvals.Standing, at time.Time) {
	var fills [][]string
	var places []string
	for _, s := range standing {
		fills = append(fills, s.Fills)
	}
	for _, q := range p.OutOf {
		places = append(places, slices.Repeat([]string{q.Name}, q.Needs)...)
	}
	if distinct < p.Approvals || !filled(places, fills) {
		j.t.Fatalf("begun with %d of %d, out of %v by %v", distinct, p.Approvals, places, fills)
	}
	for _, c := range j.consents {
		if p.Confirm == approvals.ConfirmTyped && !c.Typed {
			j.t.Fatalf("begun although %s has not typed it", c.By.ID)
		}
		if age := at.Sub(c.At); age < p.CoolOff {
			j.t.Fatalf("begun %v after the last approval, inside of the cool-off of %v", age, p.CoolOff)
		}
	}
}

// byHand holds that two people, neither of them the requester or the target, and both in their right, have resolved it.
func (j *judge) byHand(w approvals.Resolve) {
	second, proposed, first := really(w.By), really(j.proposed.By), really(w.First.Person)
	for _, who := range []int{second, proposed, first} {
		if who == requester || who == target {
			j.t.Fatalf("resolved by %+v and %+v", j.proposed.By, w.By)
		}
	}
	if w.First.ID != j.proposed.By.ID || w.First.Why != "" || second == proposed || second == first || j.proposed.Outcome == "" {
		j.t.Fatalf("resolved by %+v after %+v proposed %q, of whom Slack says %+v", w.By, j.proposed.By, j.proposed.Outcome, w.First)
	}
}

func (j *judge) see(r *approvals.Request, events []approvals.Event) {
	for _, e := range events {
		switch e.Kind {
		case approvals.Proposed:
			j.proposed = e
		case approvals.Requested:
			j.notBefore = e.Plan.NotBefore
			j.needs, j.digest, j.requestBy, j.policy = e.Policy.Approvals, e.Plan.Digest(), e.By, *e.Policy
			j.begun, j.inFlight, j.ended, j.consumed = map[int]int{}, map[int]bool{}, map[int]approvals.Outcome{}, map[int]bool{}
		case approvals.Drifted:
			j.digest, j.consents, j.begun, j.letGo = e.Plan.Digest(), nil, map[int]int{}, ""
		case approvals.Rescheduled:
			j.moves(e)
		case approvals.Approved:
			j.consents = append(j.consents, e)
		case approvals.Held:
			j.held = true
		case approvals.Released:
			j.released(e)
		case approvals.Stopped:
			j.stopped(e)
		case approvals.Denied, approvals.Withdrawn, approvals.Expired:
			j.refused = true
		case approvals.Lapsed:
			if j.letGo == e.By.ID {
				j.held, j.letGo = true, ""
				continue
			}
			j.consents = slices.DeleteFunc(j.consents, func(c approvals.Event) bool { return c.By.ID == e.By.ID })
			j.reopened()
		case approvals.Tightened:
			j.seeTightened(e)
		case approvals.Begun:
			j.seeBegun(r, e)
		case approvals.Deferred:
			j.inFlight[e.Step] = false
		case approvals.Ended, approvals.Resolved:
			j.seeEnded(e)
		}
	}
}

// moves holds that the person to be removed moves nothing, and forgets all approvals.
func (j *judge) moves(e approvals.Event) {
	if really(e.By) == target {
		j.t.Fatalf("moved by %+v, who is to be removed", e.By)
	}
	j.digest, j.notBefore, j.consents, j.begun = e.Plan.Digest(), e.Plan.NotBefore, nil, map[int]int{}
	j.held, j.letGo = false, "" // whatever begins is approved and counted anew
}

// seeTightened holds that a policy only ever asks for more.
func (j *judge) seeTightened(e approvals.Event) {
	was, is := j.policy, *e.Policy
	if is.Approvals < was.Approvals || is.CoolOff < was.CoolOff || is.Window > was.Window || was.Confirm == approvals.ConfirmTyped && is.Confirm != was.Confirm {
		j.t.Fatalf("loosened from %+v to %+v", was, is)
	}
	for _, q := range was.OutOf {
		if !slices.ContainsFunc(is.OutOf, func(o approvals.Quota) bool { return o.Name == q.Name && o.Needs >= q.Needs }) {
			j.t.Fatalf("loosened from %+v to %+v", was.OutOf, is.OutOf)
		}
	}
	j.needs, j.policy = is.Approvals, is
	if is.Confirm == approvals.ConfirmTyped {
		j.consents = slices.DeleteFunc(j.consents, func(c approvals.Event) bool { return !c.Typed })
	}
	for i, c := range j.consents {
		if fills, ok := e.Filled[c.By.ID]; ok {
			j.consents[i].Fills = fills
		}
	}
	j.reopened()
}

// reopened forgets how often it was sent and who released it, when what was approved is not enough any more and people are asked again.
func (j *judge) reopened() {
	if len(j.consents) < j.needs || !j.filled() {
		j.begun, j.letGo = map[int]int{}, "" // a release was of what was approved then
	}
}

// filled tells from the events alone whether distinct people fill every place of the quotas.
func (j *judge) filled() bool {
	var fills [][]string
	var places []string
	for _, c := range j.consents {
		fills = append(fills, c.Fills)
	}
	for _, q := range j.policy.OutOf {
		places = append(places, slices.Repeat([]string{q.Name}, q.Needs)...)
	}
	return filled(places, fills)
}

func (j *judge) seeBegun(r *approvals.Request, e approvals.Event) {
	j.cooled(e)
	if j.held || j.refused {
		j.t.Fatalf("begun although it is held (%t), or somebody has said no (%t)", j.held, j.refused)
	}
	var distinct []int
	for _, c := range j.consents {
		who := really(c.By)
		if c.Digest == j.digest && who != requester && who != target && !slices.Contains(distinct, who) {
			distinct = append(distinct, who)
		}
	}
	if len(distinct) < j.needs {
		j.t.Fatalf("begun with %d consents of the %d it needs: %v", len(distinct), j.needs, j.consents)
	}
	if !j.filled() {
		j.t.Fatalf("begun with %v out of %v", j.consents, j.policy.OutOf)
	}
	if r.Plan.Digest() != j.digest {
		j.t.Fatalf("begun with another plan than was approved")
	}
	if !r.Plan.Writes {
		j.t.Fatalf("begun in a rehearsal")
	}
	if j.inFlight[e.Step] || j.consumed[e.Step] || j.ended[e.Step] != "" {
		j.t.Fatalf("step %d begun again although an attempt may have taken effect", e.Step)
	}
	if j.begun[e.Step]++; j.begun[e.Step] > 1+approvals.Resends {
		j.t.Fatalf("step %d begun %d times", e.Step, j.begun[e.Step])
	}
	j.inFlight[e.Step] = true
}

func (j *judge) seeEnded(e approvals.Event) {
	if e.Outcome == approvals.Rehearsed {
		j.cooled(e)
	}
	if e.Outcome == approvals.Rehearsed && j.held {
		j.t.Fatalf("rehearsed although it is held")
	}
	was := j.ended[e.Step]
	if was != "" && was.Final() {
		j.t.Fatalf("step %d moved from %s to %s", e.Step, was, e.Outcome)
	}
	if was == approvals.Unseen && e.Outcome == approvals.Unknown {
		j.t.Fatalf("step %d moved back from %s to %s", e.Step, was, e.Outcome)
	}
	j.consumed[e.Step] = true
	j.inFlight[e.Step], j.ended[e.Step] = false, e.Outcome
}

// really says who a face belongs to.
func really(p approvals.Person) int {
	for i := range people {
		for _, f := range faces(i) {
			if f.ID == p.ID {
				return i
			}
		}
	}
	return -1
}

// moved holds that an ended request stays ended, but for unknown outcomes becoming known.
func (j *judge) moved(before, after *approvals.Request) {
	if !before.State.Ended() || before.State == after.State {
		return
	}
	if before.Final() || before.State != approvals.StateUnknown && !hasUnseen(before) {
		j.t.Fatalf("an ended request moved from %s to %s", before.State, after.State)
	}
}

func hasUnseen(r *approvals.Request) bool {
	return slices.ContainsFunc(r.Steps, func(p approvals.Progress) bool { return p.Outcome == approvals.Unseen })
}

// wakes holds that what is owed has a wake time, not later than the moment by which the state must have moved on.
func (j *judge) wakes(r *approvals.Request) {
	wake := approvals.Wake(r)
	if len(approvals.Next(r)) > 0 && wake.IsZero() {
		j.t.Fatalf("something is owed and there is no wake time")
	}
	var latest time.Time
	switch r.State {
	case approvals.StatePending, approvals.StateHeld:
		latest = r.Expires
	case approvals.StateApproved:
		latest = r.Window
	case approvals.StateExecuting:
		latest = r.Window
		for _, p := range r.Steps {
			if p.Running {
				latest = p.Deadline.Add(5 * time.Second)
			}
		}
	default:
		return
	}
	if wake.IsZero() || wake.After(latest) {
		j.t.Fatalf("a %s request wakes at %v, later than %v", r.State, wake, latest)
	}
}
