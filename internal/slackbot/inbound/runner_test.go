package inbound_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/slackbot/inbound"
)

func runner(most int) *inbound.Runner { return inbound.NewRunner(most, slog.New(slog.DiscardHandler)) }

func TestRunnerIsBounded(t *testing.T) {
	t.Parallel()
	r := runner(2)
	one, _ := r.Admit()
	if _, ok := r.Admit(); !ok {
		t.Fatal("the second of two was turned away")
	}
	if _, ok := r.Admit(); ok {
		t.Fatal("the third of two was let in")
	}
	one.Release()
	if _, ok := r.Admit(); !ok {
		t.Error("a place that was given back is lost")
	}
}

func TestRunnerCloseWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := runner(2)
		s, _ := r.Admit()
		s.Run(func(ctx context.Context) {
			select {
			case <-time.After(time.Minute):
			case <-ctx.Done():
				t.Error("cut off, although there was time")
			}
		})
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := r.Close(ctx); err != nil || time.Since(began) != time.Minute {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		if _, ok := r.Admit(); ok {
			t.Error("let in after the end")
		}
	})
}

func TestRunnerCloseCutsOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := runner(2)
		obedient, _ := r.Admit()
		obedient.Run(func(ctx context.Context) { <-ctx.Done() })
		deaf, stop := mustAdmit(t, r), make(chan struct{})
		deaf.Run(func(context.Context) { <-stop })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.Close(ctx); err == nil || err.Error() != "inbound: 1 requests were cut off" {
			t.Errorf("got %v", err)
		}
		close(stop)
		synctest.Wait()
	})
}

func mustAdmit(t *testing.T, r *inbound.Runner) *inbound.Slot {
	t.Helper()
	s, ok := r.Admit()
	if !ok {
		t.Fatal("not let in")
	}
	return s
}
