package main

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
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
