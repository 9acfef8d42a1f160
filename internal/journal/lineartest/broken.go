package lineartest

import (
	"context"
	"errors"

	"offboard/internal/journal"
)

// Broken names a fault that is put into a journal on purpose.
type Broken string

// The faults.
const (
	Sound Broken = ""      // none
	Hasty Broken = "hasty" // it acknowledges before it appends
	Blind Broken = "blind" // it skips the version check
)

func (b Broken) wrap(j journal.Journal) journal.Journal {
	switch b {
	case Hasty:
		return hasty{j}
	case Blind:
		return blind{j}
	case Sound:
		return j
	default:
		panic("no such fault: " + string(b))
	}
}

type hasty struct{ journal.Journal }

func (h hasty) Append(ctx context.Context, w journal.Write) (int, error) {
	l, err := h.Load(ctx, w.ID)
	if err != nil || l.Version() != w.Expect {
		return h.Journal.Append(ctx, w)
	}
	go func() { _, _ = h.Journal.Append(ctx, w) }()
	return l.Number, nil
}

type blind struct{ journal.Journal }

func (b blind) Append(ctx context.Context, w journal.Write) (int, error) {
	for {
		n, err := b.Journal.Append(ctx, w)
		if !errors.Is(err, journal.ErrConflict) {
			return n, err
		}
		l, err := b.Load(ctx, w.ID)
		if err != nil && !errors.Is(err, journal.ErrNotFound) {
			return 0, err
		}
		l.ID = w.ID
		drafts := make([]journal.Draft, 0, len(w.Records))
		for _, r := range w.Records {
			drafts = append(drafts, journal.Draft{Body: r.Body, Chained: r.Chained()})
		}
		w.Expect, w.Records = l.Version(), journal.Seal(l, drafts...)
	}
}
