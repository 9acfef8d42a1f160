package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"offboard/internal/outbound"
	"offboard/internal/providers"
)

// Largest is the size in bytes of the largest body that is accepted.
const Largest = 1 << 20

const (
	defaultReadTimeout  = 15 * time.Second
	defaultWriteTimeout = 30 * time.Second
	dialTimeout         = 10 * time.Second
	largestHeader       = 64 << 10
)

// Options say whom a Client talks to, and how.
type Options struct {
	// Vendor is what people call the provider, for example "ZITADEL".
	Vendor string
	// BaseURL is https, or http on loopback. It may have a path; it has no user, query or fragment.
	BaseURL string
	// Authorize adds the credential to the headers of one call. It may fetch a token. An *[providers.Error] of it keeps its kind.
	Authorize func(ctx context.Context, h http.Header) error
	// Refused is told of the headers of a call that was answered with 401, and reports whether another credential is at hand now: a read is then
	// made once more. A write is never repeated here, whatever it says. nil: there is no other.
	Refused func(sent http.Header) bool
	// ReadTimeout bounds one try of a read, 15 s when zero. WriteTimeout bounds a write, 30 s when zero.
	ReadTimeout, WriteTimeout time.Duration
	// Route is how the provider is reached: its certificate authorities, and its proxy where it has one.
	Route outbound.Route
	// Classify gives the vendor's meaning of an answer that is JSON and neither 2xx nor 3xx. Kind, Code and Say are taken from it; nil
	// leaves the meaning to the status. A 429 is always RateLimited, and a write's 408 or 5xx always UnknownOutcome.
	Classify func(op string, r Response, write bool) *providers.Error
	// Logger is told of each call at debug level; nil for silence.
	Logger *slog.Logger
	// UserAgent is sent when set.
	UserAgent string
}

// Client talks to one provider. It may be used concurrently.
type Client struct {
	o      Options
	base   *url.URL
	reads  http.RoundTripper
	logger *slog.Logger
}

// New checks the options and makes a client. Nothing is sent.
func New(o Options) (*Client, error) {
	base, err := parseBase(o.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("%s url: %w", o.Vendor, err)
	}
	if o.ReadTimeout <= 0 {
		o.ReadTimeout = defaultReadTimeout
	}
	if o.WriteTimeout <= 0 {
		o.WriteTimeout = defaultWriteTimeout
	}
	if o.Refused == nil {
		o.Refused = func(http.Header) bool { return false }
	}
	c := &Client{o: o, base: base, logger: o.Logger}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	c.reads = c.transport()
	return c, nil
}

// Host is where the base URL leads, in one spelling: its host, its port where that is not the scheme's own, and its path where it has one,
// because behind one host there may be several tenants of a gateway.
func (c *Client) Host() string {
	own := map[string]string{"https": ":443", "http": ":80"}[c.base.Scheme]
	return strings.ToLower(strings.TrimSuffix(c.base.Host, own)) + c.base.EscapedPath()
}

// WriteTimeout is how long one write may take before its outcome counts as unknown.
func (c *Client) WriteTimeout() time.Duration { return c.o.WriteTimeout }

// Plain is an HTTP client under the same rules (its route, no redirects, bodies over 1 MiB refused, the timeout of
// a read) but without authorisation and without judging answers: for libraries that fetch tokens.
func (c *Client) Plain() *http.Client {
	return &http.Client{
		Transport:     limited{c.transport()},
		Timeout:       c.o.ReadTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func parseBase(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Hostname() == "":
		return nil, errors.New("not an address like https://host")
	case u.User != nil:
		return nil, errors.New("must not hold a user or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("must not hold a query or fragment")
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		u.Path, u.RawPath = strings.TrimRight(path.Clean("/"+u.Path), "/"), ""
		return u, nil
	}
	return nil, errors.New("must be https (http is for loopback only)")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// transport is HTTP/1.1: what is on the wire is what was asked for.
func (c *Client) transport() *http.Transport {
	t := c.o.Route.Transport((&net.Dialer{Timeout: dialTimeout}).DialContext, dialTimeout)
	t.DisableCompression = true
	t.MaxResponseHeaderBytes = largestHeader
	t.MaxIdleConnsPerHost = 4
	t.IdleConnTimeout = 30 * time.Second
	return t
}

// call is one operation with what it needs to be put on the wire.
type call struct {
	op, method, path string
	header           http.Header
	body             any
	write            bool
}

// request builds the call's request. GetBody stays nil, so that net/http cannot play the body twice.
func (c *Client) request(ctx context.Context, k call) (*http.Request, error) {
	target, err := c.target(k.path)
	if err != nil {
		return nil, err
	}
	req := (&http.Request{Method: k.method, URL: target, Host: target.Host, Header: http.Header{}}).WithContext(ctx)
	for name, values := range k.header {
		req.Header[http.CanonicalHeaderKey(name)] = append([]string(nil), values...)
	}
	req.Header.Set("Accept", "application/json, application/problem+json")
	if c.o.UserAgent != "" {
		req.Header.Set("User-Agent", c.o.UserAgent)
	}
	if k.body != nil {
		raw, err := json.Marshal(k.body)
		if err != nil {
			return nil, fmt.Errorf("encode body: %w", err)
		}
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
		req.Header.Set("Content-Type", "application/json")
	}
	if c.o.Authorize != nil {
		return req, c.o.Authorize(ctx, req.Header)
	}
	return req, nil
}

// target refuses paths that an empty or odd id would bend to another resource: /users/, /users//x, /users/../orgs.
func (c *Client) target(rel string) (*url.URL, error) {
	u, err := url.Parse(c.base.String() + rel)
	if err != nil || !strings.HasPrefix(rel, "/") || u.Host != c.base.Host || u.Fragment != "" || path.Clean(u.Path) != u.Path {
		return nil, errPath
	}
	return u, nil
}
