package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"offboard/internal/journal/redis/redistest"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// crew is a town, a store and several replicas of the bot in processes of their own, all of which can be hurt at any instant.
type crew struct {
	*killStage // the town and its people; it has no bot of its own

	exe      string // what runs as a replica
	store    *redistest.Server
	replicas []*replicaRig
	front    *httptest.Server // HTTP: the load balancer

	kills, stops, restarts, cuts, ended atomic.Int64
}

// replicaRig is what stays of one replica from life to life.
type replicaRig struct {
	name, config, base string
	link               *link
}

const faultPatience = time.Hour

// soonAgain is after how long people type again in a fault run: nobody tells them which replica had their line, and whether it lives.
const soonAgain = 5 * time.Second

func newCrew(t *testing.T, r *rand.Rand, n int, socket bool) *crew {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), faultPatience)
	t.Cleanup(cancel)
	tw, err := town.Open(ctx, "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "faults-")
	if err != nil {
		t.Fatal(err)
	}
	c := &crew{killStage: &killStage{t: t, ctx: ctx, town: tw, dir: dir, patient: soonAgain}, exe: faultExe(t)}
	t.Cleanup(c.close)
	tw.Slack.Switch(workspace.Switches{NoRateLimits: true})
	if err := os.Mkdir(c.path("redis"), 0o700); err != nil {
		t.Fatal(err)
	}
	if c.store, err = redistest.Run(c.path("redis"), redistest.Durable()...); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		c.replicas = append(c.replicas, c.rig(r, i, socket))
	}
	if !socket {
		c.balance()
	}
	return c
}

// rig prepares one replica: its way to the store, its port and its configuration.
func (c *crew) rig(r *rand.Rand, i int, socket bool) *replicaRig {
	c.t.Helper()
	listen := quietPort(c.t, r)
	g := &replicaRig{name: fmt.Sprintf("replica%d", i), base: "http://" + listen, link: newLink(c.t, c.store.Addr())}
	g.config = c.path(g.name + ".yaml")
	yaml, secrets := c.town.Config(town.Settings{Journal: "nowhere", Listen: listen, HTTP: !socket, Writes: true})
	yaml = strings.ReplaceAll(killConfig(c.t, yaml), "file:nowhere", "redis://"+g.link.addr())
	yaml = strings.ReplaceAll(yaml, "per_hour: 1000, per_requester_per_day: 1000", "per_hour: 100000, per_requester_per_day: 100000")
	if err := os.WriteFile(g.config, []byte(yaml), 0o600); err != nil {
		c.t.Fatal(err)
	}
	if c.env == nil {
		c.env = append(os.Environ(), childVar+"="+faultChild)
		for name, value := range secrets {
			c.env = append(c.env, name+"="+value)
		}
	}
	return g
}

// balance puts one address in front of all replicas.
func (c *crew) balance() {
	b := &faultFront{}
	for _, g := range c.replicas {
		b.bases = append(b.bases, g.base)
	}
	c.front = httptest.NewServer(b)
	c.town.Slack.UseHTTP(endpoints(strings.TrimPrefix(c.front.URL, "http://")))
}

// close ends everything. What the run wrote is kept when it failed.
func (c *crew) close() {
	if c.front != nil {
		c.front.Close()
	}
	if err := c.town.Close(); err != nil {
		c.t.Error("the town:", err)
	}
	for _, g := range c.replicas {
		g.link.close()
	}
	if c.store != nil {
		c.store.Continue()
		c.store.Kill()
	}
	if c.t.Failed() {
		c.t.Logf("the logs, the configurations and the store are kept in %s", c.dir)
		return
	}
	_ = os.RemoveAll(c.dir)
}

// life starts a process of a replica, with more in its environment.
func (c *crew) life(g *replicaRig, more ...string) *process {
	log, err := os.OpenFile(c.path(g.name+".log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err) // the folder is ours
	}
	defer func() { _ = log.Close() }()
	cmd := exec.CommandContext(context.Background(), c.exe, g.config)
	cmd.Env, cmd.Stdout, cmd.Stderr = append(append([]string{}, c.env...), more...), log, log
	if err := cmd.Start(); err != nil {
		panic(err) // the machine has no room
	}
	p := &process{cmd: cmd, ended: make(chan error, 1)}
	go func() { p.ended <- p.cmd.Wait() }()
	return p
}

// bury ends a process and counts how it ended: killed, or by itself because its store or Slack could not be reached.
func (c *crew) bury(p *process) {
	_ = p.cmd.Process.Kill() // it may have ended
	if err := <-p.ended; killed(err) {
		c.kills.Add(1)
		return
	}
	c.ended.Add(1)
}

func killed(err error) bool {
	e, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return false
	}
	status, ok := e.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// suffer lets one replica live and die until the run has enough kills. Half of its lives end at a named point, if they come by there in time; some
// are stopped for longer than a lease first.
func (c *crew) suffer(r *rand.Rand, g *replicaRig, over func() bool, more ...string) {
	for !over() {
		var fateful []string
		named, stopped := r.IntN(2) == 0, r.IntN(10) == 0
		if named {
			all := points()
			if stopped || r.IntN(2) == 0 {
				all = worst()
			}
			fateful = []string{pointVar + "=" + all[r.IntN(len(all))], fmt.Sprintf("%s=%d", passVar, 1+r.IntN(2)*r.IntN(3))}
			if stopped {
				fateful = append(fateful, stopVar+"=1")
			}
		}
		p := c.life(g, append(fateful, more...)...)
		if r.IntN(8) > 0 { // else it may be killed while it starts
			c.begins(p, g, 3*time.Second)
		}
		most := time.Duration(100+r.IntN(1400)) * time.Millisecond
		if named {
			most *= 3 // it may come by there only later
		}
		c.await(p, most)
		if stopped && len(p.ended) == 0 {
			c.stops.Add(1)
			_ = p.cmd.Process.Signal(syscall.SIGSTOP)
			c.pass(time.Duration(3200+r.IntN(2500))*time.Millisecond, never)
			_ = p.cmd.Process.Signal(syscall.SIGCONT)
			c.await(p, time.Duration(300+r.IntN(1000))*time.Millisecond)
		}
		c.bury(p)
	}
}

// begins waits until a replica is ready, has ended, or takes too long: its store may be away.
func (c *crew) begins(p *process, g *replicaRig, most time.Duration) {
	for end := time.Now().Add(most); time.Now().Before(end) && len(p.ended) == 0 && !ready(c.ctx, g.base); {
		c.pass(20*time.Millisecond, never)
	}
}

func (c *crew) await(p *process, d time.Duration) {
	c.pass(d, func() bool { return len(p.ended) > 0 })
}

// survive is the whole crew alive and well, until it is stopped.
func (c *crew) survive() (stop func()) {
	var all []*process
	for _, g := range c.replicas {
		all = append(all, c.life(g))
	}
	for i, g := range c.replicas {
		c.until(g.name+" is ready", func() bool { return len(all[i].ended) > 0 || ready(c.ctx, g.base) })
	}
	return func() {
		for _, p := range all {
			_ = p.cmd.Process.Signal(syscall.SIGTERM) // they take requests in for a while longer
		}
		for i, p := range all {
			if err := <-p.ended; err != nil {
				c.t.Errorf("%s was well and ended with: %v", c.replicas[i].name, err)
			}
		}
	}
}

// logs are what all replicas wrote.
func (c *crew) logs() string {
	var out strings.Builder
	files, _ := filepath.Glob(c.path("*.log")) // the pattern is well-formed
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			c.t.Error(err)
		}
		_, _ = out.Write(raw)
	}
	return out.String()
}

// people play every leaver's plot, each once the run has come so far, at most a dozen at a time.
func (c *crew) people(seed uint64, all []leaver, mayBegin func(i int) bool) <-chan struct{} {
	over, room := make(chan struct{}), make(chan struct{}, 12)
	go func() {
		defer close(over)
		var plays sync.WaitGroup
		for i, l := range all {
			c.pass(faultPatience, func() bool { return mayBegin(i) })
			room <- struct{}{}
			plays.Go(func() {
				defer func() { <-room }()
				c.play(rand.New(rand.NewPCG(seed, uint64(i))), l)
			})
		}
		plays.Wait()
	}()
	return over
}
