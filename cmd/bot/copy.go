package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"offboard/internal/book"
	"offboard/internal/config"
	"offboard/internal/journal"
)

type journalCmd struct {
	Copy       journalCopyCmd   `cmd:"" help:"Copy every request from one journal into another that is empty. Stop every bot on both first."`
	AcceptLoss journalAcceptCmd `cmd:"" help:"Accept that the journal lacks what the audit channel has reported. On a file the bot must be stopped."`
}

type journalCopyCmd struct {
	From string `help:"A configuration file that names the journal to copy." required:"" type:"path"`
	To   string `help:"A configuration file that names the journal to copy into." required:"" type:"path"`
}

// Run copies requests with their numbers, chains, wake times and reserved accounts. What is only remembered for a while is left behind: which
// deliveries were handled, and how many requests were made, so that limits count from nought.
func (c *journalCopyCmd) Run(e *env) (err error) {
	from, err := load(e, c.From)
	if err != nil {
		return err
	}
	to, err := load(e, c.To)
	if err != nil {
		return err
	}
	source, err := openToRead(e.ctx, from)
	if err != nil {
		return fmt.Errorf("there is no journal to copy: %w", err)
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := openTarget(e.ctx, to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	n, err := copyAll(e.ctx, source, target)
	if err != nil {
		return fmt.Errorf("after %d request(s), so the copy is of no use: %w", n, err)
	}
	fmt.Fprintf(e.stdout, "%d request(s) copied, every chain is whole. Start the bot on the new journal alone, and put the old one away: "+
		"a bot on it would carry out the same approvals.\n", n)
	return nil
}

// errNotEmpty keeps a copy from being mixed with what is there.
var errNotEmpty = errors.New("the journal to copy into is not empty; name another, or remove it if it is an earlier copy")

func openTarget(ctx context.Context, cfg *config.Config) (*store, error) {
	j, err := openJournal(ctx, cfg, redisOptions(cfg, nil))
	if err != nil {
		return nil, err
	}
	info, err := j.Info(ctx)
	if err == nil && info.Length > 0 {
		err = errNotEmpty
	}
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// copyAll returns how many requests stand in the target and are the source's.
func copyAll(ctx context.Context, source, target journal.Journal) (n int, err error) {
	err = source.Each(ctx, func(l journal.Log) error {
		if err := copyLog(ctx, source, target, l); err != nil {
			return fmt.Errorf("OFF-%d: %w", l.Number, err)
		}
		n++
		return nil
	})
	if err != nil {
		return n, err
	}
	return n, unchanged(ctx, source, target)
}

func copyLog(ctx context.Context, source, target journal.Journal, l journal.Log) error {
	if err := journal.Verify(l); err != nil {
		return err
	}
	w := journal.Write{ID: l.ID, Records: l.Records, Wake: l.Wake, Open: l.Open, Confirm: true}
	r, err := book.Fold(l)
	if err != nil {
		return err
	}
	for _, key := range r.Keys() {
		holder, err := source.Holder(ctx, key)
		if err != nil && !errors.Is(err, journal.ErrNotFound) {
			return err
		}
		if holder == l.ID && !slices.ContainsFunc(w.Reserve, func(r journal.Reservation) bool { return r.Key == key }) {
			w.Reserve = append(w.Reserve, journal.Reservation{Key: key})
		}
	}
	number, err := target.Append(ctx, w)
	if err == nil && number != l.Number {
		err = fmt.Errorf("it got the number %d", number)
	}
	return err
}

// unchanged holds the copy against a source that nobody should have written to meanwhile.
func unchanged(ctx context.Context, source, target journal.Journal) error {
	return source.Each(ctx, func(l journal.Log) error {
		c, err := target.Load(ctx, l.ID)
		if errors.Is(err, journal.ErrNotFound) || err == nil && (journal.Head(c) != journal.Head(l) || c.Version() != l.Version()) {
			return fmt.Errorf("OFF-%d was written to meanwhile: stop every bot on the journal, and copy it again", l.Number)
		}
		return err
	})
}

// openToRead opens a journal that is there: opening another would make one, and find it whole.
func openToRead(ctx context.Context, cfg *config.Config) (*store, error) {
	o := redisOptions(cfg, nil)
	o.Existing, o.Strict = true, false
	if cfg.Journal.Redis == nil {
		if _, err := os.Stat(cfg.Journal.File); err != nil {
			return nil, err
		}
	}
	return openJournal(ctx, cfg, o)
}
