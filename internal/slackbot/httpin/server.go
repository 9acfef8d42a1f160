package httpin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// The limits of the server. Slack waits three seconds; whoever is slower than these is not Slack.
const (
	headerTimeout  = 5 * time.Second
	readTimeout    = 10 * time.Second
	writeTimeout   = 15 * time.Second
	idleTimeout    = 2 * time.Minute
	largestHeaders = 16 << 10
)

// NewServer returns a server for a handler, with limits on time and headers.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: largestHeaders, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// Serve serves until ctx ends, then lets the requests under way end for at most grace. It returns nil when all of them did.
func Serve(ctx context.Context, s *http.Server, l net.Listener, grace time.Duration) error {
	var broken error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		broken = s.Serve(l)
	}()
	select {
	case <-ended:
		return fmt.Errorf("http server: %w", broken)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := s.Shutdown(last)
	if err != nil {
		err = errors.Join(err, s.Close())
	}
	<-ended
	if err != nil {
		return fmt.Errorf("http server: stop: %w", err)
	}
	return nil
}
