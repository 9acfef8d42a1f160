package inbound_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"offboard/internal/commands"
	"offboard/internal/slackbot/inbound"
)

// handler answers clicks as its function says.
type handler struct {
	click func(ctx context.Context, c commands.Click) (commands.Ack, commands.Later, error)
}

func (h handler) Command(context.Context, commands.Command) (commands.Ack, commands.Later, error) {
	panic("no command expected")
}

func (h handler) Click(ctx context.Context, c commands.Click) (commands.Ack, commands.Later, error) {
	return h.click(ctx, c)
}

func (h handler) Submit(context.Context, commands.Submit) (commands.Ack, commands.Later, error) {
	panic("no form expected")
}

// told collects private answers.
type told struct {
	mu    sync.Mutex
	texts []string
}

func (r *told) Private(_ context.Context, reply commands.Reply) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.texts = append(r.texts, reply.Text)
	return nil
}

func (r *told) all() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.texts, "|")
}

type rig struct {
	*inbound.Intake
	runner *inbound.Runner
	told   *told
	log    *bytes.Buffer
	seen   []inbound.Outcome
}

func newRig(t *testing.T, most int, click func(ctx context.Context, c commands.Click) (commands.Ack, commands.Later, error)) *rig {
	t.Helper()
	r := &rig{told: &told{}, log: &bytes.Buffer{}}
	log := slog.New(slog.NewTextHandler(r.log, nil))
	d, err := inbound.NewDecoder(team, app, "/offboard", func(string, string, string) commands.Replier { return r.told })
	if err != nil {
		t.Fatal(err)
	}
	r.runner = inbound.NewRunner(most, log)
	r.Intake = inbound.NewIntake(d, handler{click}, r.runner, log, func(_ inbound.Kind, o inbound.Outcome, _ time.Duration) {
		r.seen = append(r.seen, o)
	})
	return r
}

func (r *rig) close(t *testing.T) {
	t.Helper()
	if err := r.runner.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func now(text string) inbound.Raw {
	raw := interaction(text)
	raw.At = time.Now()
	return raw
}

// TestLaterWaitsForTheAnswer: what goes on after the acknowledgement does not begin before the transport says that it is out.
func TestLaterWaitsForTheAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ran := false
		r := newRig(t, 1, func(context.Context, commands.Click) (commands.Ack, commands.Later, error) {
			return commands.Ack{Text: "hello"}, func(context.Context) { ran = true }, nil
		})
		result := r.Take(t.Context(), now(click))
		synctest.Wait()
		if result.Outcome != inbound.Handled || result.Ack.Text != "hello" || ran {
			t.Fatalf("%+v, ran: %v", result, ran)
		}
		result.Finish(true)
		r.close(t)
		if !ran || r.told.all() != "" {
			t.Errorf("ran: %v, told %q", ran, r.told.all())
		}
	})
}

// TestUntoldIsToldPrivately: an answer that could not carry the words is no reason to say nothing, and comes before what follows.
func TestUntoldIsToldPrivately(t *testing.T) {
	t.Parallel()
	var r *rig
	r = newRig(t, 1, func(context.Context, commands.Click) (commands.Ack, commands.Later, error) {
		return commands.Ack{Text: "first", Errors: map[string]string{"who": "a < b"}}, func(ctx context.Context) {
			_ = r.told.Private(ctx, commands.Reply{Text: "then"})
		}, nil
	})
	r.Take(t.Context(), now(click)).Finish(false)
	r.close(t)
	if got := r.told.all(); got != "first\na &lt; b|then" {
		t.Errorf("told %q", got)
	}
}

func TestNotRecorded(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1, func(context.Context, commands.Click) (commands.Ack, commands.Later, error) {
		return commands.Ack{}, nil, errors.New("disk full")
	})
	if result := r.Take(t.Context(), now(click)); result.Outcome != inbound.Unavailable {
		t.Errorf("outcome %s", result.Outcome)
	} else {
		result.Finish(false)
	}
	r.close(t)
	if r.told.all() != inbound.SayNotRecorded {
		t.Errorf("told %q", r.told.all())
	}
}

func TestNotRecordedForAReason(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1, func(context.Context, commands.Click) (commands.Ack, commands.Later, error) {
		return commands.Ack{Text: "why"}, nil, errors.New("slack is away")
	})
	result := r.Take(t.Context(), now(click))
	result.Finish(false)
	r.close(t)
	if result.Outcome != inbound.Unavailable || r.told.all() != "why" {
		t.Errorf("outcome %s, told %q", result.Outcome, r.told.all())
	}
}

func TestPanicCostsOneRequest(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1, func(_ context.Context, c commands.Click) (commands.Ack, commands.Later, error) {
		panic("payload: " + c.Value + c.TriggerID)
	})
	result := r.Take(t.Context(), now(click))
	result.Finish(false)
	r.close(t)
	if result.Outcome != inbound.Panicked || r.told.all() != inbound.SayFault {
		t.Errorf("outcome %s, told %q", result.Outcome, r.told.all())
	}
	if log := r.log.String(); strings.Contains(log, "abc") || strings.Contains(log, "13345") || !strings.Contains(log, "intake_test.go") {
		t.Errorf("the log has no stack, or what a person sent:\n%s", log)
	}
}

func TestPanicLater(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1, func(context.Context, commands.Click) (commands.Ack, commands.Later, error) {
		return commands.Ack{}, func(context.Context) {
			_ = strings.Split("one", ",")[1:2][0]
		}, nil
	})
	r.Take(t.Context(), now(click)).Finish(true)
	r.close(t)
	if !strings.Contains(r.log.String(), "out of range") {
		t.Errorf("log:\n%s", r.log)
	}
}

func TestNotOursTakesNoPlace(t *testing.T) {
	t.Parallel()
	r := newRig(t, 0, nil)
	result := r.Take(t.Context(), now(`{"type":"shortcut"}`))
	result.Finish(true)
	if result.Outcome != inbound.Ignored {
		t.Errorf("outcome %s", result.Outcome)
	}
	if got := r.Take(t.Context(), now(click)).Outcome; got != inbound.Busy {
		t.Errorf("one of ours: %s", got)
	}
	r.close(t)
	if len(r.seen) != 2 || r.seen[0] != inbound.Ignored || r.seen[1] != inbound.Busy {
		t.Errorf("seen %q", r.seen)
	}
}

// TestDeadline: a decision has until 2.7 s after its arrival, and is not cut short because the caller went away.
func TestDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		arrived := time.Now()
		r := newRig(t, 1, func(ctx context.Context, _ commands.Click) (commands.Ack, commands.Later, error) {
			<-ctx.Done()
			return commands.Ack{}, nil, ctx.Err()
		})
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		result := r.Take(gone, now(click))
		result.Finish(true)
		if took := time.Since(arrived); took != inbound.Deadline || result.Outcome != inbound.Unavailable {
			t.Errorf("%s after %s", result.Outcome, took)
		}
		r.close(t)
	})
}
