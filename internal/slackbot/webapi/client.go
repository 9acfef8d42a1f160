package webapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"offboard/internal/outbound"
	"offboard/internal/secret"
)

// DefaultURL is where Slack's Web API is.
const DefaultURL = "https://slack.com/api/"

const (
	defaultTimeout = 10 * time.Second
	dialTimeout    = 5 * time.Second
	largestAnswer  = 4 << 20
)

// Options say how to reach Slack.
type Options struct {
	APIURL    string            // empty: DefaultURL; https, or http on loopback
	Token     secret.Source     // a bot token, or an app-level token for apps.connections.open
	Timeout   time.Duration     // for one attempt, answer included; 0: 10 s
	Route     outbound.Route    // how Slack is reached
	Transport http.RoundTripper // nil: one of our own over Route; set by tests
	Logger    *slog.Logger      // nil: nothing is logged
	Refused   func()            // told each time that Slack refuses the token itself and there is no other; it returns at once. nil: nobody is
}

// Client calls Slack with one token. It may be used concurrently.
type Client struct {
	api     *url.URL
	token   secret.Source
	timeout time.Duration
	http    *http.Client
	log     *slog.Logger
	refused func()
	pace    *pacer
}

// New returns a client. It does not call Slack; an address that is neither https nor on loopback, or an empty token, is an error.
func New(o Options) (*Client, error) {
	api, err := ParseURL(o.APIURL)
	if err != nil {
		return nil, err
	}
	if secret.Empty(o.Token) {
		return nil, errors.New("slack web api: the token is empty")
	}
	c := &Client{api: api, token: o.Token, timeout: o.Timeout, log: o.Logger, refused: o.Refused, pace: newPacer()}
	if c.timeout <= 0 {
		c.timeout = defaultTimeout
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.refused == nil {
		c.refused = func() {}
	}
	c.http = &http.Client{Transport: o.Transport, CheckRedirect: stay}
	if o.Transport == nil {
		c.http.Transport = transport(o.Route)
	}
	return c, nil
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func transport(r outbound.Route) *http.Transport {
	t := r.Transport((&net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}).DialContext, dialTimeout)
	t.IdleConnTimeout = 15 * time.Second // shorter than Slack's, so that writes seldom meet a connection that is being closed
	t.MaxIdleConnsPerHost = 4
	return t
}

// ParseURL checks the address of the Web API and returns it with a slash at its end; empty means DefaultURL.
func ParseURL(raw string) (*url.URL, error) {
	if raw == "" {
		raw = DefaultURL
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return nil, errors.New("slack web api: api_url is not a URL")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("slack web api: api_url must have no user, query or fragment")
	}
	if !guarded(u) {
		return nil, fmt.Errorf("slack web api: api_url must be https, except on loopback: %s", u.Host)
	}
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	return u, nil
}

// guarded reports whether what is sent there cannot be read on the way.
func guarded(u *url.URL) bool {
	if u.Scheme == "https" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// Checker is implemented by answers that know when they lack what was asked for.
type Checker interface {
	// Lacks names what is missing; empty: nothing.
	Lacks() string
}

// Call calls an API method with form parameters (blocks, metadata and views as JSON texts) and decodes the answer into out, which
// may be nil and may be a [Checker]. Every error is an [*Error].
func (c *Client) Call(ctx context.Context, method string, params url.Values, out any) error {
	if err := c.pace.wait(ctx, method, params.Get("channel")); err != nil {
		return &Error{Method: method, NotSent: true, Err: err}
	}
	renewed := false
	for try := 1; ; try++ {
		token := c.token.Get()
		err := c.attempt(ctx, method, token, params, out)
		if err == nil {
			return nil
		}
		if Refused(err) {
			if c.renew(err, token) && repeats(method) && !renewed {
				renewed = true
				continue
			}
		}
		wait, again := err.again(try)
		if !again || !fits(ctx, wait) {
			return err
		}
		c.log.Debug("slack is asked again", "method", method, "status", err.Status, "code", err.Code, "wait", wait)
		if !sleep(ctx, wait) {
			return err
		}
	}
}

// renew looks for another token than the one that Slack has refused, and tells where there is none.
func (c *Client) renew(e *Error, refused secret.String) bool {
	_, e.Renewed = c.token.Instead(refused)
	if !e.Renewed {
		c.refused()
	}
	return e.Renewed
}
