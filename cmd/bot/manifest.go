package main

import (
	"fmt"

	"offboard/internal/manifest"
)

type manifestCmd struct {
	URL *string `help:"Public base URL of the bot, for HTTP: https://offboard.example.com"`
}

// Run prints a manifest to paste into Slack's app settings.
func (c *manifestCmd) Run(e *env) error {
	out := manifest.Socket()
	if c.URL != nil { // given and empty is a fault, not a wish for Socket Mode
		var err error
		if out, err = manifest.HTTP(*c.URL); err != nil {
			return err
		}
	}
	if _, err := e.stdout.Write(out); err != nil {
		return fmt.Errorf("print manifest: %w", err)
	}
	return nil
}
