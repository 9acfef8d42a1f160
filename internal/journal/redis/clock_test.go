package redis

import (
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	t.Parallel()
	at := time.Now()
	after := at.Add
	for name, tc := range map[string]struct {
		measure func(c *clock)
		want    time.Duration
	}{
		"nearly the same": {func(c *clock) { c.measured(at, after(20*time.Millisecond), after(90*time.Millisecond)) }, 0},
		"ahead":           {func(c *clock) { c.measured(at, after(20*time.Millisecond), after(10*time.Millisecond+time.Hour)) }, time.Hour},
		"behind":          {func(c *clock) { c.measured(at, after(20*time.Millisecond), after(10*time.Millisecond-time.Hour)) }, -time.Hour},
		"the quickest of the last few counts": {func(c *clock) {
			c.measured(at, after(2*time.Millisecond), after(time.Millisecond+time.Minute))
			for range samples - 1 {
				c.measured(at, after(8*time.Second), after(time.Minute))
			}
		}, time.Minute},
		"an old one is forgotten": {func(c *clock) {
			c.measured(at, after(2*time.Millisecond), after(time.Millisecond+time.Minute))
			for range samples {
				c.measured(at, after(4*time.Millisecond), after(2*time.Millisecond))
			}
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var j Journal
			tc.measure(&j.clock)
			if got := time.Until(j.Now()); (got - tc.want).Abs() > time.Second {
				t.Errorf("Now is %s ahead, want %s", got, tc.want)
			}
		})
	}
}
