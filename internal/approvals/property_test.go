package approvals_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"offboard/internal/approvals"
	"offboard/internal/providers"
)

// The properties of the package comment over random histories. The judge below keeps its own record of what happened, from the events
// alone, and knows who somebody really is: the code under test only sees the ids and addresses that a person happens to come with.

const (
	stepsEach = 1200 // per check; rapid runs 100 checks
	people    = 6
	requester = 0
	target    = 1
)

// faces are the ways in which one person can turn up: by a U id, by a W id that is known to be the same person's, or by another id
// with the same confirmed e-mail address in another letter case.
func faces(i int) []approvals.Person {
	email := fmt.Sprintf("p%d@example.com", i)
	return []approvals.Person{
		{ID: fmt.Sprintf("U%d", i), Email: email},
		{ID: fmt.Sprintf("W%d", i), Also: []string{fmt.Sprintf("U%d", i)}, Email: email},
		{ID: fmt.Sprintf("UX%d", i), Email: fmt.Sprintf("P%d@Example.COM", i)},
	}
}

func TestPropertiesOverRandomHistories(t *testing.T) {
	t.Parallel()
	var steps atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		h := newHistory(rt)
		for range stepsEach {
			if h.r == nil || h.over() {
				h.ask()
			}
			h.step()
			steps.Add(1)
		}
	})
	if n := steps.Load(); n < 100_000 && !t.Failed() {
		t.Errorf("%d steps; at least 100,000 are promised", n)
	}
}

type history struct {
	t     *rapid.T
	r     *approvals.Request
	now   time.Time
	idle  int
	limit bool // the provider answers 429 most of the time
	judge judge

	policies []approvals.Policy
}

func newHistory(t *rapid.T) *history {
	return &history{t: t, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
}

// over reports whether it is time for a new request: this one is final, or nothing came of many wishes.
func (h *history) over() bool { return h.r.Final() && h.idle > 8 || h.idle > 60 }

func (h *history) pick(n int, label string) int { return rapid.IntRange(0, n-1).Draw(h.t, label) }

func (h *history) who() approvals.Person {
	f := faces(h.pick(people, "person"))
	return f[h.pick(len(f), "face")]
}

func (h *history) account() providers.Account {
	a := providers.Account{
		Provider: "idp", Tenant: "t1", ID: "1001", Being: providers.Human, Name: "Pat", Email: fmt.Sprintf("p%d@example.com", target),
		State: providers.StateActive, Created: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	switch h.pick(12, "account") {
	case 0:
		a.Email = "changed@example.com"
	case 1:
		a.State = providers.StateLocked
	case 2:
		a.State = providers.StateDeleted
	case 3:
		a.Roles = []string{"IAM_OWNER"}
	case 4:
		a.ID = "1002"
	}
	return a
}

func (h *history) ask() {
	h.idle, h.now, h.limit = 0, h.now.Add(time.Minute), h.pick(4, "limited") == 0
	account := h.account()
	account.State, account.Email = providers.StateActive, fmt.Sprintf("p%d@example.com", target)
	plan := approvals.Plan{Writes: h.pick(8, "writes") != 0, NotBefore: h.someTime(), Steps: []approvals.Step{{Account: account, Action: providers.Delete}}}
	if h.pick(2, "two steps") == 1 {
		second := account
		second.ID = "2001"
		plan.Steps = append(plan.Steps, approvals.Step{Account: second, Action: providers.Deactivate})
	}
	h.policies = []approvals.Policy{h.policy()}
	events, err := approvals.Decide(&approvals.Request{}, approvals.Ask{
		By: faces(requester)[0], Requester: true, Plan: plan, Policy: approvals.Strictest(h.policies, plan),
	}, h.now)
	if err != nil {
		h.t.Fatalf("ask: %v", err)
	}
	h.r = (&approvals.Request{ID: "r", Number: 1}).Fold(events...)
	h.judge = judge{t: h.t}
	h.judge.see(h.r, events)
}

// policy matches everything, and asks for something.
func (h *history) policy() approvals.Policy {
	p := approvals.Policy{Name: "policy 1", Approvals: 1 + h.pick(3, "approvals"), Expires: 24 * time.Hour, Window: time.Hour}
	for _, name := range circles[:h.pick(len(circles)+1, "quotas")] {
		p.OutOf = append(p.OutOf, approvals.Quota{Name: name, Users: []string{"U0"}, Needs: 1 + h.pick(4, "needs")/3})
	}
	if h.pick(4, "typed") == 0 {
		p.Confirm = approvals.ConfirmTyped
	}
	if h.pick(4, "cool") == 0 {
		p.CoolOff = 5 * time.Minute
	}
	return p
}

// circles are what people may be of.
var circles = []string{"IT", "HR"}

func (h *history) fills() []string {
	return [][]string{nil, {"IT"}, {"HR"}, {"IT", "HR"}}[h.pick(4, "fills")]
}

// step has one random wish decided, and holds what comes of it against the judge.
func (h *history) step() {
	paces := []time.Duration{0, 1, 1, 30, 600}
	if h.limit {
		paces = paces[1:3]
	}
	h.now = h.now.Add(time.Duration(h.pick(40, "pass")) * time.Second * paces[h.pick(len(paces), "pace")])
	before := h.r
	w := h.wish()
	events, err := approvals.Decide(h.r, w, h.now)
	if err != nil || len(events) == 0 {
		h.idle++
		return
	}
	h.idle = 0
	stored := roundTrip(h.t, events)
	after := refold(before).Fold(stored...)
	h.judge.moved(before, after)
	h.judge.asked(before, w, h.now, stored)
	h.judge.see(after, stored)
	h.judge.wakes(after)
	h.r = after
}

func refold(r *approvals.Request) *approvals.Request {
	return (&approvals.Request{ID: r.ID, Number: r.Number}).Fold(r.Events...)
}

func roundTrip(t *rapid.T, events []approvals.Event) []approvals.Event {
	out := make([]approvals.Event, 0, len(events))
	for _, e := range events {
		body, err := approvals.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		back, err := approvals.Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(e, back); d != "" {
			t.Fatalf("an event does not survive its stored form (-before +after):\n%s", d)
		}
		out = append(out, back)
	}
	return out
}

func (h *history) wish() approvals.Wish {
	by := h.who()
	step, attempt := h.pick(2, "step"), 1+h.pick(4, "attempt")
	if step < len(h.r.Steps) && h.pick(3, "true attempt") > 0 {
		attempt = h.r.Steps[step].Attempt
	}
	switch h.pick(16, "wish") {
	case 0, 1, 2, 3:
		return approvals.Approve{
			By: by, Approver: h.pick(5, "right") > 0, Digest: h.digest(), Typed: h.typed(), Fills: h.fills(),
		}
	case 4:
		if h.pick(6, "deny") == 0 {
			return approvals.Deny{By: by, Right: h.pick(3, "right") > 0}
		}
		return approvals.Withdraw{By: faces(1 + h.pick(people-1, "other"))[0]}
	case 5, 6, 7, 8:
		return h.begin(step)
	case 9, 10, 11:
		return approvals.Finish{Step: step, Attempt: attempt, Call: h.call(), Sight: h.sight(), Retry: h.now.Add(30 * time.Second)}
	case 12:
		return approvals.Lose{Step: step}
	case 13:
		return approvals.See{Step: step, Sight: h.sight(), Settle: 2 * time.Second}
	case 14:
		if h.pick(8, "resolve") == 0 {
			return approvals.Resolve{By: by, Approver: true, Done: true, Reason: "seen", First: h.proposer()}
		}
		return approvals.Expire{}
	default:
		return h.rare(by, step)
	}
}

func (h *history) rare(by approvals.Person, step int) approvals.Wish {
	switch h.pick(13, "rare") {
	case 0:
		return approvals.Missing{Step: step, Sight: *h.sight()}
	case 1:
		return approvals.Postpone{Step: step, Until: h.now.Add(time.Minute)}
	case 2:
		return approvals.Remind{}
	case 3:
		return approvals.Supersede{By: "other"}
	case 4:
		return approvals.Moved{Step: step, Host: []string{"", "other.example.com"}[h.pick(2, "host")]}
	case 5:
		if h.pick(4, "doubt") == 0 {
			return approvals.Doubt{Reason: "the journal was rolled back"}
		}
		return approvals.Remind{}
	case 7:
		if h.pick(3, "reschedule") > 0 {
			return approvals.Remind{}
		}
		return approvals.Reschedule{By: by, Right: h.pick(2, "right") > 0, NotBefore: h.someTime()}
	case 8:
		return approvals.Hold{Step: step, Reason: "a cap", Free: h.now.Add(time.Hour)}
	case 11:
		if h.pick(3, "stop") > 0 {
			return approvals.Remind{}
		}
		return approvals.Stop{By: by, Right: h.pick(2, "right") > 0}
	case 9, 10:
		return approvals.Release{By: by, Right: h.pick(3, "right") > 0}
	case 6:
		return approvals.Receipt{Event: approvals.Event{Kind: approvals.Told, Key: approvals.KeyCard, Place: approvals.Place{Channel: "C", TS: "1"}}}
	default:
		return approvals.Refuse{By: by, Button: approvals.ButtonApprove, Reason: "x"}
	}
}

// someTime is no time mostly, and one to come or one that has passed now and then.
func (h *history) someTime() time.Time {
	return []time.Time{{}, {}, h.now.Add(time.Minute), h.now.Add(3 * time.Hour)}[h.pick(4, "not before")]
}

// typed is what the card shows; a freeze's shows nothing to type.
func (h *history) typed() string {
	if len(h.r.Plan.Steps) == 0 {
		return ""
	}
	return h.r.Plan.Steps[0].Account.Email
}

func (h *history) digest() string {
	if h.pick(6, "stale") == 0 {
		return "0000"
	}
	return h.r.Digest
}

func (h *history) begin(step int) approvals.Wish {
	now := h.account()
	if h.pick(4, "same") > 0 && step < len(h.r.Plan.Steps) {
		now = h.r.Plan.Steps[step].Account
	}
	age := time.Duration(h.pick(25, "age")-2) * 2 * time.Second
	return approvals.Begin{
		Step: step, Replica: "a", Deadline: h.now.Add(30 * time.Second), Now: now, Asked: h.now.Add(-age),
		Writes: h.r.Plan.Writes != (h.pick(20, "flip") == 0),
		Whose:  h.whose(), Guard: h.guard(), Policies: h.configured(), Standing: h.standing(), People: h.now.Add(-time.Duration(h.pick(35, "people's age")-1) * time.Second),
	}
}

// guard is whom never: mostly nobody, now and then, for one reason or another, whoever it is.
func (h *history) guard() approvals.Guard {
	switch h.pick(24, "guard") {
	case 0:
		return approvals.Guard{Shields: []approvals.Shield{{Domain: "EXAMPLE.com."}}}
	case 1:
		return approvals.Guard{Shields: []approvals.Shield{{Roles: []string{"R"}, Providers: []string{"idp"}}}} // whose roles nobody has read
	case 2:
		return approvals.Guard{}.With("idp", "1001").With("idp", "1002").With("idp", "2001")
	case 3:
		return approvals.Guard{Last: []approvals.LastAdmin{{Provider: "idp", ID: "1001"}, {Provider: "idp", ID: "1002"}, {Provider: "idp", ID: "2001"}}}
	case 4:
		return approvals.Guard{Heirs: &approvals.Heirs{}}
	default:
		return approvals.Guard{}
	}
}

// forbids reports whether a guard of guard forbids everything.
func forbids(g approvals.Guard) bool {
	return len(g.Shields)+len(g.Selves)+len(g.Last) > 0 || g.Heirs != nil
}

// whose is who in Slack has an address of the account: mostly nobody, now and then anybody.
func (h *history) whose() approvals.Whose {
	if h.pick(10, "whose") > 0 {
		return approvals.Whose{}
	}
	return approvals.Whose{Target: h.who()}
}

// configured are the policies now: now and then others than when it was asked for.
func (h *history) configured() []approvals.Policy {
	switch h.pick(16, "configured") {
	case 0:
		h.policies = append(slices.Clone(h.policies[:min(1, len(h.policies))]), h.policy())
	case 1:
		h.policies = h.policies[:min(1, len(h.policies))]
	}
	return h.policies
}

// standing is what Slack says of those who approved: now and then one of them has lost the right, turns out to be somebody else, or is
// not asked about.
func (h *history) standing() []approvals.Standing {
	out := make([]approvals.Standing, 0, len(h.r.Approvals))
	for _, c := range h.r.Approvals {
		s := approvals.Standing{ID: c.By.ID, Person: c.By, Fills: c.Fills}
		if h.pick(8, "moved") == 0 {
			s.Fills = h.fills()
		}
		switch h.pick(16, "standing") {
		case 0:
			s.Why = "no approver any more"
		case 1:
			s.Person = h.who()
		case 2:
			continue
		}
		out = append(out, s)
	}
	return out
}

// proposer is what Slack says of who has proposed to resolve by hand.
func (h *history) proposer() approvals.Standing {
	if h.r.Proposal == nil || h.pick(8, "not asked") == 0 {
		return approvals.Standing{}
	}
	s := approvals.Standing{ID: h.r.Proposal.By.ID, Person: h.r.Proposal.By}
	switch h.pick(8, "proposer") {
	case 0:
		s.Why = "no approver any more"
	case 1:
		s.Person = h.who()
	}
	return s
}

func (h *history) call() approvals.Call {
	if h.limit && h.pick(10, "429") > 0 {
		return approvals.Call{Err: &providers.Error{Kind: providers.RateLimited, Status: 429}}
	}
	kinds := append(providers.Kinds(), "ok", "ok")
	k := kinds[h.pick(len(kinds), "answer")]
	if k == "ok" {
		return approvals.Call{Answer: &providers.Answer{Status: 200, Text: "answered 200"}}
	}
	return approvals.Call{Err: &providers.Error{Kind: k, Status: 400, NotSent: h.pick(6, "unsent") == 0}}
}

func (h *history) sight() *providers.Sight {
	vs := providers.Verdicts()
	return &providers.Sight{Verdict: vs[h.pick(len(vs), "verdict")], Text: "read back"}
}

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
			j.digest, j.consents, j.begun = e.Plan.Digest(), nil, map[int]int{}
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
	j.held = false // whatever begins is approved and counted anew
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

// reopened forgets how often it was sent, when what was approved is not enough any more and people are asked again.
func (j *judge) reopened() {
	if len(j.consents) < j.needs || !j.filled() {
		j.begun = map[int]int{}
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
