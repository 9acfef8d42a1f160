package approvals

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// tightened returns an event where the policies that match the plan now ask for more than those under which it was approved. Then nothing begins
// on this wish: what is missing is asked for first. What they ask for less changes nothing.
func (b Begin) tightened(r *Request, plan Plan) []Event {
	policies := append(slices.Clone(b.Policies), b.Guard.Policies(plan)...)
	merged := r.Policy.tightenedBy(Strictest(policies, plan))
	more := merged.beyond(r.Policy)
	if len(more) == 0 {
		return nil
	}
	e := Event{Kind: Tightened, Step: b.Step, Policy: &merged, Reason: strings.Join(more, ", ")}
	for _, c := range r.Approvals {
		if s, ok := b.standing(c.By); ok && len(s.Fills) > 0 {
			if e.Filled == nil {
				e.Filled = map[string][]string{}
			}
			e.Filled[c.By.ID] = s.Fills
		}
	}
	return []Event{e}
}

// tightenedBy is the policy with what the strictest asks for now besides. It is known by the name of the latter where it asks for nothing else.
func (p Policy) tightenedBy(now Policy) Policy {
	out := p.with(now)
	if len(out.beyond(now)) == 0 {
		out.Name, out.Why = now.Name, now.Why
		return out
	}
	if p.Name != now.Name {
		out.Name = p.Name + "; now " + now.Name
	}
	for _, why := range now.Why {
		if !strings.Contains(strings.Join(p.Why, "\n"), why) {
			out.Why = append(out.Why[:len(out.Why):len(out.Why)], why)
		}
	}
	return out
}

// beyond lists what the policy asks for beyond another. How long people may decide is not among it: it holds for what is still to be decided.
func (p Policy) beyond(q Policy) []string {
	var out []string
	if p.Approvals > q.Approvals {
		out = append(out, fmt.Sprintf("%s instead of %d", count(p.Approvals, "approval"), q.Approvals))
	}
	for _, o := range p.OutOf {
		if i := named(q.OutOf, o.Name); i < 0 || q.OutOf[i].Needs < o.Needs {
			out = append(out, fmt.Sprintf("%d of %s", o.size(), o.Name))
		}
	}
	if p.Confirm == ConfirmTyped && q.Confirm != ConfirmTyped {
		out = append(out, "each typed")
	}
	if p.CoolOff > q.CoolOff {
		out = append(out, "a cool-off of "+spanText(p.CoolOff))
	}
	if p.Window < q.Window {
		out = append(out, "begun within "+spanText(p.Window))
	}
	return out
}

// tighten puts a stricter policy in force. Approvals that do not meet it are void; what it still needs is asked for again.
func (r *Request) tighten(e Event) {
	if e.Policy == nil {
		r.Foreign = true
		return
	}
	before := r.Policy
	r.Policy = *e.Policy
	kept := r.Approvals[:0:0]
	for _, c := range r.Approvals {
		if fills, ok := e.Filled[c.By.ID]; ok {
			c.Fills = fills
		}
		if c.Typed || r.Policy.Confirm != ConfirmTyped {
			kept = append(kept, c)
		}
	}
	r.Approvals = kept
	switch {
	case r.State == StatePending:
		r.Expires = earlier(r.Expires, e.At.Add(r.Policy.Expires))
	case r.Needs() > 0:
		r.reopen(e.At)
	default:
		r.put(before)
	}
}

// put moves the time in which it may begin to where a stricter policy has it. What it is counted from stays: the last approval, or a release.
func (r *Request) put(before Policy) {
	from := r.Window.Add(-before.Window)
	if cool := r.ApprovedAt.Add(r.Policy.CoolOff); cool.After(from) {
		from = cool
	}
	if from.After(r.Until) {
		r.Until = from
	}
	r.Window = from.Add(r.Policy.Window)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
