package main

import (
	"math/rand/v2"
	"time"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// trouble is what goes wrong around the replicas until it is stopped; then all is well again.
func (c *crew) trouble(r *rand.Rand) (stop func()) {
	c.town.ECGrid.Faults().Set("write", fault.Fault{Mode: fault.Slow, Delay: 150 * time.Millisecond})
	over, done := make(chan struct{}), make(chan struct{})
	isOver := func() bool {
		select {
		case <-over:
			return true
		default:
			return c.ctx.Err() != nil
		}
	}
	go func() {
		defer close(done)
		for !isOver() {
			c.pass(time.Duration(200+r.IntN(800))*time.Millisecond, isOver)
			c.oneTrouble(r)
		}
	}()
	return func() {
		close(over)
		<-done
		for _, p := range town.Providers() {
			c.town.Faults(p).Clear()
		}
		c.town.Slack.ClearFaults()
	}
}

// oneTrouble is one thing going wrong. What must be mended has been mended when it returns.
func (c *crew) oneTrouble(r *rand.Rand) {
	a := time.Duration(100+r.IntN(1400)) * time.Millisecond
	switch r.IntN(10) {
	case 0:
		c.restarts.Add(1)
		c.store.Kill()
		c.pass(a, never)
		if err := c.store.Restart(); err != nil {
			c.t.Error("the store does not come back:", err)
		}
	case 1:
		c.cuts.Add(1)
		c.store.Stop()
		c.pass(3*a, never) // longer than a client waits, at most
		c.store.Continue()
	case 2, 3:
		g := c.replicas[r.IntN(len(c.replicas))]
		c.cuts.Add(1)
		g.link.cut()
		c.pass(a, never)
		g.link.heal()
	case 4:
		g := c.replicas[r.IntN(len(c.replicas))]
		c.cuts.Add(1)
		g.link.silence()
		c.pass(3*a, never)
		g.link.heal()
	case 5, 6, 7:
		c.providerTrouble(r)
	default:
		c.slackTrouble(r)
	}
}

// providerTrouble makes one provider misbehave at its next requests.
func (c *crew) providerTrouble(r *rand.Rand) {
	p := town.Providers()[r.IntN(3)]
	modes := []fault.Mode{fault.TimeoutAfter, fault.Status500After, fault.CutAfter, fault.HTMLAfter, fault.Slow, fault.Throttle, fault.Status500}
	f := fault.Fault{Mode: modes[r.IntN(len(modes))], Times: 1 + r.IntN(2), RetryAfter: 1, Delay: time.Duration(r.IntN(1500)) * time.Millisecond}
	match := "write"
	if r.IntN(4) == 0 {
		match = "read"
	}
	c.town.Faults(p).Set(match, f)
}

// slackTrouble makes Slack misbehave at its next calls of one method.
func (c *crew) slackTrouble(r *rand.Rand) {
	methods := []string{"chat.postMessage", "chat.postMessage", "chat.update", "conversations.history", "conversations.replies", "users.info"}
	kinds := []workspace.FaultKind{
		workspace.FaultCutAfter, workspace.FaultStatusAfter, workspace.FaultTimeoutAfter, workspace.FaultThrottle, workspace.FaultStatus, workspace.FaultCut,
		workspace.FaultHTMLAfter, workspace.FaultSlow, workspace.FaultRefuse, workspace.FaultRefuse,
	}
	// Refusals that end by themselves: Slack in trouble, without a status that says so, and a workspace that is being moved.
	refusals := []string{"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "team_added_to_org"}
	c.town.Slack.Fault(workspace.Fault{
		Method: methods[r.IntN(len(methods))], Kind: kinds[r.IntN(len(kinds))], Times: 1 + r.IntN(2), RetryAfter: 1,
		Delay: time.Duration(r.IntN(2500)) * time.Millisecond, Error: refusals[r.IntN(len(refusals))],
	})
}
