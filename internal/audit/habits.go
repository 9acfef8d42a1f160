package audit

import (
	"cmp"
	"slices"
	"time"

	"offboard/internal/approvals"
)

// Hasty is how soon after a card has come up an approval makes one wonder whether the card was read.
const Hasty = 10 * time.Second

// Habits is how people have decided in a span of time. It proves nothing about anybody: it says where to look.
type Habits struct {
	From      time.Time  `json:"from"`
	To        time.Time  `json:"to"`       // not itself
	Requests  int        `json:"requests"` // that were asked for in the span
	Approvers []Approver `json:"approvers"`
	Pairs     []Pair     `json:"pairs"` // who approve what the other asks for, and hardly anybody else does
	Newer     int        `json:"newer"` // requests that a newer version of the bot has changed: this one may not understand all of it
}

// Approver is one person's decisions. An approval counts also where it has lapsed or was void later: it was given. The time until it was given
// runs to the end of typing, where the policy asks for typing.
type Approver struct {
	Name     string   `json:"name"` // the e-mail address that Slack has confirmed; an id where there is none
	IDs      []string `json:"ids"`  // one person may have several on Enterprise Grid
	Approved int      `json:"approved"`
	Denied   int      `json:"denied"`         // stopped in the time between approval and begin too
	Lapsed   int      `json:"lapsed"`         // of the approved: counted no more later
	Timed    int      `json:"timed"`          // of the approved: how long the card had stood there is on record
	Hasty    int      `json:"hasty"`          // of the timed: within [Hasty]
	Median   float64  `json:"median_seconds"` // of the timed, from the card to the approval
}

// Pair is two people who approve each other's requests.
type Pair struct {
	One   Half `json:"one"`
	Other Half `json:"other"`
}

// Half is one of a pair: how many of the requests that this person asked for were approved at all, and how many of those by the other.
type Half struct {
	Name    string `json:"name"`
	Asked   int    `json:"asked"`
	ByOther int    `json:"by_other"`
}

// From how many requests on a pair is told of, and in what part of all of them the other must have approved.
const (
	pairLeast = 5
	halfLeast = 2
	pairPart  = 0.8
)

// HabitsOf looks at what happened in requests from one moment on and before another.
func HabitsOf(requests []*approvals.Request, from, to time.Time) Habits {
	t := tally{from: from, to: to, given: map[int][]time.Duration{}, counts: map[int]*Approver{}, asked: map[int]int{}, by: map[[2]int]int{}}
	for _, r := range requests {
		t.meet(r)
	}
	h := Habits{From: from, To: to, Approvers: []Approver{}}
	for _, r := range requests {
		if r.Foreign {
			h.Newer++
		}
		if !r.Freeze && t.within(r.Created) {
			h.Requests++
		}
		t.take(r)
	}
	h.Approvers, h.Pairs = t.approvers(), t.pairs()
	return h
}

// tally counts, by the places of people in the crowd.
type tally struct {
	from, to time.Time
	crowd    crowd
	given    map[int][]time.Duration // how long cards had stood there when they were approved
	counts   map[int]*Approver
	asked    map[int]int    // requests that were approved, by who asked
	by       map[[2]int]int // of those, by who asked and who approved
}

func (t *tally) within(at time.Time) bool { return !at.Before(t.from) && at.Before(t.to) }

func (t *tally) meet(r *approvals.Request) {
	t.crowd.add(r.Requester)
	for _, e := range r.Events {
		if decision(r, e) {
			t.crowd.add(e.By)
		}
	}
}

// decision reports whether By of the event decided as an approver. Taking back or stopping what one has asked for is no denial.
func decision(r *approvals.Request, e approvals.Event) bool {
	switch e.Kind { //nolint:exhaustive // the others are nobody's decision about somebody else's request
	case approvals.Approved, approvals.Denied:
		return true
	case approvals.Lapsed: // else it was a release
		return slices.ContainsFunc(r.Events, func(x approvals.Event) bool {
			return x.Kind == approvals.Approved && x.By.ID == e.By.ID && x.Seq < e.Seq
		})
	case approvals.Stopped:
		return !r.Requester.Same(e.By)
	default:
		return false
	}
}

func (t *tally) take(r *approvals.Request) {
	var card clock
	approved := map[int]bool{}
	for _, e := range r.Events {
		card.hear(e)
		if !decision(r, e) || !t.within(e.At) {
			continue
		}
		who := t.crowd.of(e.By)
		t.decided(who, e.Kind)
		if e.Kind != approvals.Approved {
			continue
		}
		approved[who] = true
		if took, ok := card.since(e.At); ok {
			t.given[who] = append(t.given[who], took)
		}
	}
	asker := t.crowd.of(r.Requester)
	if len(approved) > 0 {
		t.asked[asker]++
	}
	for who := range approved {
		t.by[[2]int{asker, who}]++
	}
}

func (t *tally) decided(who int, k approvals.Kind) {
	a := t.count(who)
	switch k { //nolint:exhaustive // what decision lets through
	case approvals.Approved:
		a.Approved++
	case approvals.Lapsed:
		a.Lapsed++
	default:
		a.Denied++
	}
}

func (t *tally) count(who int) *Approver {
	if t.counts[who] == nil {
		t.counts[who] = &Approver{Name: t.crowd.name(who), IDs: t.crowd.ids(who)}
	}
	return t.counts[who]
}

// approvers lists everybody who decided, whoever approved most first.
func (t *tally) approvers() []Approver {
	out := make([]Approver, 0, len(t.counts))
	for who, a := range t.counts {
		took := t.given[who]
		slices.Sort(took)
		if a.Timed = len(took); a.Timed > 0 {
			a.Median = (took[(a.Timed-1)/2] + took[a.Timed/2]).Seconds() / 2
		}
		for _, d := range took {
			if d < Hasty {
				a.Hasty++
			}
		}
		out = append(out, *a)
	}
	slices.SortFunc(out, func(a, b Approver) int {
		return cmp.Or(cmp.Compare(b.Approved, a.Approved), cmp.Compare(a.Name, b.Name), slices.Compare(a.IDs, b.IDs))
	})
	return out
}

func (t *tally) pairs() []Pair {
	out := []Pair{}
	for key := range t.by {
		one, other := t.half(key[0], key[1]), t.half(key[1], key[0])
		if one.Name > other.Name || one.Name == other.Name && key[0] > key[1] {
			continue // met the other way round
		}
		both := one.ByOther + other.ByOther
		if one.always() && other.always() && both >= pairLeast {
			out = append(out, Pair{One: one, Other: other})
		}
	}
	slices.SortFunc(out, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(b.One.ByOther+b.Other.ByOther, a.One.ByOther+a.Other.ByOther),
			cmp.Compare(a.One.Name, b.One.Name), cmp.Compare(a.Other.Name, b.Other.Name))
	})
	return out
}

func (t *tally) half(asker, approver int) Half {
	return Half{Name: t.crowd.name(asker), Asked: t.asked[asker], ByOther: t.by[[2]int{asker, approver}]}
}

func (h Half) always() bool {
	return h.ByOther >= halfLeast && float64(h.ByOther) >= pairPart*float64(h.Asked)
}
