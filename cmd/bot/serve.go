package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

type serveCmd struct {
	Config string `help:"The configuration file." default:"offboard.yaml" type:"path"`
}

// Run runs the bot until it is told to stop.
func (c *serveCmd) Run(e *env) error {
	cfg, err := load(e, c.Config)
	if err != nil {
		return err
	}
	a, err := newApp(cfg, e.log(), time.Now)
	if err != nil {
		return err
	}
	return a.run(e.ctx)
}

// stopTime is how long a stop may take: longer than a provider call takes by default, so that few are cut off. One that is cut off is read
// back at the next start.
const stopTime = 45 * time.Second

// part is something that runs until its context ends, and must be waited for.
type part struct {
	name string
	run  func(ctx context.Context) error
}

// running is a part that was started.
type running struct {
	part
	stop context.CancelFunc
	done chan error
}

// parts runs parts side by side and stops them the newest first, each before the next: what takes requests in stops before what
// carries them out, and that before the store.
type parts struct {
	started []*running
	failed  chan error
}

func newParts() *parts { return &parts{failed: make(chan error, 1)} }

// start starts a part. It is stopped by parts.stop alone, in its turn.
func (p *parts) start(ctx context.Context, x part) {
	own, stop := context.WithCancel(context.WithoutCancel(ctx))
	r := &running{part: x, stop: stop, done: make(chan error, 1)}
	p.started = append(p.started, r)
	go func() {
		err := x.run(own)
		if err != nil && own.Err() == nil {
			err = p.fail(fmt.Errorf("%s: %w", x.name, err))
		}
		r.done <- err
	}()
}

// fail reports a part that ended by itself. It gives the error back when another part has failed before.
func (p *parts) fail(err error) error {
	select {
	case p.failed <- err:
		return nil
	default:
		return err
	}
}

// stop stops everything. What does not stop in time is named in the error; the parts before it are told to stop and not waited for, so that
// nothing new is begun.
func (p *parts) stop() error {
	deadline := time.NewTimer(stopTime)
	defer deadline.Stop()
	var all []error
	for i := len(p.started) - 1; i >= 0; i-- {
		r := p.started[i]
		r.stop()
		select {
		case err := <-r.done:
			all = append(all, err)
		case <-deadline.C:
			for _, older := range p.started[:i] {
				older.stop()
			}
			return errors.Join(append(all, fmt.Errorf("%s did not stop in %s", r.name, stopTime))...)
		}
	}
	return errors.Join(all...)
}
