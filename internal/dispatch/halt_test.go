package dispatch_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/dispatch"
	"offboard/internal/journal"
	"offboard/internal/lease"
	"offboard/internal/providers"
)

// halted is a replica whose process stands still from a moment of its first post on, as SIGSTOP has it: none of its timers and renewals
// runs, and other replicas go on.
type halted struct {
	*book.Book
	*slack
	during  func() // while it stands still
	flying  bool   // the message is on its way to Slack already when it stands still, and arrives when it wakes
	stopped chan struct{}
	ended   chan struct{} // with the test
	refused atomic.Int64  // posts that were not made in the last moment
}

func (h *halted) Renew(ctx context.Context, c journal.Claimed, d time.Duration) error {
	select {
	case <-h.stopped:
		<-h.ended
	default:
	}
	return h.Book.Renew(ctx, c, d)
}

// post is the last moment before a message leaves.
func (h *halted) post(ctx context.Context, post func() (approvals.Place, error)) (approvals.Place, error) {
	over := func() bool { return ctx.Err() != nil || lease.Check(ctx) != nil }
	leaves := h.flying && !over()
	select {
	case <-h.stopped:
	default:
		close(h.stopped)
		h.during()
	}
	if !leaves && over() {
		h.refused.Add(1)
		return approvals.Place{}, &dispatch.TellError{Kind: dispatch.TellLater}
	}
	return post()
}

func (h *halted) PostCard(ctx context.Context, r *approvals.Request, mark string) (approvals.Place, error) {
	return h.post(ctx, func() (approvals.Place, error) { return h.slack.PostCard(ctx, r, mark) })
}

func (h *halted) PostThread(ctx context.Context, r *approvals.Request, e approvals.Event, mark string) (approvals.Place, error) {
	return h.post(ctx, func() (approvals.Place, error) { return h.slack.PostThread(ctx, r, e, mark) })
}

func (h *halted) PostAudit(ctx context.Context, r *approvals.Request, events []approvals.Event, mark string) (approvals.Place, error) {
	return h.post(ctx, func() (approvals.Place, error) { return h.slack.PostAudit(ctx, r, events, mark) })
}

// overtaken runs two replicas, of which the first stands still as its first message is about to leave, or has left, until during is over.
func overtaken(t *testing.T, flying bool, during func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, &idp{})
		defer s.close()
		h := &halted{Book: s.book, slack: s.slack, during: func() { during(s) }, flying: flying, stopped: make(chan struct{}), ended: make(chan struct{})}
		r := s.ask(true)
		d := dispatch.New(h, people(nil), []providers.Provider{s.idp}, h, meter{}, dispatch.Settings{Replica: "a", Writes: true}, s.now, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { d.Run(ctx); close(ended) }()
		s.stop = append(s.stop, func() { cancel(); close(h.ended); <-ended })
		<-h.stopped
		s.run("b", true)
		s.until("shown", func(r *approvals.Request) bool { return r.Card.Place.Known() })
		s.approve(r)
		s.until("done", inState(approvals.StateDone))
		s.quiet()
		<-time.After(time.Minute) // whoever stood still has woken
		for mark, n := range s.slack.posts {
			if n != 1 {
				t.Errorf("%s was posted %d times", mark, n)
			}
		}
		if !flying && h.refused.Load() == 0 {
			t.Error("no post was held back in the last moment")
		}
	})
}

// A replica that stands still for longer than its claim lasts, with a message about to leave, does not post it when it wakes: another has.
func TestWhoWakesTooLateDoesNotPost(t *testing.T) {
	t.Parallel()
	overtaken(t, false, func(s *stage) {
		s.until("another has posted the card", func(r *approvals.Request) bool { return r.Card.Place.Known() })
	})
}

// What a lost replica has sent may take a while until Slack shows it. Whoever takes its work over waits that long before it posts anew.
func TestWhatIsOnItsWayIsWaitedFor(t *testing.T) {
	t.Parallel()
	overtaken(t, true, func(*stage) { <-time.After(4500 * time.Millisecond) })
}
