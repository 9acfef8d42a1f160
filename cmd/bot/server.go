package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"offboard/internal/config"
	"offboard/internal/slackbot/httpin"
)

// health says whether the bot is alive, ready, and what it counts.
type health struct {
	registry *prometheus.Registry
	mu       sync.Mutex
	opened   chan struct{} // closed once requests are taken in
	closing  atomic.Bool   // the bot stops
	watched  []func() []string
	minded   []func() []string
}

func newHealth(reg *prometheus.Registry) *health {
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return &health{registry: reg, opened: make(chan struct{})}
}

// watch adds something that lists what is wrong at the moment.
func (h *health) watch(trouble func() []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watched = append(h.watched, trouble)
}

// mind adds something that lists what an operator must mend, while the bot goes on working.
func (h *health) mind(trouble func() []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.minded = append(h.minded, trouble)
}

// open says that requests are taken in from now on. It is called once.
func (h *health) open() { close(h.opened) }

// close says that the bot stops, so that new requests go elsewhere.
func (h *health) close() { h.closing.Store(true) }

// trouble lists why the bot is not ready; empty: it is.
func (h *health) trouble() []string {
	select {
	case <-h.opened:
	default:
		return []string{"starting: Slack has not been reached yet"}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	if h.closing.Load() {
		out = append(out, "stopping")
	}
	for _, f := range h.watched {
		out = append(out, f()...)
	}
	return out
}

// toMend lists what an operator must mend although the bot is ready.
func (h *health) toMend() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for _, f := range h.minded {
		out = append(out, f()...)
	}
	return out
}

// server serves Slack's requests once there is something to take them, and health and metrics beside them or on a listener of their own.
type server struct {
	health *health
	log    *slog.Logger
	slack  atomic.Pointer[http.Handler]
}

func newServer(h *health, log *slog.Logger) *server { return &server{health: h, log: log} }

// admin is health and metrics alone.
func (s *server) admin() *http.ServeMux {
	m := http.NewServeMux()
	m.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	m.HandleFunc("GET /readyz", s.readyz)
	m.Handle("GET /metrics", promhttp.HandlerFor(s.health.registry, promhttp.HandlerOpts{}))
	return m
}

// public is what Slack reaches. Any other path is 404, and ends the connection.
func (s *server) public(m *http.ServeMux) *http.ServeMux {
	m.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		say(w, http.StatusNotFound, "not found")
	})
	m.HandleFunc("/slack/", func(w http.ResponseWriter, r *http.Request) {
		if slack := s.slack.Load(); slack != nil {
			(*slack).ServeHTTP(w, r)
			return
		}
		say(w, http.StatusServiceUnavailable, "not ready")
	})
	return m
}

func (s *server) readyz(w http.ResponseWriter, _ *http.Request) {
	if trouble := s.health.trouble(); len(trouble) > 0 {
		say(w, http.StatusServiceUnavailable, "not ready: "+strings.Join(trouble, "; "))
		return
	}
	said := "ready"
	if mend := s.health.toMend(); len(mend) > 0 {
		said += "; to be mended: " + strings.Join(mend, "; ")
	}
	say(w, http.StatusOK, said)
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // the other side has gone: nobody is left to tell
}

// grace is how long requests under way may take once the bot stops.
const grace = 5 * time.Second

// listeners are where the bot is reached.
type listeners struct {
	slack net.Listener
	admin net.Listener // nil: health and metrics are beside Slack's paths
}

// adminAddr is where health and metrics are.
func (l listeners) adminAddr() string {
	if l.admin == nil {
		return l.slack.Addr().String()
	}
	return l.admin.Addr().String()
}

// listen binds them. The errors name the key of the configuration.
func listen(h config.HTTP) (listeners, error) {
	var l listeners
	var err error
	if l.slack, err = bind("http.listen", h.Listen); err != nil {
		return listeners{}, err
	}
	if h.AdminListen == "" {
		return l, nil
	}
	if l.admin, err = bind("http.admin_listen", h.AdminListen); err != nil {
		return listeners{}, errors.Join(err, l.slack.Close())
	}
	return l, nil
}

func bind(key, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", key, addr, err)
	}
	return httpin.Bound(l, httpin.MostConnections), nil
}

// start serves on every listener. Health and metrics of their own are started first, and so stop last.
func (s *server) start(ctx context.Context, all *parts, l listeners) {
	m := s.admin()
	if l.admin != nil {
		all.start(ctx, s.part("health and metrics", m, l.admin))
		m = http.NewServeMux()
	}
	all.start(ctx, s.part("http", s.public(m), l.slack))
}

func (s *server) part(name string, h http.Handler, l net.Listener) part {
	return part{name, func(ctx context.Context) error {
		if err := httpin.Serve(ctx, httpin.NewServer(h, s.log), l, grace); err != nil {
			return fmt.Errorf("serve %s: %w", l.Addr(), err)
		}
		return nil
	}}
}
