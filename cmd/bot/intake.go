package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"offboard/internal/sandbox/workspace"
	"offboard/internal/secret"
	"offboard/internal/slackbot/httpin"
	"offboard/internal/slackbot/inbound"
	"offboard/internal/slackbot/socket"
	"offboard/internal/slackbot/webapi"
)

// startHTTP takes Slack's signed requests in.
func (a *app) startHTTP(server *server, intake *inbound.Intake) error {
	if err := a.takeSigned(server, intake, a.cfg.Slack.SigningSecret); err != nil {
		return err
	}
	a.health.open()
	return nil
}

// takeSigned takes in what is signed with the key. It comes before the bot says that it is ready: the first request must not be turned away.
func (a *app) takeSigned(server *server, intake *inbound.Intake, key secret.Source) error {
	in, err := httpin.New(key, intake, a.log)
	if err != nil {
		return err
	}
	in.Clock(a.machine)
	var h http.Handler = in
	server.slack.Store(&h)
	return nil
}

// newDeliveries counts what Slack delivers.
func newDeliveries(reg prometheus.Registerer) inbound.Observer {
	took := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "offboard_delivery_seconds", Help: "Time from a delivery's arrival to its acknowledgement, by kind and outcome.",
		Buckets: []float64{.01, .05, .1, .25, .5, 1, 2, 3},
	}, []string{"kind", "outcome"})
	reg.MustRegister(took)
	return func(kind inbound.Kind, outcome inbound.Outcome, d time.Duration) {
		took.WithLabelValues(string(kind), string(outcome)).Observe(d.Seconds())
	}
}

// startSocket takes Slack in over Socket Mode. The bot is ready while a connection is up.
func (a *app) startSocket(ctx context.Context, all *parts, intake *inbound.Intake) error {
	out, err := route(a.cfg.Slack.Out)
	if err != nil {
		return fmt.Errorf("slack: %w", err)
	}
	api, err := webapi.New(webapi.Options{APIURL: a.cfg.Slack.APIURL, Token: a.cfg.Slack.AppToken, Route: out, Logger: a.log})
	if err != nil {
		return fmt.Errorf("slack.app_token: %w", err)
	}
	client, err := socket.New(socket.Config{API: api, Route: out, Intake: intake, Logger: a.log, Opened: newOpens(a.health.registry)})
	if err != nil {
		return err
	}
	a.health.watch(func() []string {
		if client.Connected() == 0 {
			return []string{"no Socket Mode connection to Slack"}
		}
		return nil
	})
	all.start(ctx, part{"socket mode", client.Run})
	a.health.open()
	return nil
}

// newOpens counts tries to open a Socket Mode connection.
func newOpens(reg prometheus.Registerer) func(ok bool) {
	opens := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "offboard_socket_opens_total", Help: "Tries to open a Socket Mode connection.",
	}, []string{"ok"})
	reg.MustRegister(opens)
	return func(ok bool) { opens.WithLabelValues(strconv.FormatBool(ok)).Inc() }
}

// endpoints are where Slack reaches the bot at addr over HTTP.
func endpoints(addr string) workspace.Endpoints {
	base := "http://" + addr
	return workspace.Endpoints{
		Commands: base + httpin.PathCommands, Interactions: base + httpin.PathInteractions, Events: base + httpin.PathEvents,
	}
}
