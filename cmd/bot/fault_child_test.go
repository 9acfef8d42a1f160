package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/dispatch"
	"offboard/internal/journal"
	"offboard/internal/providers"
)

// What the environment of a fault run's bot says.
const (
	faultChild = "fault"                  // the value of childVar
	pointVar   = "OFFBOARD_TEST_POINT"    // where it meets its fate: "before begun", "after call"; empty: nowhere
	passVar    = "OFFBOARD_TEST_PASS"     // at which pass of that point, 1 and up
	stopVar    = "OFFBOARD_TEST_STOP"     // not empty: it is stopped there and not killed
	mutantVar  = "OFFBOARD_TEST_TAKEOVER" // not empty: it calls again what another replica has begun, as a lease alone would
)

// faultMain is bot serve with named points around its store, its providers and its poster. It does not return.
func faultMain() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := faultServe(ctx, &env{ctx: ctx, getenv: os.Getenv, stdout: os.Stdout, stderr: os.Stderr}, os.Args[len(os.Args)-1]); err != nil {
		fmt.Fprintln(os.Stderr, "bot:", err)
		os.Exit(exitFault) //nolint:gocritic // the process ends
	}
	os.Exit(0)
}

func faultServe(ctx context.Context, e *env, config string) error {
	cfg, err := load(e, config)
	if err != nil {
		return err
	}
	a, err := newApp(cfg, e.log().With("pid", os.Getpid()), time.Now)
	if err != nil {
		return err
	}
	at := newFate(e, a.log)
	plain := a.providers
	a.providers = nil
	for _, p := range plain {
		a.providers = append(a.providers, &pointedProvider{p, at})
	}
	a.between = between{
		journal: func(j journal.Journal) journal.Journal {
			if e.getenv(mutantVar) != "" {
				j = &takeover{j, plain}
			}
			return &pointedJournal{j, at}
		},
		teller: func(t dispatch.Teller) dispatch.Teller { return &pointedTeller{t, at} },
	}
	return a.run(ctx)
}

// fate ends or stops this process at a pass of a named point.
type fate struct {
	point string
	sig   syscall.Signal
	left  atomic.Int64
	log   *slog.Logger
}

func newFate(e *env, log *slog.Logger) *fate {
	f := &fate{point: e.getenv(pointVar), sig: syscall.SIGKILL, log: log}
	if e.getenv(stopVar) != "" {
		f.sig = syscall.SIGSTOP
	}
	n, _ := strconv.Atoi(e.getenv(passVar)) // none: never
	f.left.Store(int64(n))
	return f
}

func (f *fate) pass(point string) {
	if point != f.point || f.left.Add(-1) != 0 {
		return
	}
	f.log.Info(fateMet, "point", point, "signal", f.sig.String())
	_ = syscall.Kill(os.Getpid(), f.sig)
	if f.sig == syscall.SIGKILL {
		select {} // the signal may take a moment
	}
}

const fateMet = "a named point is met"

// pointedJournal has a point before and after the write of each kind of event, and after a claim.
type pointedJournal struct {
	journal.Journal
	at *fate
}

func (j *pointedJournal) Append(ctx context.Context, w journal.Write) (int, error) {
	kinds := kindsOf(w)
	for _, k := range kinds {
		j.at.pass("before " + k)
	}
	n, err := j.Journal.Append(ctx, w)
	if err == nil {
		for _, k := range kinds {
			j.at.pass("after " + k)
		}
	}
	return n, err
}

func (j *pointedJournal) Claim(ctx context.Context, now time.Time, lease time.Duration, most int) ([]journal.Claimed, error) {
	out, err := j.Journal.Claim(ctx, now, lease, most)
	if len(out) > 0 {
		j.at.pass("after claim")
	}
	return out, err
}

func kindsOf(w journal.Write) []string {
	var out []string
	for _, r := range w.Records {
		var body struct{ Kind string }
		if json.Unmarshal(r.Body, &body) == nil {
			out = append(out, body.Kind)
		}
	}
	return out
}

// pointedProvider has a point before and after the call.
type pointedProvider struct {
	providers.Provider
	at *fate
}

func (p *pointedProvider) Do(ctx context.Context, o providers.Order) (providers.Answer, error) {
	p.at.pass("before call")
	answer, err := p.Provider.Do(ctx, o)
	p.at.pass("after call")
	return answer, err
}

// pointedTeller has a point before and after each message: after it, Slack has it and the receipt is not written.
type pointedTeller struct {
	dispatch.Teller
	at *fate
}

func (t *pointedTeller) PostCard(ctx context.Context, r *approvals.Request, mark string) (approvals.Place, error) {
	t.at.pass("before card")
	defer t.at.pass("after card")
	return t.Teller.PostCard(ctx, r, mark)
}

func (t *pointedTeller) UpdateCard(ctx context.Context, r *approvals.Request) error {
	t.at.pass("before update")
	defer t.at.pass("after update")
	return t.Teller.UpdateCard(ctx, r)
}

func (t *pointedTeller) PostThread(ctx context.Context, r *approvals.Request, e approvals.Event, mark string) (approvals.Place, error) {
	t.at.pass("before thread")
	defer t.at.pass("after thread")
	return t.Teller.PostThread(ctx, r, e, mark)
}

func (t *pointedTeller) PostAudit(ctx context.Context, r *approvals.Request, events []approvals.Event, mark string) (approvals.Place, error) {
	t.at.pass("before audit")
	defer t.at.pass("after audit")
	return t.Teller.PostAudit(ctx, r, events, mark)
}

// points lists the named points: around each write of design §3's table, around the call, and around each message.
func points() []string {
	out := []string{"after claim"}
	for _, what := range []approvals.Kind{
		approvals.Requested, approvals.Approved, approvals.Denied, approvals.Withdrawn, approvals.Refused, approvals.Begun, approvals.Ended,
		approvals.Looked, approvals.Completed, approvals.Sending, approvals.Told, "call", "card", "update", "thread", "audit",
	} {
		out = append(out, "before "+string(what), "after "+string(what))
	}
	return out
}

// worst are the points where most is at stake: half of those that are met are theirs. Nothing may be done on old knowledge after them.
func worst() []string {
	return []string{
		"before begun", "after begun", "before call", "after call", "before ended", "after ended", "after sending", "before thread", "after thread",
		"before audit", "after audit", "before card", "after card", "before told",
	}
}

// takeover is the mutation that the fault run must find: whoever claims a request whose call another has begun calls, as if the one before
// had never come so far.
type takeover struct {
	journal.Journal
	providers []providers.Provider
}

func (t *takeover) Claim(ctx context.Context, now time.Time, lease time.Duration, most int) ([]journal.Claimed, error) {
	out, err := t.Journal.Claim(ctx, now, lease, most)
	for _, c := range out {
		t.again(ctx, c.ID)
	}
	return out, err
}

func (t *takeover) again(ctx context.Context, id string) {
	l, err := t.Load(ctx, id)
	if err != nil {
		return
	}
	r, err := book.Fold(l)
	if err != nil || r.State != approvals.StateExecuting {
		return
	}
	account := r.Plan.Steps[0].Account
	for _, p := range t.providers {
		if p.Describe().Name == account.Provider {
			_, _ = p.Do(ctx, r.Order(0, account)) // the mutation's own outcome is nobody's
		}
	}
}
