package main

import (
	"fmt"
	"io"
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
	checkOut(cfg, e.stdout)
	checkSecrets(cfg, e.stdout)
	return checkJournal(e.ctx, cfg, e.stdout)
}

// checkOut says which services are reached in another way than directly, and known by others than the machine's authorities.
func checkOut(cfg *config.Config, out io.Writer) {
	say := func(name string, o config.Out) {
		if o.Proxy != "" {
			fmt.Fprintf(out, "%s is reached through a proxy (%s). It carries what is encrypted, and learns the host's name.\n", name, o.Proxy)
		}
		if len(o.CA) > 0 {
			fmt.Fprintf(out, "%s is known by the authorities in its ca_file alone.\n", name)
		}
	}
	say("slack", cfg.Slack.Out)
	for _, p := range cfg.Providers {
		say(p.Name, p.Out)
	}
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
