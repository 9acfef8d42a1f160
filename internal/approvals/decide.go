package approvals

import "time"

// Wish is what a person, the clock or the dispatcher wants of a request.
type Wish interface {
	decide(r *Request, now time.Time) ([]Event, error)
}

// Decide turns a wish into events to append, or into a *[Refusal]. It changes nothing. No events and no error: there is nothing to do.
func Decide(r *Request, w Wish, now time.Time) ([]Event, error) {
	if r.Foreign {
		return nil, refuse(NotUnderstood, r.Name()+" holds events of a newer version of the bot. This one leaves it alone. "+
			"Nothing was done; upgrade every replica, then try again.")
	}
	if err := r.freezes(w); err != nil {
		return nil, err
	}
	events, err := w.decide(r, now)
	if err != nil {
		return nil, err
	}
	for i := range events {
		events[i].At = now
	}
	return r.complete(events, now), nil
}

// complete adds Completed when the events bring every step to an outcome that is not unknown.
func (r *Request) complete(events []Event, now time.Time) []Event {
	ends := false
	for _, e := range events {
		ends = ends || e.Kind == Ended || e.Kind == Resolved
	}
	if !ends {
		return events
	}
	after := r.clone().Fold(events...)
	if s, all := after.worst(); all && s != StateUnknown {
		return append(events, Event{Kind: Completed, At: now, State: s})
	}
	return events
}

// clone copies what Fold changes.
func (r *Request) clone() *Request {
	c := *r
	c.Approvals = append([]Consent(nil), r.Approvals...)
	c.Faces = append([]Plan(nil), r.Faces...)
	c.Refusals = append([]Person(nil), r.Refusals...)
	c.Steps = append([]Progress(nil), r.Steps...)
	c.Events = append([]Event(nil), r.Events...)
	c.Tells = make(map[string]Telling, len(r.Tells))
	for k, v := range r.Tells {
		c.Tells[k] = v
	}
	return &c
}
