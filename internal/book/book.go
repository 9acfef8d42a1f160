// Package book keeps the requests: the core's events folded from, and appended to, the journal.
//
// A [Book] loads a request, lets a decision turn it into events, and appends them in one write together with everything that must be
// true with them: the wake time, the reservation of the accounts, the limits counted and the Slack deliveries handled. On a
// conflict it loads and decides again, so a decision may run more than once and must have no effects of its own.
//
// It knows neither people nor providers nor Slack, and decides nothing.
package book

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/journal"
)

// Keep is how long handled deliveries are remembered. Slack was seen to redeliver after six minutes; an hour is promised.
const Keep = 70 * time.Minute

// Book is the requests in one journal. It is safe for concurrent use.
type Book struct {
	journal journal.Journal
	now     func() time.Time
	kick    chan struct{}

	mu      sync.Mutex
	waiters map[string]map[chan struct{}]struct{} // by request
}

// New returns the book over a journal. now is the clock of everything that is written.
func New(j journal.Journal, now func() time.Time) *Book {
	return &Book{journal: j, now: now, kick: make(chan struct{}, 1), waiters: map[string]map[chan struct{}]struct{}{}}
}

// Decision turns a request into events to append. It may run more than once.
type Decision func(r *approvals.Request, now time.Time) ([]approvals.Event, error)

// Wish is the decision of the core about a wish.
func Wish(w approvals.Wish) Decision {
	return func(r *approvals.Request, now time.Time) ([]approvals.Event, error) {
		return approvals.Decide(r, w, now)
	}
}

// Limit is a cap to count towards.
type Limit struct {
	Key    string
	Most   int
	Within time.Duration
}

// Get returns a request, or journal.ErrNotFound.
func (b *Book) Get(ctx context.Context, id string) (*approvals.Request, error) {
	l, err := b.journal.Load(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("load request: %w", journal.NotWritten(err))
	}
	return Fold(l)
}

// Numbered returns the request that people call OFF-number, or journal.ErrNotFound.
func (b *Book) Numbered(ctx context.Context, number int) (*approvals.Request, error) {
	id, err := b.journal.Numbered(ctx, number)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", approvals.Name(number), journal.NotWritten(err))
	}
	return b.Get(ctx, id)
}

// Holder returns the id of the request that has the account reserved, or journal.ErrNotFound.
func (b *Book) Holder(ctx context.Context, key string) (string, error) {
	id, err := b.journal.Holder(ctx, key)
	if err != nil {
		return "", fmt.Errorf("look up reservation: %w", err)
	}
	return id, nil
}

// Open returns the open requests, newest first, at most max.
func (b *Book) Open(ctx context.Context, most int) ([]*approvals.Request, error) {
	ids, err := b.journal.Open(ctx, most)
	if err != nil {
		return nil, fmt.Errorf("list open requests: %w", err)
	}
	out := make([]*approvals.Request, 0, len(ids))
	for _, id := range ids {
		r, err := b.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Create records a new request. The accounts of its plan are reserved in the same write, and limits counted. Errors: a *approvals.Refusal;
// *journal.ReservedError: another request has an account; *journal.LimitError.
func (b *Book) Create(ctx context.Context, ask approvals.Ask, limits ...Limit) (*approvals.Request, error) {
	return b.first(ctx, ask, func(w *journal.Write) {
		for _, s := range ask.Plan.Steps {
			res := journal.Reservation{Key: s.Key()}
			if ask.Linked != nil {
				res.From = ask.Linked.ID
			}
			w.Reserve = append(w.Reserve, res)
		}
		for _, l := range limits {
			w.Counts = append(w.Counts, journal.Count{Key: l.Key, Limit: l.Most, Within: l.Within})
		}
	})
}

// first begins a log with what the core makes of a wish; more adds to the write what must be true with it.
func (b *Book) first(ctx context.Context, wish approvals.Wish, more func(*journal.Write)) (*approvals.Request, error) {
	now := b.now()
	events, err := approvals.Decide(&approvals.Request{}, wish, now)
	if err != nil {
		return nil, err
	}
	w, err := b.write(journal.Log{ID: rand.Text()}, events, now)
	if err != nil {
		return nil, err
	}
	more(&w)
	number, err := b.journal.Append(ctx, w)
	if err != nil {
		return nil, fmt.Errorf("record request: %w", err)
	}
	b.changed(w.ID)
	return Fold(journal.Log{ID: w.ID, Number: number, Records: w.Records, Wake: w.Wake, Open: w.Open})
}

// Update lets a decision change a request and returns the request afterwards. The deliveries are remembered in the same write; one
// that was handled before is a *journal.DuplicateError, and nothing is written. Without events the deliveries are remembered all the same.
func (b *Book) Update(ctx context.Context, id string, d Decision, deliveries ...string) (*approvals.Request, error) {
	return b.update(ctx, id, d, func(w *journal.Write, _ *approvals.Request, _ []approvals.Event) {
		w.Deliveries, w.Keep = deliveries, Keep
	})
}

// update is Update; more adds to the write of the events what must be true with them.
func (b *Book) update(
	ctx context.Context, id string, d Decision, more func(w *journal.Write, r *approvals.Request, events []approvals.Event),
) (*approvals.Request, error) {
	wrote := false
	l, err := journal.Update(ctx, b.journal, id, func(l journal.Log) (journal.Write, error) {
		r, err := Fold(l)
		if err != nil {
			return journal.Write{}, err
		}
		now := b.now()
		events, err := d(r, now)
		if err != nil {
			return journal.Write{}, err
		}
		w, err := b.write(l, events, now)
		if err != nil {
			return journal.Write{}, err
		}
		more(&w, r, events)
		if len(w.Records) == 0 && len(w.Deliveries) == 0 {
			return journal.Write{}, errNothing
		}
		wrote = true
		return w, nil
	})
	if errors.Is(err, errNothing) {
		return b.Get(ctx, id)
	}
	if err != nil {
		return nil, fmt.Errorf("update request: %w", err)
	}
	if wrote {
		b.changed(id)
	}
	return Fold(l)
}

var errNothing = errors.New("nothing to write")

// Remember records deliveries that change no request. One that was handled before is a *journal.DuplicateError.
func (b *Book) Remember(ctx context.Context, deliveries ...string) error {
	if err := b.journal.Remember(ctx, deliveries, b.now(), Keep); err != nil {
		return fmt.Errorf("remember delivery: %w", err)
	}
	return nil
}

// write seals events onto a log.
func (b *Book) write(l journal.Log, events []approvals.Event, now time.Time) (journal.Write, error) {
	drafts := make([]journal.Draft, 0, len(events))
	confirm := false
	for _, e := range events {
		body, err := approvals.Encode(e)
		if err != nil {
			return journal.Write{}, err
		}
		drafts = append(drafts, journal.Draft{Body: body, Chained: !e.Kind.Receipt()})
		confirm = confirm || !e.Kind.Receipt()
	}
	w := journal.Write{ID: l.ID, Expect: l.Version(), Now: now, Records: journal.Seal(l, drafts...), Confirm: confirm}
	after := l
	after.Records = append(append([]journal.Record(nil), l.Records...), w.Records...)
	r, err := Fold(after)
	if err != nil {
		return journal.Write{}, err
	}
	if r.Foreign {
		w.Wake, w.Open = l.Wake, l.Open
		return w, nil
	}
	w.Wake, w.Open = approvals.Wake(r), r.Open()
	w.Release = released(r)
	return w, nil
}

// released are the keys that a request has no use for any more.
func released(r *approvals.Request) []string {
	switch {
	case !r.Open():
		return append(r.Keys(), r.AdministratorsKeys()...)
	case r.State == approvals.StatePending && r.Began():
		return r.AdministratorsKeys()
	default:
		return nil
	}
}

// Fold reads a log as a request.
func Fold(l journal.Log) (*approvals.Request, error) {
	r := &approvals.Request{ID: l.ID, Number: l.Number}
	for _, rec := range l.Records {
		e, err := approvals.Decode(rec.Body)
		if err != nil {
			return nil, fmt.Errorf("request %s, record %d: %w", l.ID, rec.Seq, err)
		}
		e.Seq, e.Hash = rec.Seq, rec.Hash
		r.Fold(e)
	}
	return r, nil
}
