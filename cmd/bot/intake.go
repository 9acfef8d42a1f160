package main

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"offboard/internal/sandbox/workspace"
	"offboard/internal/slackbot/httpin"
	"offboard/internal/slackbot/inbound"
)

// startHTTP takes Slack's signed requests in.
func (a *app) startHTTP(ctx context.Context, all *parts, server *server, intake *inbound.Intake) error {
	in, err := httpin.New(a.cfg.Slack.SigningSecret, intake, a.log)
	if err != nil {
		return err
	}
	var h http.Handler = in
	all.start(ctx, part{"slack requests", func(ctx context.Context) error {
		server.slack.Store(&h)
		a.health.open()
		<-ctx.Done()
		return nil
	}})
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

func (a *app) startSocket(context.Context, *parts, *inbound.Intake) error { return nil }

// endpoints are where Slack reaches the bot at addr over HTTP.
func endpoints(addr string) workspace.Endpoints {
	base := "http://" + addr
	return workspace.Endpoints{
		Commands: base + httpin.PathCommands, Interactions: base + httpin.PathInteractions, Events: base + httpin.PathEvents,
	}
}
