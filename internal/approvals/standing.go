package approvals

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Standing is what Slack says of somebody who approved, asked right before the call.
type Standing struct {
	ID     string   // of the approval's By
	Person Person   // as Slack knows them now
	Why    string   // why they may not approve any more, as the end of a sentence; empty: they may
	Fills  []string // the quotas of Request.Quotas that they are of now
}

// stale reports whether an answer is too old to begin on, or of a time to come.
func stale(asked, now time.Time) bool {
	age := now.Round(0).Sub(asked.Round(0))
	return age < 0 || age > Fresh
}

// lapsed returns an event for each approval that counts no more: of somebody who has lost the right since, who is known by now to be the one
// to be removed or the one who asked, or to be another approver by another name, or who leaves a place in a quota empty.
func (b Begin) lapsed(r *Request, now time.Time) ([]Event, error) {
	if stale(b.People, now) {
		return nil, refuse(NotNow, "what was asked about the approvers is not fresh")
	}
	var out []Event
	var counted []Person
	var kept []Consent
	for _, c := range r.Approvals {
		s, ok := b.standing(c.By)
		if !ok {
			return nil, refuse(NotNow, "an approver was not asked about")
		}
		if why := cmp.Or(s.gone(r, counted), b.Whose.own(s.Person)); why != "" {
			out = append(out, Event{Kind: Lapsed, Step: b.Step, By: c.By, Reason: why})
			continue
		}
		counted, kept = append(counted, s.Person), append(kept, c)
	}
	return append(out, b.displaced(r, kept)...), nil
}

// displaced returns an event for each approver who has left the circle of a quota since, where the place can be taken by nobody else who approved.
func (b Begin) displaced(r *Request, kept []Consent) []Event {
	var now []Consent
	for _, c := range kept {
		s, _ := b.standing(c.By)
		now = append(now, Consent{By: c.By, Fills: s.Fills})
	}
	if len(r.Policy.shortfall(now).Of) <= len(r.Policy.shortfall(kept).Of) {
		return nil
	}
	var out []Event
	for i, c := range kept {
		left := slices.DeleteFunc(slices.Clone(c.Fills), func(quota string) bool {
			return named(r.Policy.OutOf, quota) < 0 || slices.Contains(now[i].Fills, quota)
		})
		if len(left) > 0 {
			out = append(out, Event{Kind: Lapsed, Step: b.Step, By: c.By, Reason: "they are not of " + strings.Join(left, " and ") + " any more"})
		}
	}
	return out
}

func (b Begin) standing(p Person) (Standing, bool) {
	for _, s := range b.Standing {
		if s.ID == p.ID {
			return s, true
		}
	}
	return Standing{}, false
}

// gone says why an approval counts no more; empty: it counts.
func (s Standing) gone(r *Request, counted []Person) string {
	switch {
	case s.Why != "":
		return s.Why
	case !s.Person.Known():
		return "nobody is known by that name any more"
	case r.Concerns(s.Person):
		return "the account turns out to be their own"
	case r.Requester.Same(s.Person):
		return "they turn out to be the person who asked"
	case contains(counted, s.Person):
		return "they turn out to be another approver as well"
	default:
		return ""
	}
}

// lapse takes back the approval of a person. With too few left the request waits for decisions again. Without the release of who let it begin over
// a cap it is held again, also where there is room by now: nobody who counts has looked at it.
func (r *Request) lapse(e Event) {
	if by := r.Releaser(); by.Known() && by.ID == e.By.ID {
		r.hold(e.At)
		return
	}
	kept := r.Approvals[:0:0]
	for _, c := range r.Approvals {
		if c.By.ID != e.By.ID {
			kept = append(kept, c)
		}
	}
	r.Approvals = kept
	if r.Needs() > 0 {
		r.reopen(e.At)
	}
}

// reopen lets people decide again, for as long as the first time.
func (r *Request) reopen(at time.Time) {
	r.State, r.Expires = StatePending, at.Add(r.Policy.Expires)
	r.ApprovedAt, r.Window, r.Until = time.Time{}, time.Time{}, time.Time{}
	r.Released = false
	for i := range r.Steps {
		r.Steps[i].Tries = 0
	}
}
