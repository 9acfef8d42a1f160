package socket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"

	"offboard/internal/outbound"
	"offboard/internal/slackbot/webapi"
)

// API is the part of the Web API's client that is used. It speaks with the app-level token.
type API interface {
	Call(ctx context.Context, method string, params url.Values, out any) error
}

var _ API = (*webapi.Client)(nil)

type ticket struct {
	URL string `json:"url"`
}

// Lacks names what is missing.
func (t *ticket) Lacks() string {
	if t.URL == "" {
		return "url"
	}
	return ""
}

const (
	openTimeout = 30 * time.Second // with the client's own waits for a 429
	dialTimeout = 10 * time.Second
	// connectTimeout is for each step of a connection: TCP, and TLS.
	connectTimeout = 5 * time.Second
	readLimit      = 4 << 20
)

// open asks Slack for an address and connects to it. Errors do not hold the address.
func (c *Client) open(ctx context.Context, heard func()) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	var t ticket
	if err := c.api.Call(ctx, "apps.connections.open", nil, &t); err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	if !guarded(t.URL) {
		return nil, errors.New("open: Slack's answer holds no wss address")
	}
	ctx, cancel = context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	ws, _, err := websocket.Dial(ctx, t.URL, &websocket.DialOptions{ //nolint:bodyclose // Dial says that nobody needs to close it
		HTTPClient:     c.http,
		OnPingReceived: func(context.Context, []byte) bool { heard(); return true },
		OnPongReceived: func(context.Context, []byte) { heard() },
	})
	if err != nil {
		return nil, fmt.Errorf("connect: %w", bare(err))
	}
	ws.SetReadLimit(readLimit)
	return ws, nil
}

// guarded reports whether nobody can listen in on the way: TLS, or this machine.
func guarded(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	if u.Scheme == "wss" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	local := strings.EqualFold(u.Hostname(), "localhost") || err == nil && ip.Unmap().IsLoopback()
	return u.Scheme == "ws" && local
}

// httpClient follows no redirect, which would bring a ticket to another place. dial may be nil.
func httpClient(r outbound.Route, dial outbound.Dial) *http.Client {
	if dial == nil {
		dial = (&net.Dialer{Timeout: connectTimeout, KeepAlive: 15 * time.Second}).DialContext
	}
	t := r.Transport(dial, connectTimeout)
	t.DisableKeepAlives = true
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
