package book

import (
	"context"
	"errors"

	"offboard/internal/approvals"
	"offboard/internal/journal"
)

// Freeze records that nothing begins any more: a log of its own, which holds [approvals.FreezeKey] until it is thawed. From the moment this
// write stands in the store no replica's begin is written there. The deliveries are remembered in the same write. Errors: a *approvals.Refusal;
// *journal.DuplicateError; *journal.ReservedError: everything is stopped already, by its Holder.
func (b *Book) Freeze(ctx context.Context, f approvals.Freeze, deliveries ...string) (*approvals.Request, error) {
	return b.first(ctx, f, func(w *journal.Write) {
		w.Reserve = []journal.Reservation{{Key: approvals.FreezeKey}}
		w.Deliveries, w.Keep = deliveries, Keep
	})
}

// Frozen returns the freeze that holds; nil: nothing is stopped.
func (b *Book) Frozen(ctx context.Context) (*approvals.Request, error) {
	id, err := b.Holder(ctx, approvals.FreezeKey)
	if errors.Is(err, journal.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return b.Get(ctx, id)
}
