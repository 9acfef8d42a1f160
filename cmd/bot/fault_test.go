package main

import (
	"flag"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/sandbox/fault"
)

var (
	faultSeed  = flag.Uint64("fault.seed", 0, "seed of the fault run; 0: another one each time")
	faultKills = flag.Int("fault.kills", 0, "kills of the fault run over HTTP, and a quarter of it over Socket Mode; 0: the short run")
)

// The promise of design §1 with several replicas on one Redis, while everything around it goes wrong (make faults). The short run is the same
// with fewer kills.
func TestFaults(t *testing.T) {
	for _, tc := range []struct {
		name          string
		socket        bool
		kills, divide int
	}{{"over HTTP", false, 36, 1}, {"over Socket Mode", true, 9, 4}} {
		t.Run(tc.name, func(t *testing.T) {
			if *faultKills == 0 {
				t.Parallel()
			} else {
				tc.kills = *faultKills / tc.divide
			}
			if testing.Short() {
				t.Skip("takes a minute")
			}
			faultRun(t, tc.socket, tc.kills)
		})
	}
}

func seedOf(t *testing.T) uint64 {
	seed := *faultSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("go test ./cmd/bot -run '%s' -fault.seed %d -fault.kills %d", t.Name(), seed, *faultKills)
	return seed
}

func faultRun(t *testing.T, socket bool, kills int) {
	seed := seedOf(t)
	r := rand.New(rand.NewPCG(seed, 0))
	c := newCrew(t, r, 3, socket)
	all := c.hireLeavers(max(12, kills*2/5))
	start := time.Now()
	enough := func() bool { return c.kills.Load() >= int64(kills) || c.ctx.Err() != nil }
	over := c.people(seed+1, all, func(i int) bool { return c.kills.Load()*int64(len(all)) >= int64(i-8)*int64(kills) })
	stopTrouble := c.trouble(rand.New(rand.NewPCG(seed, 1)))
	var lives sync.WaitGroup
	for i, g := range c.replicas {
		lives.Go(func() { c.suffer(rand.New(rand.NewPCG(seed, uint64(10+i))), g, enough) })
	}
	lives.Wait()
	stopTrouble()
	t.Logf("%d kills in %s; every replica is left alone from now on", c.kills.Load(), time.Since(start).Round(time.Second))
	stop := c.survive()
	c.settle(all, over)
	stop()
	f := c.judge(all)
	t.Logf("%s%d stops, %d restarts of the store, %d cuts, %d ends by itself, %d named points met, calls by status %v, %s\n", f, c.stops.Load(),
		c.restarts.Load(), c.cuts.Load(), c.ended.Load(), strings.Count(c.logs(), fateMet), c.writesByStatus(), time.Since(start).Round(time.Second))
	for _, bad := range f.bad() {
		t.Error(bad)
	}
}

// trouble is what goes wrong around the replicas until it is stopped, and then all is well again.
func (c *crew) trouble(r *rand.Rand) (stop func()) {
	c.town.ECGrid.Faults().Set("write", fault.Fault{Mode: fault.Slow, Delay: 150 * time.Millisecond})
	return func() { c.town.ECGrid.Faults().Clear() }
}
