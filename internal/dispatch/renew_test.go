package dispatch_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/dispatch"
	"offboard/internal/journal"
	"offboard/internal/providers"
)

// hesitant is a book whose store fails two renewals of three.
type hesitant struct {
	*book.Book
	asked atomic.Int64
}

func (h *hesitant) Renew(ctx context.Context, c journal.Claimed, lease time.Duration) error {
	if h.asked.Add(1)%3 != 0 {
		return errors.New("the store hesitates")
	}
	return h.Book.Renew(ctx, c, lease)
}

// A renewal that fails is tried again while the claim lasts: what is under way is neither broken off nor done twice.
func TestARenewalIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &idp{read: func(int) (providers.Account, error) {
			<-time.After(10 * time.Second)
			return pat, nil
		}}
		s := newStage(t, p)
		defer s.close()
		r := s.ask(true)
		s.approve(r)
		h := &hesitant{Book: s.book}
		d := dispatch.New(h, s.people, []providers.Provider{p}, s.slack, meter{}, dispatch.Settings{Replica: "a", Writes: true}, s.now,
			slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { d.Run(ctx); close(ended) }()
		s.stop = append(s.stop, func() { cancel(); <-ended })
		s.until("done", inState(approvals.StateDone))
		if p.reads != 1 || p.called() != 1 || h.asked.Load() == 0 {
			t.Errorf("%d reads, %d calls, %d renewals", p.reads, p.called(), h.asked.Load())
		}
	})
}
