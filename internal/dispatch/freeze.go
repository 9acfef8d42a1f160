package dispatch

import (
	"context"
	"errors"

	"offboard/internal/approvals"
	"offboard/internal/journal"
)

// beginUnlessFrozen begins a step, or puts it off while everything is stopped. Looking beforehand saves asking Slack and the provider for a call
// that would not be made; what stops it for certain is the door itself.
func (d *Dispatcher) beginUnlessFrozen(ctx context.Context, r *approvals.Request, step int) error {
	freeze, err := d.book.Frozen(ctx)
	if err == nil && freeze == nil {
		err = d.begin(ctx, r, step)
	}
	if held, is := errors.AsType[*journal.ReservedError](err); is && held.Key == approvals.FreezeKey {
		freeze, err = d.book.Get(ctx, held.Holder)
	}
	if err != nil || freeze == nil {
		return err
	}
	return d.postpone(ctx, r, step, "stopped by the freeze "+freeze.Name())
}
