package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"offboard/internal/journal"
)

// ErrUnreadable says that the audit channel cannot be read back until a person acts.
var ErrUnreadable = errors.New("the audit channel cannot be read back")

// Report is what the audit channel says of the journal.
type Report struct {
	Lines   []Line // of our own newest messages, the oldest first, none from before the loss that was accepted last
	Alarmed bool   // since the newest of them the channel was told that the journal lacks something
}

// Channel is the audit channel, and the other one that people read. Errors that only a person can mend wrap ErrUnreadable.
type Channel interface {
	Reported(ctx context.Context) (Report, error)
	// Lacking tells both channels that the journal lacks something. The text is safe to show: it holds nothing that others wrote.
	Lacking(ctx context.Context, text string) error
}

// Witness compares the journal with the audit channel until it has found it whole, and opens the gate then.
type Witness struct {
	channel Channel
	gate    *Gate
	where   string // where the bot listens
	log     *slog.Logger

	mu    sync.Mutex
	lacks string // what is missing, in few words
	alarm bool   // people must be told of it
}

// NewWitness returns a witness. It does nothing before Look or Run.
func NewWitness(c Channel, g *Gate, where string, log *slog.Logger) *Witness {
	return &Witness{channel: c, gate: g, where: where, log: log}
}

// What operators read while the gate is shut.
const (
	sayUnchecked = "the journal is not held against the audit channel yet"
	sayLacking   = "the journal lacks what the audit channel has reported"
	sayWayOut    = "restore the newer journal and start the bot on it; where it is gone for good, accept that with: bot journal accept-loss"
)

// Look compares once, and opens the gate when nothing is missing. The error is ErrUnreadable where looking again is of no use.
func (w *Witness) Look(ctx context.Context) error {
	report, err := w.channel.Reported(ctx)
	var missing []Line
	if err == nil {
		missing, err = Missing(ctx, w.gate.Journal, report.Lines)
	}
	switch {
	case errors.Is(err, ErrUnreadable):
		return err
	case err != nil && ctx.Err() == nil:
		w.log.Warn(sayUnchecked, "error", err, "listen", w.where)
	case err != nil:
		w.log.Warn(sayUnchecked, "error", "it took too long", "listen", w.where)
	case len(missing) > 0:
		w.found(missing, report.Alarmed)
	default:
		w.found(nil, false)
		w.gate.set(nil)
	}
	return nil
}

// found notes what is missing, and logs it when that has changed.
func (w *Witness) found(missing []Line, alarmed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.lacks
	w.lacks, w.alarm = "", false
	if len(missing) == 0 {
		return
	}
	w.lacks, w.alarm = Name(missing), !alarmed
	w.gate.set(fmt.Errorf("%w: it lacks %s, which the audit channel has reported", journal.ErrLost, w.lacks))
	if w.lacks != before {
		w.log.Error(sayLacking, "missing", w.lacks, "do", sayWayOut, "listen", w.where)
	}
}

// Trouble lists, for people, why nothing is recorded; empty: the gate is open.
func (w *Witness) Trouble() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.gate.Err() == nil:
		return nil
	case w.lacks == "":
		return []string{sayUnchecked}
	default:
		return []string{sayLacking + " (" + w.lacks + "): " + sayWayOut}
	}
}

// How often it is looked again, and how long a look may take.
const (
	firstPause = time.Second
	longPause  = 30 * time.Second
	lookTime   = 30 * time.Second
)

// Run looks again until the gate is open, and then returns nil, or until ctx ends. Its error is ErrUnreadable.
func (w *Witness) Run(ctx context.Context) error {
	for pause := firstPause; w.gate.Err() != nil; pause = min(2*pause, longPause) {
		w.tell(ctx)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
		if err := w.again(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *Witness) again(ctx context.Context) error {
	look, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	if err := w.Look(look); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// tell raises the alarm where it was not raised yet.
func (w *Witness) tell(ctx context.Context) {
	w.mu.Lock()
	lacks, alarm := w.lacks, w.alarm
	w.mu.Unlock()
	if !alarm {
		return
	}
	text := fmt.Sprintf("Alarm: %s, beginning with %s. It was rolled back or wiped, or it is another one. Nothing is recorded and nothing is called. "+
		"Whoever runs the bot: %s.", sayLacking, lacks, sayWayOut)
	if err := w.channel.Lacking(ctx, text); err != nil && ctx.Err() == nil {
		w.log.Error("tell that the journal lacks something", "error", err)
	}
}
