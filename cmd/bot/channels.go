package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"offboard/internal/dispatch"
)

// announcer is what the watch needs of the poster.
type announcer interface {
	FitForCards(ctx context.Context) error
	FitForAudit(ctx context.Context) error
	Announce(ctx context.Context, to dispatch.Channel, text string) error
}

// watchEvery is how often Slack is asked whether the channels are still fit.
const watchEvery = 30 * time.Second

// channelWatch asks Slack from time to time whether the bot's channels are still fit. When one is not, readiness says so and the other
// channel is told (design §9); requests under way go on.
type channelWatch struct {
	post announcer
	log  *slog.Logger
	soon chan struct{} // asks for a look now

	mu      sync.Mutex
	trouble map[dispatch.Channel]string
}

func newChannelWatch(p announcer, log *slog.Logger) *channelWatch {
	return &channelWatch{post: p, log: log, soon: make(chan struct{}, 1), trouble: map[dispatch.Channel]string{}}
}

// list gives what is wrong with the channels, in plain words.
func (w *channelWatch) list() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, why := range w.trouble {
		out = append(out, why)
	}
	return out
}

func (w *channelWatch) run(ctx context.Context) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-w.soon:
		}
		w.look(ctx, dispatch.ToApprovals, dispatch.ToAudit, w.post.FitForCards)
		w.look(ctx, dispatch.ToAudit, dispatch.ToApprovals, w.post.FitForAudit)
	}
}

// fit says why no card may go out now. When that has changed, readiness and the other channel say so at once too.
func (w *channelWatch) fit(ctx context.Context) error {
	err := errors.Join(w.post.FitForCards(ctx), w.post.FitForAudit(ctx))
	if (err != nil) != (len(w.list()) > 0) {
		select {
		case w.soon <- struct{}{}:
		default: // a look is asked for already
		}
	}
	return err
}

// look asks about one channel, and tells the other when the answer has changed. Slack being in trouble is no answer.
func (w *channelWatch) look(ctx context.Context, channel, other dispatch.Channel, fit func(context.Context) error) {
	err := fit(ctx)
	if e, ok := errors.AsType[*dispatch.TellError](err); err != nil && (!ok || e.Kind != dispatch.TellClosed && e.Kind != dispatch.TellBroken) {
		return
	}
	if !w.changed(channel, err) {
		return
	}
	text := fmt.Sprintf("The %s channel is fit again.", channel)
	if err != nil {
		w.log.Error("a channel is not fit any more", "channel", channel, "error", err)
		text = fmt.Sprintf("Alarm: the %s channel cannot be used any more. No new requests are taken while that lasts; "+
			"requests under way go on. Look at the channel now.", channel)
	}
	if err := w.post.Announce(ctx, other, text); err != nil {
		w.log.Error("announce", "to", other, "error", err)
	}
}

// changed notes the answer, and reports whether it is another than before.
func (w *channelWatch) changed(channel dispatch.Channel, err error) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, was := w.trouble[channel]
	if err == nil {
		delete(w.trouble, channel)
	} else {
		w.trouble[channel] = fmt.Sprintf("the %s channel cannot be used", channel)
	}
	return was != (err != nil)
}
