package main

import (
	"fmt"
	"os"

	"offboard/internal/config"
)

type checkCmd struct {
	Config string `help:"The configuration file." default:"offboard.yaml" type:"path"`
}

// Run reports every fault and warning of a configuration file.
func (c *checkCmd) Run(e *env) error {
	cfg, err := load(e, c.Config)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "%s: no faults. Transport %s, %d provider(s), writes %s.\n",
		c.Config, cfg.Slack.Transport, len(cfg.Providers), onOff(cfg.Writes))
	if !cfg.Writes {
		fmt.Fprintln(e.stdout, "Writes are off: everything but the provider's write really happens. Set writes: true when you are ready.")
	}
	return checkJournal(e.ctx, cfg, e.stdout)
}

// load reads the configuration, and prints its warnings.
func load(e *env, path string) (*config.Config, error) {
	cfg, warnings, err := config.Load(path, e.getenv, os.ReadFile)
	for _, w := range warnings {
		fmt.Fprintln(e.stderr, w)
	}
	if err != nil {
		return nil, err
	}
	return cfg, nil
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}
