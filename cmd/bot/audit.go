package main

import (
	"errors"
	"fmt"

	"offboard/internal/journal"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check that no record was changed since it was written. On a file the bot must be stopped."`
	Stats  auditStatsCmd  `cmd:"" help:"Show how approvals were given lately: how soon, by whom for whom, and who never denies. On a file the bot must be stopped."`
}

type auditVerifyCmd struct {
	Config string `help:"The configuration file." default:"offboard.yaml" type:"path"`
}

// Run checks the hash chain of every request, and prints each one's last hash, which the audit channel shows too.
func (c *auditVerifyCmd) Run(e *env) (err error) {
	cfg, err := load(e, c.Config)
	if err != nil {
		return err
	}
	j, err := openToRead(e.ctx, cfg)
	if err != nil {
		return fmt.Errorf("there is no journal to verify: %w", err)
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	n, bad := 0, 0
	err = j.Each(e.ctx, func(l journal.Log) error {
		n++
		if err := journal.Verify(l); err != nil {
			bad++
			fmt.Fprintf(e.stdout, "OFF-%d  CHANGED  %v\n", l.Number, err)
			return nil
		}
		fmt.Fprintf(e.stdout, "OFF-%d  %s\n", l.Number, journal.Head(l))
		return nil
	})
	switch {
	case err != nil:
		return fmt.Errorf("read journal: %w", err)
	case bad > 0:
		return fmt.Errorf("%d of %d requests were changed after they were written", bad, n)
	}
	fmt.Fprintf(e.stdout, "%d request(s), every chain is whole.\n", n)
	return nil
}
