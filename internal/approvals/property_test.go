package approvals_test

import (
	"fmt"
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
