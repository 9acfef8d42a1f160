package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"runtime/debug"
	"time"

	"offboard/internal/providers"
)

// readTimeout bounds one read at a provider with its retries.
const readTimeout = 20 * time.Second

func (d *Dispatcher) read(ctx context.Context, p providers.Provider, id string) (providers.Account, error) {
	return ask(ctx, d, func(ctx context.Context) (providers.Account, error) { return p.Read(ctx, id) })
}

func (d *Dispatcher) self(ctx context.Context, p providers.Provider) (providers.Account, error) {
	return ask(ctx, d, p.Self)
}

func (d *Dispatcher) see(ctx context.Context, p providers.Provider, o providers.Order) (providers.Sight, error) {
	return ask(ctx, d, func(ctx context.Context) (providers.Sight, error) { return p.Look(ctx, o) })
}

// ask asks a provider something, in bounded time. A panic in a provider is an answer that did not come: the request goes on, and
// what a call was answered is not lost with it.
func ask[T any](ctx context.Context, d *Dispatcher, question func(context.Context) (T, error)) (answer T, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			logPanic(d.log, "reading", p)
			err = errors.New("the provider's reading panicked")
		}
	}()
	return question(ctx)
}

// logPanic logs a recovered panic. Of its value only what the runtime says itself is logged: anything else may hold what a provider sent.
func logPanic(log *slog.Logger, while string, p any) {
	cause := "a value of its own"
	if e, ok := p.(runtime.Error); ok {
		cause = e.Error()
	}
	log.Error("panic", "while", while, "cause", cause, "stack", string(debug.Stack()))
}
