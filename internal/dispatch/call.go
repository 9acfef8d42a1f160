package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"offboard/internal/approvals"
	"offboard/internal/journal"
	"offboard/internal/providers"
)

// call makes the provider call of an attempt that this process has begun, reads the account back, and appends how it ended. It is not
// stopped by the end of ctx: a call under way is let come to its end. Where last gives an error, the attempt ends with that, and nothing is sent.
func (d *Dispatcher) call(
	ctx context.Context, r *approvals.Request, begun approvals.Event, p providers.Provider, now providers.Account, last lastWord,
) error {
	ctx = context.WithoutCancel(ctx)
	log := d.log.With("request", r.ID, "number", r.Number, "step", begun.Step, "attempt", begun.Attempt)
	order := r.Order(begun.Step, now)
	log.Info("call", "provider", now.Provider, "action", order.Action)

	c := approvals.Call{Err: last(ctx)}
	if c.Err == nil {
		c = d.do(ctx, p, order, begun.Deadline)
	}
	if c.Err != nil {
		log.Warn("call went wrong", "error", c.Err)
	}
	f := approvals.Finish{Step: begun.Step, Attempt: begun.Attempt, Call: c, Retry: d.now().Add(resendAfter(c, begun.Attempt))}
	if !unsettled(c) {
		f.Sight = d.readBack(ctx, p, order, c)
	}
	return d.finish(ctx, r.ID, f)
}

// do sends the write. A panic in a provider leaves the outcome unknown.
func (d *Dispatcher) do(ctx context.Context, p providers.Provider, o providers.Order, deadline time.Time) (c approvals.Call) {
	ctx, cancel := context.WithDeadline(ctx, d.here(deadline))
	defer cancel()
	vendor := p.Describe().Vendor
	defer func() {
		if x := recover(); x != nil {
			logPanic(d.log, "calling", x)
			c = approvals.Call{Err: &providers.Error{
				Kind: providers.UnknownOutcome, Vendor: vendor, Op: string(o.Action), Say: "the bot failed while it called " + vendor,
			}}
		}
	}()
	answer, err := p.Do(ctx, o)
	if err == nil {
		return approvals.Call{Answer: &answer}
	}
	if e, ok := errors.AsType[*providers.Error](err); ok {
		return approvals.Call{Err: e}
	}
	return approvals.Call{Err: &providers.Error{
		Kind: providers.UnknownOutcome, Vendor: vendor, Op: string(o.Action), Err: err, Say: vendor + " gave no clear answer",
	}}
}

// here is the moment on this machine's clock at which the dispatcher's shows t. The machine's clock is read first: a process that is stopped in
// between gets an earlier deadline, never a later one.
func (d *Dispatcher) here(t time.Time) time.Time {
	machine := time.Now()
	return t.Add(machine.Sub(d.now()))
}

// unsettled reports whether reading back right now is pointless or must wait until people have been told: the call provably had no
// effect, or its outcome is unknown.
func unsettled(c approvals.Call) bool {
	if c.Err == nil {
		return false
	}
	switch c.Err.Kind {
	case providers.RateLimited, providers.UnknownOutcome, providers.Temporary:
		return true
	case providers.NotFound, providers.Denied, providers.Refused, providers.Misconfigured:
		return c.Err.NotSent
	default:
		return true
	}
}

// readBack looks at the account after an answer. Where the provider's reads may lag, a look that contradicts a success is repeated
// once after the settle time.
func (d *Dispatcher) readBack(ctx context.Context, p providers.Provider, o providers.Order, c approvals.Call) *providers.Sight {
	o.Answered = c.Status()
	sight, err := d.see(ctx, p, o)
	if err == nil && c.Answer != nil && sight.Verdict == providers.NotReached {
		timer := time.NewTimer(p.Describe().Settle)
		defer timer.Stop()
		<-timer.C
		sight, err = d.see(ctx, p, o)
	}
	if err != nil {
		d.log.Warn("read back", "error", err)
		return nil
	}
	return &sight
}

// resendAfter is how long to wait before an attempt that took no effect is sent again (design §9: 30 s where the provider says nothing).
func resendAfter(c approvals.Call, attempt int) time.Duration {
	switch {
	case c.Err == nil:
		return 0
	case c.Err.Wait > 0:
		return c.Err.Wait
	case c.Err.Kind == providers.RateLimited:
		return 30 * time.Second
	default:
		return time.Duration(attempt) * 5 * time.Second
	}
}

// patience is how long the outcome of a call is tried to be put on record. Until it is, what the provider answered is known to this process
// alone; later, reading back has to find it out again, and not every provider's reads can.
const patience = time.Hour

// finish appends how a call ended. The store may be away: it goes on trying, also when the claim is lost meanwhile.
func (d *Dispatcher) finish(ctx context.Context, id string, f approvals.Finish) error {
	failed := func(err error, again time.Duration) {
		d.log.Error("outcome not on record yet", "request", id, "step", f.Step, "answered", f.Call.Status(), "error", err, "again_in", again.String())
	}
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := d.wish(ctx, id, f)
		if errors.Is(err, journal.ErrClosed) {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithMaxElapsedTime(patience), backoff.WithNotify(failed))
	if err != nil {
		return fmt.Errorf("append outcome: %w", err)
	}
	return nil
}
