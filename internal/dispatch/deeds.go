package dispatch

import (
	"context"
	"errors"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
	"offboard/internal/lease"
	"offboard/internal/providers"
)

func (d *Dispatcher) deed(ctx context.Context, r *approvals.Request, o approvals.Owed) error {
	switch o.Do {
	case approvals.DoExpire:
		return d.wish(ctx, r.ID, approvals.Expire{})
	case approvals.DoRemind:
		return d.wish(ctx, r.ID, approvals.Remind{})
	case approvals.DoLose:
		return d.wish(ctx, r.ID, approvals.Lose{Step: o.Step})
	case approvals.DoBegin:
		return d.beginUnlessFrozen(ctx, r, o.Step)
	case approvals.DoLook:
		return d.look(ctx, r, o.Step)
	case approvals.DoPostCard, approvals.DoUpdateCard, approvals.DoTellThread, approvals.DoTellAudit:
		return nil // the other lane's
	default:
		return nil
	}
}

// wish appends what the core makes of a wish. A refusal means that somebody was faster: it is no error.
func (d *Dispatcher) wish(ctx context.Context, id string, w approvals.Wish) error {
	before := 0
	r, err := d.book.Update(ctx, id, func(r *approvals.Request, now time.Time) ([]approvals.Event, error) {
		before = r.Version()
		return approvals.Decide(r, w, now)
	})
	if _, refused := errors.AsType[*approvals.Refusal](err); refused {
		return nil
	}
	if err == nil {
		d.count(r, before)
	}
	return err
}

// count meters the outcomes that came after version before.
func (d *Dispatcher) count(r *approvals.Request, before int) {
	for _, e := range r.Events[min(before, len(r.Events)):] {
		if e.Kind == approvals.Ended || e.Kind == approvals.Resolved {
			s := r.Plan.Steps[e.Step]
			d.meter.Ended(s.Account.Provider, s.Action, e.Outcome)
			d.log.Info("step ended", "request", r.ID, "number", r.Number, "step", e.Step, "outcome", e.Outcome, "provider", s.Account.Provider)
		}
	}
}

// begin rechecks the account, passes the one-way door, and makes the call.
func (d *Dispatcher) begin(ctx context.Context, r *approvals.Request, step int) error {
	p, ok := d.providers[r.Plan.Steps[step].Account.Provider]
	if !ok {
		return d.postpone(ctx, r, step, "the provider is not configured any more")
	}
	if host := p.Describe().Host; host != r.Plan.Steps[step].Host {
		return d.wish(ctx, r.ID, approvals.Moved{Step: step, Host: host})
	}
	peopleAsked := d.now()
	guard, whose, peers, why := d.guard(ctx, r, step, p)
	if why != "" {
		return d.postpone(ctx, r, step, why)
	}
	standing, releaser, err := d.standing(ctx, r, whose)
	if err != nil {
		d.log.Warn("approvers", "request", r.ID, "error", err)
		return d.postpone(ctx, r, step, "Slack could not be asked whether those who approved still may")
	}
	asked := d.now()
	account, err := d.read(ctx, p, r.Plan.Steps[step].Account.ID) // the last thing before the door: what it compares must be fresh
	if err != nil {
		return d.missing(ctx, r, step, p, err)
	}
	desc := p.Describe()
	after, begun, err := d.passDoor(ctx, r.ID, desc.Timeout, approvals.Begin{
		Step: step, Replica: d.set.Replica, Now: account, Asked: asked, Writes: d.set.Writes, Guard: guard, Whose: whose,
		Standing: standing, Releaser: releaser, People: peopleAsked, Policies: d.set.Policies,
	}, d.gate(desc.Host, peers))
	if f, refused := errors.AsType[*approvals.Refusal](err); refused {
		d.log.Info("not begun", "request", r.ID, "step", step, "why", f.Say)
		return d.unlessLate(ctx, r, step, peopleAsked)
	}
	if full, ok := errors.AsType[*journal.LimitError](err); ok {
		return d.hold(ctx, r, step, full)
	}
	if held, ok := errors.AsType[*journal.ReservedError](err); ok && held.Key == approvals.AdministratorsKey(desc.Host) {
		return d.postpone(ctx, r, step, d.goingFirst(ctx, held.Holder))
	}
	if err != nil || begun == nil {
		return err // also when the append may have happened: no durable begin of ours, no call
	}
	return d.call(ctx, after, *begun, p, account, d.lastCount(p, account, peers, guard))
}

// unlessLate leaves a begin that the core has refused to whoever was faster. Where it was refused because the answers were too old by the time the last
// one came, it would be again: that is said, and tried again later.
func (d *Dispatcher) unlessLate(ctx context.Context, r *approvals.Request, step int, asked time.Time) error {
	if d.now().Sub(asked) <= approvals.Fresh {
		return nil
	}
	return d.postpone(ctx, r, step, "what is asked right before the call was answered too slowly")
}

// standing asks about everybody whose approval counts, and which of the quotas that are asked for now they are of; and about who released it.
func (d *Dispatcher) standing(
	ctx context.Context, r *approvals.Request, whose approvals.Whose,
) (all []approvals.Standing, releaser approvals.Standing, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	who := make([]approvals.Person, 0, len(r.Approvals))
	for _, c := range r.Approvals {
		who = append(who, c.By)
	}
	plan := r.Plan
	plan.TargetGroups = whose.Groups
	if by := r.Releaser(); by.Known() {
		if releaser, err = d.people.Releaser(ctx, by); err != nil {
			return nil, releaser, err
		}
	}
	all, err = d.people.Standing(ctx, who, r.Quotas(d.set.Policies, plan))
	return all, releaser, err
}

// passDoor appends the begin, and returns it; nil: the step ended, or waits, without a call. Once the append may be on its way the end of
// ctx is not heard: a stop in that moment would leave a begin on record whose call never leaves.
func (d *Dispatcher) passDoor(
	ctx context.Context, id string, timeout time.Duration, w approvals.Begin, g book.Gate,
) (*approvals.Request, *approvals.Event, error) {
	if err := errors.Join(ctx.Err(), lease.Check(ctx)); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	var begun *approvals.Event
	before := 0
	after, err := d.book.Begin(ctx, id, func(r *approvals.Request, now time.Time) ([]approvals.Event, error) {
		begun, before = nil, r.Version()
		w.Deadline = now.Add(timeout)
		events, err := approvals.Decide(r, w, now)
		for i := range events {
			if events[i].Kind == approvals.Begun {
				begun = &events[i]
			}
		}
		return events, err
	}, g)
	if err != nil {
		return nil, nil, err
	}
	d.count(after, before)
	return after, begun, nil
}

// missing handles an account that could not be read right before the call: nothing is called.
func (d *Dispatcher) missing(ctx context.Context, r *approvals.Request, step int, p providers.Provider, cause error) error {
	if k := providers.KindOf(cause); k == providers.NotFound || k == providers.Denied {
		sight, err := d.see(ctx, p, r.Order(step, r.Plan.Steps[step].Account))
		if err == nil && sight.Verdict != providers.NotReached {
			return d.wish(ctx, r.ID, approvals.Missing{Step: step, Sight: sight})
		}
	}
	return d.postpone(ctx, r, step, say(cause))
}

func (d *Dispatcher) postpone(ctx context.Context, r *approvals.Request, step int, why string) error {
	now := d.now()
	wait := min(max(now.Sub(r.ApprovedAt)/4, 2*time.Second), time.Minute)
	d.log.Warn("recheck postponed", "request", r.ID, "step", step, "why", why)
	return d.wish(ctx, r.ID, approvals.Postpone{Step: step, Until: now.Add(wait), Proof: why})
}

// look reads a step of unknown outcome back.
func (d *Dispatcher) look(ctx context.Context, r *approvals.Request, step int) error {
	s := r.Plan.Steps[step]
	if holder, err := d.book.Holder(ctx, r.Keys()[step]); err == nil && holder != r.ID {
		return d.wish(ctx, r.ID, approvals.Supersede{By: holder})
	} else if err != nil && !errors.Is(err, journal.ErrNotFound) {
		return err
	}
	w := approvals.See{Step: step}
	p, ok := d.providers[s.Account.Provider]
	if !ok {
		w.Why = "the provider is not configured any more"
		return d.wish(ctx, r.ID, w)
	}
	if p.Describe().Host != s.Host {
		w.Why = "the provider's address in the configuration is not the one that was called"
		return d.wish(ctx, r.ID, w)
	}
	w.Settle = p.Describe().Settle
	sight, err := d.see(ctx, p, r.Order(step, s.Account))
	if err != nil {
		w.Why = say(err)
	} else {
		w.Sight = &sight
	}
	return d.wish(ctx, r.ID, w)
}

// say gives a provider error in words for people.
func say(err error) string {
	return providers.Words(err, "the provider could not be read")
}

var _ Book = (*book.Book)(nil)
