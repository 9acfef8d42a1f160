package inbound

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// Runner owns the work that goes on after an acknowledgement: a bounded number of requests at a time, and somebody who waits for them.
type Runner struct {
	log    *slog.Logger
	most   int
	mu     sync.Mutex
	open   map[*Slot]context.CancelFunc // nil until the slot runs something
	closed bool
	idle   chan struct{} // closed when the runner is closed and no slot is open
}

// NewRunner returns a runner for at most that many requests at a time.
func NewRunner(most int, log *slog.Logger) *Runner {
	return &Runner{log: log, most: most, open: map[*Slot]context.CancelFunc{}, idle: make(chan struct{})}
}

// Slot is the place of one request. It ends with Release or Run.
type Slot struct{ r *Runner }

// Admit gives a request its place before it is handled, so that nothing is acknowledged that could not be carried on. ok is false
// when every place is taken, and after Close.
func (r *Runner) Admit() (s *Slot, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || len(r.open) >= r.most {
		return nil, false
	}
	s = &Slot{r: r}
	r.open[s] = nil
	return s, true
}

// Release ends a slot that has nothing to run.
func (s *Slot) Release() {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	delete(s.r.open, s)
	s.r.settle()
}

// settle must be called with the lock held.
func (r *Runner) settle() {
	if r.closed && len(r.open) == 0 {
		close(r.idle)
	}
}

// Run runs f in a goroutine of its own and ends the slot after it. The context ends when Close has waited long enough.
func (s *Slot) Run(f func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	s.r.mu.Lock()
	s.r.open[s] = cancel
	s.r.mu.Unlock()
	go func() {
		defer s.Release()
		defer cancel()
		defer func() {
			if p := recover(); p != nil {
				LogPanic(s.r.log, "later", p)
			}
		}()
		f(ctx)
	}()
}

// Close admits nothing more and waits for what is under way. When ctx ends, the contexts of what still runs are cancelled, and Close
// waits a last moment; what then still runs is an error. It may be called once.
func (r *Runner) Close(ctx context.Context) error {
	r.mu.Lock()
	r.closed = true
	r.settle()
	r.mu.Unlock()
	select {
	case <-r.idle:
		return nil
	case <-ctx.Done():
	}
	r.cancel()
	const lastMoment = time.Second
	t := time.NewTimer(lastMoment)
	defer t.Stop()
	select {
	case <-r.idle:
		return nil
	case <-t.C:
		r.mu.Lock()
		defer r.mu.Unlock()
		return fmt.Errorf("inbound: %d requests were cut off", len(r.open))
	}
}

func (r *Runner) cancel() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, stop := range r.open {
		if stop != nil {
			stop()
		}
	}
}

// LogPanic logs a recovered panic with its stack. Of the value only what the runtime said itself is logged: anything else may hold
// what a person sent.
func LogPanic(log *slog.Logger, where string, p any) {
	cause := fmt.Sprintf("%T", p)
	if e, ok := p.(runtime.Error); ok {
		cause = e.Error()
	}
	log.Error("panic", "where", where, "cause", cause, "stack", string(debug.Stack()))
}
