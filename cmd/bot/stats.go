package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

type auditStatsCmd struct {
	Config string        `help:"The configuration file." default:"offboard.yaml" type:"path"`
	Since  time.Duration `help:"How far back to look: 168h is a week." default:"168h"`
	JSON   bool          `help:"Print JSON."`
}

// Run prints how approvals were given lately. It changes nothing.
func (c *auditStatsCmd) Run(e *env) (err error) {
	if c.Since <= 0 {
		return errors.New("--since must be above zero, for example 168h for a week")
	}
	cfg, err := load(e, c.Config)
	if err != nil {
		return err
	}
	j, err := openToRead(e.ctx, cfg)
	if err != nil {
		return fmt.Errorf("there is no journal to read: %w", err)
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	now := time.Now
	if j.now != nil {
		now = j.now
	}
	to := now().UTC()
	h, err := readHabits(e.ctx, j, to.Add(-c.Since), to)
	if err != nil {
		return err
	}
	if !c.JSON {
		return h.Print(e.stdout)
	}
	raw, err := json.MarshalIndent(h, "", "  ")
	_, also := fmt.Fprintf(e.stdout, "%s\n", raw)
	return cmp.Or(err, also)
}
