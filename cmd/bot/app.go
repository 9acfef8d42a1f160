package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"offboard/internal/approvals"
	"offboard/internal/audit"
	"offboard/internal/book"
	"offboard/internal/commands"
	"offboard/internal/config"
	"offboard/internal/dispatch"
	"offboard/internal/journal"
	"offboard/internal/providers"
	"offboard/internal/secret"
	"offboard/internal/slackbot/directory"
	"offboard/internal/slackbot/inbound"
	"offboard/internal/slackbot/post"
	"offboard/internal/slackbot/webapi"
)

// app is the bot, wired from a configuration. bot serve and bot sandbox run the same one.
type app struct {
	cfg       *config.Config
	log       *slog.Logger
	now       func() time.Time
	machine   func() time.Time // this machine's clock, also where now is a store's
	providers []providers.Provider
	api       *webapi.Client
	token     *tokenWatch
	health    *health
	listen    listeners
	between   between
}

// between is what stands between the bot and its store and Slack: nothing in a bot that serves. The fault run's own binary puts its named points there.
type between struct {
	journal func(journal.Journal) journal.Journal
	teller  func(dispatch.Teller) dispatch.Teller
	signing secret.String // the sandbox's: beside Socket Mode, requests that are signed with it are taken in too, for what is played by hand
}

// newApp makes everything that needs no network, and binds the listener.
func newApp(cfg *config.Config, log *slog.Logger, now func() time.Time) (*app, error) {
	ps, err := buildProviders(cfg, log)
	if err != nil {
		return nil, err
	}
	token := newTokenWatch(log)
	out, err := route(cfg.Slack.Out)
	if err != nil {
		return nil, fmt.Errorf("slack: %w", err)
	}
	api, err := webapi.New(webapi.Options{
		APIURL: cfg.Slack.APIURL, Token: cfg.Slack.BotToken, Route: out, Logger: log, Refused: token.notice,
	})
	if err != nil {
		return nil, err
	}
	l, err := listen(cfg.HTTP)
	if err != nil {
		return nil, err
	}
	return &app{
		cfg: cfg, log: log, now: now, machine: now, providers: ps, api: api, token: token, health: newHealth(prometheus.NewRegistry()), listen: l,
	}, nil
}

// addr is where the bot's own listener is.
func (a *app) addr() string { return a.listen.slack.Addr().String() }

// run runs the bot until ctx ends or a fault ends it. What takes requests in stops first, then what carries them out, then the store.
func (a *app) run(ctx context.Context) (err error) {
	all := newParts()
	server := newServer(a.health, a.log)
	server.start(ctx, all, a.listen)
	a.watchSecrets()
	all.start(ctx, part{"files of secrets", a.lookAtSecrets})
	defer func() { err = errors.Join(err, all.stop()) }()

	j, err := a.openJournal(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	self, err := a.meetSlack(ctx)
	if err != nil || ctx.Err() != nil {
		return err
	}
	poster, err := a.poster(self)
	if err != nil {
		return err
	}
	gate := audit.NewGate(j)
	w, err := a.hearWitness(ctx, gate, witnessOf(a.cfg, poster, j, a.log))
	if err != nil {
		return err
	}
	inside := newParts()
	defer func() { err = errors.Join(err, inside.stop()) }()
	if err := a.startInside(ctx, inside, server, gate, poster, self); err != nil {
		return err
	}
	inside.start(ctx, part{"witness", func(ctx context.Context) error { return a.untilReady(ctx, w) }})
	select {
	case <-ctx.Done():
		a.log.Info("stopping")
		a.drain()
		return nil
	case err := <-inside.failed:
		return err
	case err := <-all.failed:
		return err
	}
}

// drain lets a load balancer find out that this replica goes, and takes in what still comes until then. Where no other replica could take it
// in, or where Slack is told by closing sockets, it does not wait.
func (a *app) drain() {
	a.health.close()
	if a.cfg.Journal.Redis == nil || a.cfg.Slack.Transport != config.HTTPS {
		return
	}
	timer := time.NewTimer(a.cfg.HTTP.Drain)
	defer timer.Stop()
	<-timer.C
}

// openJournal opens the journal, takes its clock over, and says what its settings put at risk.
func (a *app) openJournal(ctx context.Context) (*store, error) {
	j, err := openJournal(ctx, a.cfg, redisOptions(a.cfg, a.log))
	if err != nil {
		return nil, err
	}
	if j.now != nil {
		a.now = j.now
	}
	a.health.watch(j.trouble)
	if f := a.between.journal; f != nil {
		j.Journal = f(j.Journal)
	}
	if err := logRisks(ctx, j, a.log); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// startInside starts the dispatcher, and then what takes requests in.
func (a *app) startInside(ctx context.Context, all *parts, server *server, j journal.Journal, poster *post.Poster, self directory.Self) error {
	b := book.New(j, a.now)
	w := newChannelWatch(poster, a.log)
	who := directory.New(a.api, a.cfg.Slack.Team, self.Org)
	s := commands.New(b, who, post.NewForms(a.api), a.providers, a.settings(w, poster), a.now, a.log)
	d := dispatch.New(b, s, a.providers, a.teller(poster), newMeter(a.health.registry),
		dispatch.Settings{Replica: replica(), Writes: a.cfg.Writes, Guards: s, Caps: a.cfg.Caps, Policies: a.cfg.Policies}, a.now, a.log)
	watchHeld(a.health.registry, b)
	watchFrozen(a.health.registry, b)
	a.health.watch(d.Trouble)
	a.health.watch(w.list)
	all.start(ctx, part{"channel watch", w.run})
	all.start(ctx, part{"slack", func(ctx context.Context) error { return a.token.run(ctx, a.api) }})
	all.start(ctx, part{"first look at the providers", a.meetProviders})
	if a.cfg.Digest == config.WeeklyDigest {
		all.start(ctx, part{"weekly digest", (&digest{journal: j, channel: poster, now: a.now, log: a.log}).run})
	}
	all.start(ctx, part{"dispatcher", func(ctx context.Context) error { d.Run(ctx); return nil }})
	return a.startIntake(ctx, all, server, s, self)
}

func (a *app) teller(p *post.Poster) dispatch.Teller {
	if f := a.between.teller; f != nil {
		return f(p)
	}
	return p
}

func (a *app) settings(w *channelWatch, poster *post.Poster) commands.Settings {
	rights := func(p config.People) commands.Rights { return commands.Rights{Users: p.Users, Groups: p.Groups} }
	own := map[approvals.Right]commands.Rights{}
	for right, who := range a.cfg.Rights {
		own[right] = rights(who)
	}
	return commands.Settings{
		Command: a.cfg.Slack.Command, Writes: a.cfg.Writes, Policies: a.cfg.Policies, Guard: protection(a.cfg.Protected, a.providers),
		Requesters: rights(a.cfg.Requesters), Approvers: rights(a.cfg.Approvers), Own: own,
		PerHour: a.cfg.Limits.PerHour, PerRequesterPerDay: a.cfg.Limits.PerRequesterPerDay,
		CardsMayGoOut: w.fit,
		FindCard: func(ctx context.Context, r *approvals.Request) (approvals.Place, bool, error) {
			return poster.Find(ctx, r, dispatch.ToApprovals, dispatch.Mark(r.ID, approvals.KeyCard), r.Created.Add(-time.Minute))
		},
	}
}

// mostAtOnce is how many deliveries are worked on at a time; more are turned away and Slack tells the person.
const mostAtOnce = 64

func (a *app) startIntake(ctx context.Context, all *parts, server *server, h commands.Handler, self directory.Self) error {
	runner := inbound.NewRunner(mostAtOnce, a.log)
	all.start(ctx, part{"work after acknowledgements", func(ctx context.Context) error {
		<-ctx.Done()
		return closeRunner(ctx, runner)
	}})
	reply := func(responseURL, channel, user string) commands.Replier {
		return post.NewReplier(a.api, responseURL, channel, user)
	}
	decoder, err := inbound.NewDecoder(a.cfg.Slack.Team, self.App, a.cfg.Slack.Command, reply)
	if err != nil {
		return err
	}
	intake := inbound.NewIntake(decoder, h, runner, a.log, newDeliveries(a.health.registry))
	if a.cfg.Slack.Transport == config.HTTPS {
		return a.startHTTP(server, intake)
	}
	if !a.between.signing.Empty() {
		if err := a.takeSigned(server, intake, a.between.signing); err != nil {
			return err
		}
	}
	return a.startSocket(ctx, all, intake)
}

// afterStop is how long work after acknowledgements may go on once the bot stops.
const afterStop = 15 * time.Second

func closeRunner(ctx context.Context, r *inbound.Runner) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterStop)
	defer cancel()
	return r.Close(ctx)
}

// replica names this process in begun events.
func replica() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text()[:6])
}
