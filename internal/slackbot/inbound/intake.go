package inbound

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"offboard/internal/commands"
	"offboard/internal/mrkdwn"
)

// Deadline is how long after its arrival a delivery may be decided on: Slack waits three seconds for the acknowledgement.
const Deadline = 2700 * time.Millisecond

// Sentences for people whose request met a fault of our own, as mrkdwn.
const (
	SayNotRecorded = "The bot cannot record this now. Nothing was done. Try again in a minute."
	SayBusy        = "The bot has too much to do now. Nothing was done. Try again in a minute."
	SayFault       = "The bot met a fault of its own and cannot say what became of this. " +
		"Look at the card, or at the list of requests, before you try again."
)

// Outcome is what became of a delivery.
type Outcome string

// The outcomes.
const (
	Handled     Outcome = "handled"
	Ignored     Outcome = "not for us"   // acknowledged empty
	Unavailable Outcome = "not recorded" // or nobody can say; not acknowledged, the Ack says what there is to say
	Busy        Outcome = "busy"         // not looked at; not acknowledged
	Panicked    Outcome = "panic"        // unknown; not acknowledged
)

// Outcomes lists every Outcome.
func Outcomes() []Outcome { return []Outcome{Handled, Ignored, Unavailable, Busy, Panicked} }

// Intake takes deliveries in, for every transport.
type Intake struct {
	decoder *Decoder
	handler commands.Handler
	runner  *Runner
	log     *slog.Logger
	seen    Observer
}

// Observer is told of each delivery, for metrics. It returns at once.
type Observer func(kind Kind, outcome Outcome, took time.Duration)

// NewIntake returns an intake. seen may be nil.
func NewIntake(d *Decoder, h commands.Handler, r *Runner, log *slog.Logger, seen Observer) *Intake {
	if seen == nil {
		seen = func(Kind, Outcome, time.Duration) {}
	}
	return &Intake{decoder: d, handler: h, runner: r, log: log, seen: seen}
}

// App is the app whose deliveries are ours; empty: any.
func (i *Intake) App() string { return i.decoder.App() }

// Result is what the transport answers. Finish must be called once, after the answer.
type Result struct {
	Outcome Outcome
	Ack     commands.Ack

	request Request
	later   commands.Later
	slot    *Slot
	log     *slog.Logger
}

// Take decodes a delivery and lets the handler decide. It returns when there is something to answer: at the latest soon after Deadline,
// as long as the handler keeps to its context. The end of ctx does not end a decision under way.
func (i *Intake) Take(ctx context.Context, raw Raw) Result {
	r := i.take(ctx, raw)
	r.log = i.log
	i.seen(raw.Kind, r.Outcome, time.Since(raw.At))
	return r
}

func (i *Intake) take(ctx context.Context, raw Raw) Result {
	request, err := i.decoder.Decode(raw)
	if n, ok := errors.AsType[*NotOurs](err); ok {
		i.log.Info("a delivery is not for us", "kind", raw.Kind, "why", n.Why)
		return Result{Outcome: Ignored}
	}
	slot, ok := i.runner.Admit()
	if !ok {
		i.log.Warn("a delivery is turned away: too much is under way", "kind", raw.Kind)
		return Result{Outcome: Busy, request: request}
	}
	r := Result{request: request, slot: slot}
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), raw.At.Add(Deadline))
	defer cancel()
	i.decide(ctx, raw.Kind, &r)
	return r
}

func (i *Intake) decide(ctx context.Context, kind Kind, r *Result) {
	defer func() {
		if p := recover(); p != nil {
			LogPanic(i.log, string(kind), p)
			r.Outcome, r.Ack, r.later = Panicked, commands.Ack{}, r.request.say(SayFault)
		}
	}()
	ack, later, err := r.request.Handle(ctx, i.handler)
	if err != nil {
		i.log.Error("a delivery could not be recorded", "kind", kind, "error", err)
		r.Outcome, r.Ack = Unavailable, commands.Ack{Text: cmp.Or(ack.Text, SayNotRecorded)}
		r.later = r.request.say(r.Ack.Text)
		return
	}
	r.Outcome, r.Ack, r.later = Handled, ack, later
}

// say answers the person privately; nil: there is nobody to answer.
func (r Request) say(text string) commands.Later {
	to := r.Reply()
	if to == nil || text == "" {
		return nil
	}
	return func(ctx context.Context) {
		const patience = 30 * time.Second
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		_ = to.Private(ctx, commands.Reply{Text: text}) // there is no other way left to reach them
	}
}

// Finish starts what goes on after the answer. told says whether the person was shown what the answer says: if it could not be sent or
// could not carry it, they are told privately instead.
func (r Result) Finish(told bool) {
	if r.slot == nil {
		return
	}
	var work []commands.Later
	if !told && r.Outcome == Handled {
		work = append(work, r.request.say(words(r.Ack)))
	}
	if r.Outcome != Handled && told {
		r.later = nil
	}
	work = append(work, r.later)
	work = slices.DeleteFunc(work, func(l commands.Later) bool { return l == nil })
	if len(work) == 0 {
		r.slot.Release()
		return
	}
	r.slot.Run(func(ctx context.Context) {
		for _, l := range work {
			l(ctx)
		}
	})
}

// words is an acknowledgement as a private answer. The errors of forms are plain text.
func words(a commands.Ack) string {
	out := []string{}
	if a.Text != "" {
		out = append(out, a.Text)
	}
	for _, field := range slices.Sorted(maps.Keys(a.Errors)) {
		out = append(out, mrkdwn.Text(a.Errors[field]))
	}
	return strings.Join(out, "\n")
}
