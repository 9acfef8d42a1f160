package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"offboard/internal/config"
)

// secretsEvery is how often the files of secrets are looked at when nobody uses them.
const secretsEvery = 5 * time.Second

// watchSecrets says in the log, at readiness and in the metrics what becomes of the files that hold secrets.
func (a *app) watchSecrets() {
	for _, f := range a.cfg.Files {
		log := a.log.With("secret", f.Name())
		f.Watch(func(err error) {
			if err != nil {
				log.Error("the file of a secret cannot be used, so the secret is still the older one", "error", f.Name()+" "+err.Error())
				return
			}
			log.Info("a secret was read again from its file")
		})
	}
	a.health.mind(a.secretTrouble)
	a.health.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "offboard_secret_files_unusable", Help: "Files of secrets that cannot be used now; the older secrets are in use.",
	}, func() float64 { return float64(len(a.secretTrouble())) }))
}

// secretTrouble lists which files cannot be used.
func (a *app) secretTrouble() []string {
	var out []string
	for _, f := range a.cfg.Files {
		if err := f.Trouble(); err != nil {
			out = append(out, fmt.Sprintf("%s %v; the secret is still the older one", f.Name(), err))
		}
	}
	return out
}

// lookAtSecrets looks at the files again and again, so that the log tells of one that cannot be used before the next start meets it.
func (a *app) lookAtSecrets(ctx context.Context) error {
	tick := time.NewTicker(secretsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			a.secretTrouble()
		}
	}
}

// checkSecrets says which secrets can be exchanged while the bot runs.
func checkSecrets(cfg *config.Config, out io.Writer) {
	if len(cfg.Files) == 0 {
		fmt.Fprintln(out, "No secret stands in a file: to exchange one, start the bot again.")
		return
	}
	fmt.Fprint(out, "Read again when their file changes:")
	for _, f := range cfg.Files {
		fmt.Fprint(out, " ", f.Name())
	}
	fmt.Fprintln(out, ". For other secrets start the bot again.")
}
