package socket

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"offboard/internal/outbound"
	"offboard/internal/slackbot/inbound"
)

// Config says how to connect.
type Config struct {
	API    API             // a client of the Web API with the app-level token
	Route  outbound.Route  // how Slack is reached
	Intake *inbound.Intake // takes what arrives
	Logger *slog.Logger
	Want   int           // connections to keep open; less than 2 is 2, Slack allows 10 for all replicas together
	Opened func(ok bool) // told of each try to connect, for metrics; nil: nobody is

	dial func(ctx context.Context, network, address string) (net.Conn, error) // set by tests
}

// Client keeps connections open and takes in what comes over them.
type Client struct {
	api       API
	intake    *inbound.Intake
	log       *slog.Logger
	want      int
	opened    func(ok bool)
	http      *http.Client
	work      sync.WaitGroup // every goroutine of a Run
	connected atomic.Int64
}

// New returns a client. It does not connect.
func New(cfg Config) (*Client, error) {
	if cfg.API == nil || cfg.Intake == nil || cfg.Logger == nil {
		return nil, errors.New("socket mode: an API client, an intake and a logger are needed")
	}
	const least = 2
	c := &Client{
		api: cfg.API, intake: cfg.Intake, log: cfg.Logger, want: max(cfg.Want, least), opened: cfg.Opened, http: httpClient(cfg.Route, cfg.dial),
	}
	if c.opened == nil {
		c.opened = func(bool) {}
	}
	return c, nil
}

// Connected is how many connections have said hello and are open.
func (c *Client) Connected() int { return int(c.connected.Load()) }

// Run keeps connections open until ctx ends, then closes them: nothing new is taken in, and what is under way is acknowledged first. It
// returns nil then, or a *PermanentError as soon as Slack gives one. It may be called once.
func (c *Client) Run(ctx context.Context) error {
	k := &keeper{
		c: c, pace: pace{jitter: rand.Float64}, conns: map[*conn]*place{}, events: make(chan event),
	}
	err := k.run(ctx)
	c.work.Wait()
	return err
}

// greet looks at what a hello says: payloads of another app would all be refused.
func (c *Client) greet(e envelope) {
	if app := c.intake.App(); app != "" && e.Info.App != "" && e.Info.App != app {
		c.log.Error("slack.app_token belongs to another app than slack.bot_token or slack.app_id", "app", app)
	}
}
