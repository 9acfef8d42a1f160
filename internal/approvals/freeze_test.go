package approvals_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"offboard/internal/approvals"
)

// frozen is a freeze of the second person's.
func frozen(t *testing.T) *approvals.Request {
	t.Helper()
	return wished(t, &approvals.Request{ID: "f", Number: 43}, approvals.Freeze{By: second, Right: true, Reason: "odd things happen"}, morning)
}

// stands is what Slack says of somebody in their right.
func stands(p approvals.Person) approvals.Standing { return approvals.Standing{ID: p.ID, Person: p} }

func TestOneApproverFreezes(t *testing.T) {
	t.Parallel()
	r := frozen(t)
	if r.State != approvals.StateFrozen || !r.Freeze || r.Requester.ID != second.ID || r.Reason != "odd things happen" || !r.Open() || r.Foreign {
		t.Errorf("%+v", r)
	}
	if !slices.Equal(r.Keys(), []string{approvals.FreezeKey}) || len(r.Steps) != 0 {
		t.Errorf("keys %q, %d steps", r.Keys(), len(r.Steps))
	}
	for name, w := range map[string]approvals.Freeze{"no approver": {By: second}, "nobody": {Right: true}} {
		if _, err := approvals.Decide(&approvals.Request{}, w, morning); code(err) != approvals.NotApprover {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := approvals.Decide(requested(t, 1), approvals.Freeze{By: second, Right: true}, morning); code(err) != approvals.NotNow {
		t.Errorf("on a request: %v", err)
	}
}

func TestTwoApproversUnfreeze(t *testing.T) {
	t.Parallel()
	r := wished(t, frozen(t), approvals.Thaw{By: third, Right: true}, morning)
	if r.State != approvals.StateFrozen || r.Thaw == nil {
		t.Fatalf("%s after one word", r.State)
	}
	grid := approvals.Person{ID: "W3", Also: []string{third.ID}}
	mail := approvals.Person{ID: "U33", Email: "THIRD@example.com"}
	known := third
	known.Also, known.Email = []string{"W3"}, "third@example.com"
	for name, tc := range map[string]struct {
		w    approvals.Thaw
		want approvals.Code
	}{
		"the same person":                           {approvals.Thaw{By: third, Right: true, First: stands(third)}, approvals.AlreadyYours},
		"the same person by another id":             {approvals.Thaw{By: grid, Right: true, First: stands(third)}, approvals.AlreadyYours},
		"the same person, as Slack says now, by id": {approvals.Thaw{By: approvals.Person{ID: "W3"}, Right: true, First: approvals.Standing{ID: third.ID, Person: known}}, approvals.AlreadyYours},
		"the same person, as Slack says now":        {approvals.Thaw{By: mail, Right: true, First: approvals.Standing{ID: third.ID, Person: known}}, approvals.AlreadyYours},
		"no approver":                               {approvals.Thaw{By: second, First: stands(third)}, approvals.NotApprover},
		"nobody":                                    {approvals.Thaw{Right: true, First: stands(third)}, approvals.NotApprover},
		"the first was not asked about":             {approvals.Thaw{By: second, Right: true}, approvals.NotNow},
		"another was asked about":                   {approvals.Thaw{By: second, Right: true, First: stands(asker)}, approvals.NotNow},
	} {
		if _, err := approvals.Decide(r, tc.w, morning); code(err) != tc.want {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
	over := wished(t, r, approvals.Thaw{By: second, Right: true, First: stands(third)}, morning) // who froze may be one of the two
	if over.State != approvals.StateThawed || over.Open() || len(approvals.Next(over)) == 0 {
		t.Errorf("%s, open %t", over.State, over.Open())
	}
	if _, err := approvals.Decide(over, approvals.Thaw{By: asker, Right: true}, morning); code(err) != approvals.AlreadyDecided {
		t.Errorf("once more: %v", err)
	}
	if _, err := approvals.Decide(requested(t, 1), approvals.Thaw{By: third, Right: true}, morning); code(err) != approvals.NotNow {
		t.Errorf("on a request: %v", err)
	}
}

// The first word counts for an hour, and only while whoever gave it is still an approver.
func TestTheFirstWordToUnfreezeMayLapse(t *testing.T) {
	t.Parallel()
	r := wished(t, frozen(t), approvals.Thaw{By: third, Right: true}, morning)
	for name, tc := range map[string]struct {
		first approvals.Standing
		after time.Duration
	}{
		"an hour has passed":            {stands(third), time.Hour},
		"they are no approver any more": {approvals.Standing{ID: third.ID, Person: third, Why: "they are a guest now"}, time.Minute},
		"nobody knows them any more":    {approvals.Standing{ID: third.ID}, time.Minute},
	} {
		at := morning.Add(tc.after)
		after := wished(t, refold(r), approvals.Thaw{By: second, Right: true, First: tc.first}, at)
		if after.State != approvals.StateFrozen || after.Thaw.By.ID != second.ID {
			t.Errorf("%s: %s by %s", name, after.State, after.Thaw.By.ID)
		}
		after = wished(t, after, approvals.Thaw{By: asker, Right: true, First: stands(second)}, at)
		if after.State != approvals.StateThawed {
			t.Errorf("%s: %s after two words", name, after.State)
		}
	}
	if after := wished(t, r, approvals.Thaw{By: second, Right: true, First: stands(third)}, morning.Add(time.Hour-1)); after.State != approvals.StateThawed {
		t.Errorf("%s within the hour", after.State)
	}
}

// Of all that can be wished, by anybody, nothing but two approvers' words ends a freeze: the judge knows that from the events alone.
func TestOnlyTwoPeopleEndAFreeze(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		h := newHistory(rt)
		h.judge = judge{t: rt}
		var word approvals.Event
		for range 200 {
			if h.r == nil || h.r.State.Ended() {
				h.r, word = (&approvals.Request{ID: "f", Number: 43}).Fold(approvals.Event{Kind: approvals.Frozen, At: h.now, By: h.who()}), approvals.Event{}
			}
			h.now = h.now.Add(time.Duration(h.pick(40, "pass")) * time.Minute)
			w := h.wishOnAFreeze()
			events, err := approvals.Decide(h.r, w, h.now)
			if err != nil {
				continue
			}
			stored := roundTrip(rt, events)
			after := refold(h.r).Fold(stored...)
			for _, e := range stored {
				thaw, _ := w.(approvals.Thaw)
				if e.Kind == approvals.Thawed && !twoWords(word, thaw, h.now) {
					rt.Fatalf("ended by %+v after %+v", thaw, word)
				}
				if e.Kind == approvals.ThawAsked {
					word = e
				}
			}
			if ended := slices.ContainsFunc(stored, func(e approvals.Event) bool { return e.Kind == approvals.Thawed }); after.Foreign ||
				after.State.Ended() != ended || !ended && (after.State != approvals.StateFrozen || !after.Open()) {
				rt.Fatalf("%s, open %t, after %T", after.State, after.Open(), w)
			}
			h.judge.wakes(after)
			h.r = after
		}
	})
}

// twoWords holds that two persons in their right have given their word within an hour.
func twoWords(first approvals.Event, second approvals.Thaw, at time.Time) bool {
	a, b := really(first.By), really(second.By)
	return second.Right && first.Kind == approvals.ThawAsked && a != b && really(second.First.Person) != b &&
		second.First.ID == first.By.ID && second.First.Why == "" && at.Sub(first.At) < time.Hour
}

// wishOnAFreeze is a word to end it, or anything that people and the clock may wish of a request.
func (h *history) wishOnAFreeze() approvals.Wish {
	if h.pick(3, "thaw") > 0 {
		return h.wish()
	}
	w := approvals.Thaw{By: h.who(), Right: h.pick(5, "right") > 0, Reason: fmt.Sprint(h.pick(9, "why"))}
	if first := h.r.Thaw; first != nil && h.pick(8, "not asked") > 0 {
		w.First = stands(first.By)
		switch h.pick(8, "first") {
		case 0:
			w.First.Why = "no approver any more"
		case 1:
			w.First.Person = h.who()
		}
	}
	return w
}

// What a freeze's log cannot hold is left alone, as what a newer version wrote is.
func TestAFreezeIsALogOfItsOwn(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*approvals.Request{
		"frozen twice":             frozen(t).Fold(approvals.Event{Kind: approvals.Frozen, By: third}),
		"frozen in a request":      requested(t, 1).Fold(approvals.Event{Kind: approvals.Frozen, By: third}),
		"thawed in a request":      requested(t, 1).Fold(approvals.Event{Kind: approvals.Thawed, By: third}),
		"thawed and never frozen":  (&approvals.Request{}).Fold(approvals.Event{Kind: approvals.Thawed, By: third}),
		"begun by a newer version": (&approvals.Request{}).Fold(approvals.Event{Kind: "v2/frozen"}),
	} {
		if !r.Foreign || len(approvals.Next(r)) != 0 {
			t.Errorf("%s: foreign %t", name, r.Foreign)
		}
		_ = r.Keys()
	}
}

// The card of what waits says why: the first time, and when the reason changes.
func TestTheCardSaysWhyItWaits(t *testing.T) {
	t.Parallel()
	r := requested(t, 1)
	r = wished(t, r, approvals.Approve{By: second, Approver: true, Digest: r.Digest}, morning)
	told := func(r *approvals.Request) *approvals.Request {
		return r.Fold(approvals.Event{Kind: approvals.Told, Key: approvals.KeyCard, Place: approvals.Place{Channel: "C", TS: "1"}, Upto: r.Version()})
	}
	owed := func(r *approvals.Request) bool {
		return slices.ContainsFunc(approvals.Next(r), func(o approvals.Owed) bool { return o.Do == approvals.DoUpdateCard })
	}
	at := morning
	for i, tc := range []struct {
		why  string
		owed bool
	}{{"stopped by the freeze OFF-2", true}, {"stopped by the freeze OFF-2", false}, {"the IDP is away", true}, {"the IDP is away", false}, {"stopped by the freeze OFF-3", true}} {
		r = told(r)
		at = at.Add(time.Minute)
		r = wished(t, r, approvals.Postpone{Until: at, Proof: tc.why}, at)
		if owed(r) != tc.owed || r.Waits() != tc.why {
			t.Errorf("%d: an update is owed: %t; it waits because %q", i, owed(r), r.Waits())
		}
	}
	b := beginning(r, r.Plan.Steps[0].Account)
	b.Asked, b.People = at, at
	r = wished(t, told(r), b, at)
	if r.Waits() != "" || !owed(r) {
		t.Errorf("begun, and it waits: %q", r.Waits())
	}
}
