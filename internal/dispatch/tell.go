package dispatch

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/lease"
)

// tellWhile tells people what is owed, and goes on telling what the other lane brings until deeds ends.
func (d *Dispatcher) tellWhile(ctx, deeds context.Context, id string, log *slog.Logger) bool {
	for {
		ended := deeds.Err() != nil
		if !d.tellAll(ctx, id, log) {
			return false
		}
		if ended || ctx.Err() != nil {
			return ctx.Err() == nil
		}
		_, err := d.book.Wait(deeds, id, func(r *approvals.Request) bool {
			_, due := d.due(r, true)
			return due
		})
		if err != nil && deeds.Err() == nil {
			log.Error("load request", "error", err)
			return false
		}
	}
}

func (d *Dispatcher) tellAll(ctx context.Context, id string, log *slog.Logger) bool {
	for ctx.Err() == nil {
		r, err := d.book.Get(ctx, id)
		if err != nil {
			log.Error("load request", "error", err)
			return false
		}
		o, ok := d.due(r, true)
		if !ok {
			return true
		}
		if err := d.tell(ctx, r, o); err != nil {
			log.Error("tell", "do", o.Do, "key", o.Key, "error", err)
			return false
		}
	}
	return true
}

// tell carries out one telling and appends the receipt. A message that was begun to be posted before is looked for first. Each post passes
// a door of its own: what was looked for and read before counts only while nobody else has begun to post the message since.
func (d *Dispatcher) tell(ctx context.Context, r *approvals.Request, o approvals.Owed) error {
	if o.Do == approvals.DoUpdateCard {
		return d.receipt(ctx, r, o, false, approvals.Place{}, d.teller.UpdateCard(ctx, r))
	}
	doubt := r.TellingOf(o.Key).Pending
	if doubt {
		place, found, err := d.find(ctx, r, o)
		if err != nil {
			return d.receipt(ctx, r, o, doubt, approvals.Place{}, err)
		}
		if found {
			return d.receipt(ctx, r, o, doubt, place, nil)
		}
	}
	sending, err := d.book.Update(ctx, r.ID, book.Wish(approvals.Send{Key: o.Key, Upto: o.Seq, Seen: r.Version()}))
	if _, overtaken := errors.AsType[*approvals.Refusal](err); overtaken {
		return nil
	}
	if err != nil {
		return err
	}
	place, err := d.post(ctx, sending, o, Mark(r.ID, o.Key))
	return d.receipt(ctx, sending, o, doubt, place, err)
}

// inFlight is how long a message that a lost replica has sent may take until Slack shows it, counted from when its work was taken over.
const inFlight = 3 * time.Second

var errLost = errors.New("whoever posted it was lost, and it is not there")

// find looks for our own message. One whose poster was lost in the middle may still be on its way: it is looked for again before it counts as
// not there, and the wait for that is on record, so that it does not begin anew with each replica that is lost. (One whose post has failed is
// looked for right away: whoever tried has seen its connection end.)
func (d *Dispatcher) find(ctx context.Context, r *approvals.Request, o approvals.Owed) (approvals.Place, bool, error) {
	place, found, err := d.teller.Find(ctx, r, d.channel(r, o), Mark(r.ID, o.Key), begunAt(r, o.Key).Add(-time.Minute))
	switch {
	case err == nil && (found || !lost(r, o.Key)), tellKind(err) == TellBroken:
		return place, found, err
	case !lost(r, o.Key):
		return place, false, &TellError{Kind: TellMaybe, Err: err}
	default:
		return place, false, &TellError{Kind: TellMaybe, Wait: inFlight, Err: cmp.Or(err, errLost)}
	}
}

// lost reports whether the message was begun to be posted and nothing came of it: whoever posted it has lost the claim, or its life.
func lost(r *approvals.Request, key string) bool {
	for i := len(r.Events) - 1; i >= 0; i-- {
		if e := r.Events[i]; e.Key == key {
			return e.Kind == approvals.Sending
		}
	}
	return false
}

func (d *Dispatcher) post(ctx context.Context, r *approvals.Request, o approvals.Owed, mark string) (approvals.Place, error) {
	if o.Do == approvals.DoPostCard {
		return d.teller.PostCard(ctx, r, mark)
	}
	if o.Do == approvals.DoTellThread {
		return d.teller.PostThread(ctx, r, r.Events[o.Seq-1], mark)
	}
	return d.teller.PostAudit(ctx, r, r.AuditEvents(r.Audit+1, o.Seq), mark)
}

// channel says where a message goes: what belongs into a thread goes to the audit channel where there is no thread.
func (d *Dispatcher) channel(r *approvals.Request, o approvals.Owed) Channel {
	if o.Do == approvals.DoPostCard || o.Do == approvals.DoUpdateCard {
		return ToApprovals
	}
	if o.Do == approvals.DoTellThread && !r.Thread.Gone && r.Card.Place.Known() {
		return ToThread
	}
	return ToAudit
}

// Mark is the opaque id that a message carries. It tells an onlooker nothing, and a message of ours can be found by it.
func Mark(id, key string) string {
	sum := sha256.Sum256([]byte("mark/1\n" + id + "\n" + key))
	return hex.EncodeToString(sum[:16])
}

// begunAt is when the message was first begun to be posted.
func begunAt(r *approvals.Request, key string) time.Time {
	for _, e := range r.Events {
		if e.Kind == approvals.Sending && e.Key == key {
			return e.At
		}
	}
	return r.Created
}

// receipt appends what came of a telling; doubt: an earlier post may have gone well. Who has lost the claim says nothing of what went wrong:
// another may be posting by now, and would take it for its own.
func (d *Dispatcher) receipt(ctx context.Context, r *approvals.Request, o approvals.Owed, doubt bool, at approvals.Place, err error) error {
	if over := lease.Check(ctx); over != nil && err != nil {
		return fmt.Errorf("%w: %w", over, err)
	}
	ctx = context.WithoutCancel(ctx)
	to := d.channel(r, o)
	if err == nil {
		d.setTrouble(to, "")
		return d.wish(ctx, r.ID, approvals.Receipt{Event: approvals.Event{Kind: approvals.Told, Key: o.Key, Place: at, Upto: o.Seq}})
	}
	kind := tellKind(err)
	d.meter.TellFailed(to, kind)
	d.log.Warn("telling failed", "request", r.ID, "key", o.Key, "kind", kind, "error", err)
	if kind == TellClosed || kind == TellBroken {
		d.setTrouble(to, "cannot be written")
	}
	failed := approvals.Event{
		Kind: approvals.Failed, Key: o.Key, Proof: string(kind), Maybe: kind == TellMaybe || doubt, Until: d.now().Add(d.tellAfter(r, o, err)),
	}
	if err := d.wish(ctx, r.ID, approvals.Receipt{Event: failed, Seen: r.Version()}); err != nil {
		return err
	}
	return d.loses(ctx, r, to, kind)
}

// loses notes what can never be told where it belongs, and raises an alarm: then the thread goes to the audit channel.
func (d *Dispatcher) loses(ctx context.Context, r *approvals.Request, to Channel, kind TellKind) error {
	if kind != TellGone && kind != TellClosed && kind != TellBroken {
		return nil
	}
	lost, why := "", ""
	switch to {
	case ToApprovals:
		why = "the card cannot be posted: look at the approvals channel"
		if r.Card.Place.Known() {
			lost, why = approvals.KeyCard, "the card cannot be updated any more: it was deleted, or its channel cannot be written"
		}
	case ToThread:
		lost, why = approvals.KeyThread, "the card's thread cannot be written any more: its messages go to the audit channel"
	case ToAudit:
		why = "the audit channel cannot be written: look at it now"
	}
	if lost != "" && kind != TellBroken {
		e := approvals.Event{Kind: approvals.Lost, Key: lost, Proof: string(kind)}
		if err := d.wish(ctx, r.ID, approvals.Receipt{Event: e}); err != nil {
			return err
		}
	}
	return d.wish(ctx, r.ID, approvals.Alarm{Reason: why})
}

// The pause before a telling is tried again: as long as Slack asks, else doubling up to ten minutes.
const (
	lookPause      = 200 * time.Millisecond // before a message that may be there is looked for: people may be waiting for it
	firstTellPause = 2 * time.Second
	longTellPause  = 10 * time.Minute
)

func (d *Dispatcher) tellAfter(r *approvals.Request, o approvals.Owed, err error) time.Duration {
	if e, ok := errors.AsType[*TellError](err); ok && e.Wait > 0 {
		return e.Wait
	}
	if tellKind(err) == TellGone && (o.Do == approvals.DoUpdateCard || o.Do == approvals.DoTellThread && !r.Thread.Gone) {
		return 0 // the next try goes elsewhere
	}
	failed := min(r.TellingOf(o.Key).Failed, 9)
	if failed == 0 && tellKind(err) == TellMaybe {
		return lookPause
	}
	return min(firstTellPause<<failed, longTellPause)
}
