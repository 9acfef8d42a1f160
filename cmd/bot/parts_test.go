package main

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAPartThatDoesNotStopLetsNoOtherGoOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		told, late := make(chan struct{}), make(chan struct{})
		p := newParts()
		p.start(t.Context(), part{"older", func(ctx context.Context) error { <-ctx.Done(); close(told); return nil }})
		p.start(t.Context(), part{"stuck", func(context.Context) error { <-late; return nil }})
		err := p.stop()
		synctest.Wait()
		select {
		case <-told:
		default:
			t.Error("the older part goes on")
			p.started[0].stop()
		}
		if err == nil || !strings.Contains(err.Error(), "stuck") {
			t.Errorf("%v", err)
		}
		close(late)
	})
}

// What takes requests in must have stopped before what carries them out is told to, and that before the store is closed.
func TestPartsStopTheNewestFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var order []string
		p := newParts()
		for _, name := range []string{"store", "work", "intake"} {
			p.start(t.Context(), part{name, func(ctx context.Context) error {
				<-ctx.Done()
				time.Sleep(time.Second) // virtual time: the others would overtake it
				order = append(order, name)
				return nil
			}})
		}
		if err := p.stop(); err != nil || strings.Join(order, " ") != "intake work store" {
			t.Errorf("stopped %q, %v", order, err)
		}
	})
}
