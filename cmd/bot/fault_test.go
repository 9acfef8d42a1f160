package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	faultSeed  = flag.Uint64("fault.seed", 0, "seed of the fault run; 0: another one each time")
	faultKills = flag.Int("fault.kills", 0, "kills of the fault run, a fifth of them over Socket Mode; 0: the short run")
)

// The promise of design §1 with several replicas on one Redis, while everything around it goes wrong (make faults). The short run is the same
// with fewer kills, and does not wait until unknown outcomes have been read back.
func TestFaults(t *testing.T) {
	short := *faultKills == 0
	kills, replicas := 25, 3
	if !short {
		kills, replicas = *faultKills, 5
	}
	for _, tc := range []struct {
		name   string
		socket bool
		kills  int
	}{{"over HTTP", false, kills - kills/5}, {"over Socket Mode", true, kills / 5}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() {
				t.Skip("takes a minute")
			}
			faultRun(t, tc.socket, replicas, tc.kills)
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

func faultRun(t *testing.T, socket bool, replicas, kills int) {
	seed := seedOf(t)
	r := rand.New(rand.NewPCG(seed, 0))
	c := newCrew(t, r, replicas, socket)
	c.hurried = *faultKills == 0
	all := c.hireLeavers(max(12, kills*3/5))
	start := time.Now()
	enough := func() bool { return c.kills.Load() >= int64(kills) || c.ctx.Err() != nil }
	over := c.people(seed+1, all, func(i int) bool { return c.kills.Load()*int64(len(all)) >= int64(i-8)*int64(kills) })
	stopTrouble := c.trouble(rand.New(rand.NewPCG(seed, 1)))
	var lives sync.WaitGroup
	for i, g := range c.replicas {
		lives.Go(func() { c.suffer(rand.New(rand.NewPCG(seed, uint64(10+i))), g, enough) })
	}
	stopTelling := c.progress(kills)
	lives.Wait()
	stopTelling()
	stopTrouble()
	t.Logf("%d kills in %s; every replica is left alone from now on", c.kills.Load(), time.Since(start).Round(time.Second))
	stop := c.survive()
	c.settle(all, over)
	stop()
	f := c.judge(all)
	t.Logf("%s%d stops, %d restarts of the store, %d cuts, %d ends by itself, %d named points met %v, calls by status %v, %s\n", f, c.stops.Load(),
		c.restarts.Load(), c.cuts.Load(), c.ended.Load(), strings.Count(c.logs(), fateMet), c.met(), c.writesByStatus(), time.Since(start).Round(time.Second))
	for _, bad := range f.bad() {
		t.Error(bad)
	}
}

var metAt = regexp.MustCompile(fateMet + `","pid":\d+,"point":"([a-z ]+)"`)

// met counts the named points at which a replica was killed or stopped.
func (c *crew) met() map[string]int {
	out := map[string]int{}
	for _, found := range metAt.FindAllStringSubmatch(c.logs(), -1) {
		out[found[1]]++
	}
	return out
}

// progress prints how far a long run has come.
func (c *crew) progress(kills int) (stop func()) {
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(15 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				fmt.Fprintf(os.Stderr, "%d of %d kills, %d calls, %d restarts of the store, %d cuts\n", c.kills.Load(), kills, c.writes(), c.restarts.Load(), c.cuts.Load())
			case <-over:
				return
			}
		}
	}()
	return func() { close(over); <-done }
}

// A test of the test: where a lease that ran out led to a second call, the run would say so.
func TestFaultsFindTakeover(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	r := rand.New(rand.NewPCG(seedOf(t), 0))
	c := newCrew(t, r, 2, false)
	all := c.hireLeavers(4)
	over := c.people(1, all, func(int) bool { return true })
	start := time.Now()
	var lives sync.WaitGroup
	for _, g := range c.replicas {
		lives.Go(func() {
			for c.mostCalls(all) < 2 && time.Since(start) < time.Minute {
				p := c.life(g, mutantVar+"=1", pointVar+"=after call", passVar+"=1")
				c.pass(5*time.Second, func() bool { return len(p.ended) > 0 || c.mostCalls(all) > 1 })
				c.bury(p)
			}
		})
	}
	lives.Wait()
	stop := c.survive()
	c.settle(all, over)
	stop()
	if f := c.judge(all); f.calls < 2 || len(f.bad()) == 0 {
		t.Errorf("two replicas that call again after a lease has run out are not found:\n%s", f)
	}
}

// mostCalls is the most calls that have reached one account.
func (c *crew) mostCalls(all []leaver) int {
	most := 0
	for _, l := range all {
		most = max(most, c.town.Record(l.at, l.id).Writes)
	}
	return most
}
