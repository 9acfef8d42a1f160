package main

import (
	"context"
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

	"offboard/internal/slackbot/httpin"
)

// health says whether the bot is alive, ready, and what it counts.
type health struct {
	registry *prometheus.Registry
	mu       sync.Mutex
	opened   chan struct{} // closed once requests are taken in
	closing  atomic.Bool   // the bot stops
	watched  []func() []string
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

// server serves health and metrics, and Slack's requests once there is something to take them.
type server struct {
	health *health
	log    *slog.Logger
	mux    *http.ServeMux
	slack  atomic.Pointer[http.Handler]
}

func newServer(h *health, log *slog.Logger) *server {
	s := &server{health: h, log: log, mux: http.NewServeMux()}
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	s.mux.HandleFunc("GET /readyz", s.readyz)
	s.mux.Handle("GET /metrics", promhttp.HandlerFor(h.registry, promhttp.HandlerOpts{}))
	s.mux.HandleFunc("/slack/", func(w http.ResponseWriter, r *http.Request) {
		if slack := s.slack.Load(); slack != nil {
			(*slack).ServeHTTP(w, r)
			return
		}
		say(w, http.StatusServiceUnavailable, "not ready")
	})
	return s
}

// ServeHTTP serves one request.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *server) readyz(w http.ResponseWriter, _ *http.Request) {
	if trouble := s.health.trouble(); len(trouble) > 0 {
		say(w, http.StatusServiceUnavailable, "not ready: "+strings.Join(trouble, "; "))
		return
	}
	say(w, http.StatusOK, "ready")
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // the other side has gone: nobody is left to tell
}

// grace is how long requests under way may take once the bot stops.
const grace = 5 * time.Second

func (s *server) serve(ctx context.Context, l net.Listener) error {
	if err := httpin.Serve(ctx, httpin.NewServer(s, s.log), l, grace); err != nil {
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	return nil
}
