package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"offboard/internal/config"
	"offboard/internal/journal"
	"offboard/internal/journal/embedded"
	"offboard/internal/journal/redis"
)

// store is a journal, and what the bot asks of its engine besides.
type store struct {
	journal.Journal
	trouble func() []string  // why nothing can be recorded now
	now     func() time.Time // the clock that all processes on the store share; nil: this machine's
}

func openJournal(ctx context.Context, cfg *config.Config, o redis.Options) (*store, error) {
	if cfg.Journal.Redis == nil {
		return openFile(cfg.Journal.File)
	}
	j, err := redis.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return &store{Journal: j, trouble: j.Trouble, now: j.Now}, nil
}

func openFile(path string) (*store, error) {
	j, err := embedded.Open(path)
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", path, err)
	}
	return &store{Journal: j, trouble: func() []string {
		if j.Err() != nil {
			return []string{"the journal cannot be written any more: look at its disk, then start the bot again"}
		}
		return nil
	}}, nil
}

// redisOptions are those of a bot that serves.
func redisOptions(cfg *config.Config, log *slog.Logger) redis.Options {
	r := cfg.Journal.Redis
	if r == nil {
		return redis.Options{}
	}
	accept := make([]redis.Accept, 0, len(r.Accept))
	for _, a := range r.Accept {
		accept = append(accept, redis.Accept(a))
	}
	return redis.Options{
		Kind: redis.Kind(r.Kind), Addrs: r.Addrs, Master: r.Master, DB: r.DB, Prefix: r.Prefix,
		Username: r.Username, Password: r.Password, SentinelPassword: r.SentinelPassword,
		TLS: r.TLS, CA: r.CA, Strict: cfg.Writes, Accept: accept, Logger: log,
	}
}

// logRisks says at the start what the journal's settings could lose.
func logRisks(ctx context.Context, j journal.Journal, log *slog.Logger) error {
	info, err := j.Info(ctx)
	if err != nil {
		return err
	}
	for _, risk := range info.Risks {
		log.Warn("the journal's server is set to lose", "risk", risk)
	}
	return nil
}

// examineTime is how long a check waits for the journal's server.
const examineTime = 10 * time.Second

// checkJournal prints what the journal's server is set to lose. A server that cannot be asked is no fault of the configuration.
func checkJournal(ctx context.Context, cfg *config.Config, out io.Writer) error {
	if cfg.Journal.Redis == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, examineTime)
	defer cancel()
	risks, err := redis.Examine(ctx, redisOptions(cfg, nil))
	switch {
	case errors.Is(err, redis.ErrUnfit):
		return err
	case err != nil:
		fmt.Fprintf(out, "The journal could not be looked at: %v.\n", err)
	case len(risks) == 0:
		fmt.Fprintln(out, "The journal's server loses nothing that was acknowledged.")
	}
	for _, risk := range risks {
		fmt.Fprintf(out, "The journal: %s\n", risk)
	}
	return nil
}
