package lease_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/lease"
)

// A lease counts from before it was asked for, and ends before the store's does, by whichever clock has gone on the most.
func TestLeaseEndsByTheStrictestClock(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		machine, store time.Duration // that pass, the store's clock beside the machine's
		over           bool
	}{
		"at once":                          {0, 0, false},
		"well before its end":              {1700 * time.Millisecond, 0, false},
		"in its margin":                    {1750 * time.Millisecond, 0, true},
		"after its end":                    {time.Minute, 0, true},
		"the store's clock has gone on":    {0, 1750 * time.Millisecond, true},
		"the store's clock was put back":   {1750 * time.Millisecond, -time.Hour, true},
		"the store's clock is hardly more": {time.Second, 700 * time.Millisecond, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ahead := time.Hour
				store := func() time.Time { return time.Now().Add(ahead) }
				l := lease.New(lease.Now(store), 2*time.Second, store)
				<-time.After(tc.machine)
				ahead += tc.store
				ctx, cancel := context.WithTimeout(lease.With(t.Context(), l), time.Hour)
				defer cancel()
				if err := lease.Check(ctx); errors.Is(err, lease.ErrOver) != tc.over {
					t.Errorf("%v", err)
				}
			})
		})
	}
}

func TestLeaseIsProlongedFromWhenItWasAskedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := lease.New(lease.Now(time.Now), 2*time.Second, time.Now)
		<-time.After(time.Second)
		asked := lease.Now(time.Now)
		<-time.After(500 * time.Millisecond)
		l.Renewed(asked)
		if left := l.Left(); left != 1250*time.Millisecond {
			t.Errorf("%s left", left)
		}
	})
}

func TestWithoutALeaseNothingIsOver(t *testing.T) {
	t.Parallel()
	if err := lease.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
