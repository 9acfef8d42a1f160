package httpin

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a network without one: a listener whose clients are in the same bubble, so that time passes only when all of them wait.
type pipes struct {
	calls  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func newPipes() *pipes { return &pipes{calls: make(chan net.Conn, 1000), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.calls:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// dial connects, accepted or not yet.
func (p *pipes) dial() net.Conn {
	ours, theirs := net.Pipe()
	p.calls <- theirs
	return ours
}

// inBubble serves a handler behind at most so many connections, and counts those that are open.
func inBubble(t *testing.T, most int, h http.HandlerFunc, test func(p *pipes, open *atomic.Int64)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		var open atomic.Int64
		s := NewServer(h, slog.New(slog.DiscardHandler))
		s.ConnState = func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				open.Add(1)
			case http.StateClosed, http.StateHijacked:
				open.Add(-1)
			case http.StateActive, http.StateIdle:
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- Serve(ctx, s, Bound(p, most), time.Second) }()
		test(p, &open)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func echo(w http.ResponseWriter, r *http.Request) {
	if _, err := io.ReadAll(r.Body); err != nil {
		refuse(w, http.StatusBadRequest)
		return
	}
	_, _ = io.WriteString(w, "heard")
}

// gone waits until the server has ended a connection, and says after how long. What it answers before is dropped.
func gone(c net.Conn, since time.Time) time.Duration {
	_, _ = io.Copy(io.Discard, c)
	return time.Since(since)
}

// Whoever sends its headers a byte a second, or nothing at all, is cut off after five seconds; a body that stalls, after ten.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		send  string
		drip  bool
		until time.Duration
	}{
		"says nothing":          {until: headerTimeout},
		"half of a line":        {send: "POST /slack/comm", until: headerTimeout},
		"headers byte by byte":  {send: "POST / HTTP/1.1\r\nHost: h\r\nX: " + strings.Repeat("x", 60), drip: true, until: headerTimeout},
		"a body that never is":  {send: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n", until: readTimeout},
		"a body that stalls":    {send: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf", until: readTimeout},
		"a chunk that stalls":   {send: "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf", until: readTimeout},
		"an answer and no more": {send: "GET / HTTP/1.1\r\nHost: h\r\n\r\n", until: idleTimeout},
		"a chunk that is none":  {send: "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", until: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, 1, echo, func(p *pipes, _ *atomic.Int64) {
				c, began := p.dial(), time.Now()
				var sender sync.WaitGroup
				sender.Go(func() {
					for i := range tc.send {
						if tc.drip {
							<-time.After(time.Second)
						}
						if _, err := c.Write([]byte{tc.send[i]}); err != nil {
							return
						}
					}
				})
				if took := gone(c, began); took < tc.until || took > tc.until+time.Second {
					t.Errorf("cut off after %s, not %s", took, tc.until)
				}
				_ = c.Close()
				sender.Wait()
			})
		})
	}
}

// Whoever does not read the answer is cut off too.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	inBubble(t, 1, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, io.LimitReader(endless{}, 1<<20)) },
		func(p *pipes, open *atomic.Int64) {
			c, began := p.dial(), time.Now()
			_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
			synctest.Wait()
			for open.Load() > 0 {
				<-time.After(time.Second)
				synctest.Wait()
			}
			if took := time.Since(began); took < writeTimeout || took > writeTimeout+2*time.Second {
				t.Errorf("cut off after %s", took)
			}
			_ = c.Close()
		})
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestOversizedHeaders(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]string{
		"one":  "X: " + strings.Repeat("x", 64<<10) + "\r\n",
		"many": strings.Repeat("X: y\r\n", 10_000),
		"line": "\r\n",
	} {
		inBubble(t, 1, func(http.ResponseWriter, *http.Request) { t.Errorf("%s: it was handled", name) }, func(p *pipes, _ *atomic.Int64) {
			c := p.dial()
			path := "/"
			if name == "line" {
				path += strings.Repeat("x", 64<<10)
			}
			go func() { _, _ = io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: h\r\n"+header+"\r\n") }()
			res, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil || res.StatusCode != http.StatusRequestHeaderFieldsTooLarge || !res.Close {
				t.Errorf("%s: %+v, %v", name, res, err)
			}
			_ = c.Close()
		})
	}
}

// Of 600 connections that say nothing as many are open as may be, and the others wait. When those have timed out the next come, and a request that
// waited behind all of them is answered.
func TestTooManyConnections(t *testing.T) {
	t.Parallel()
	inBubble(t, MostConnections, echo, func(p *pipes, open *atomic.Int64) {
		var silent []net.Conn
		for range 600 {
			silent = append(silent, p.dial())
		}
		synctest.Wait()
		if n := open.Load(); n != MostConnections {
			t.Errorf("%d connections are open, not %d", n, MostConnections)
		}
		began, honest := time.Now(), p.dial()
		go func() { _, _ = io.WriteString(honest, "GET / HTTP/1.1\r\nHost: h\r\n\r\n") }()
		synctest.Wait()
		if n := len(p.calls); n != 600+1-MostConnections {
			t.Errorf("%d connections wait", n)
		}
		res, err := http.ReadResponse(bufio.NewReader(honest), nil)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%+v, %v", res, err)
		}
		if took := time.Since(began); took > headerTimeout {
			t.Errorf("it was answered after %s", took)
		}
		for _, c := range append(silent, honest) {
			_ = c.Close()
		}
		synctest.Wait()
		if n := open.Load(); n != 0 {
			t.Errorf("%d connections are still open", n)
		}
	})
}

// A refused request does not keep its connection, so that only Slack's are ever idle.
func TestRefusedIsSentAway(t *testing.T) {
	t.Parallel()
	r := newRig(t, &bot{}, 1)
	inBubble(t, 1, r.ServeHTTP, func(p *pipes, _ *atomic.Int64) {
		for _, path := range []string{PathCommands, "/elsewhere"} {
			c, began := p.dial(), time.Now()
			go func() { _, _ = io.WriteString(c, "POST "+path+" HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n") }()
			if took := gone(c, began); took > time.Second {
				t.Errorf("%s: it kept its connection for %s", path, took)
			}
			_ = c.Close()
		}
	})
	r.close(t)
}

// A listener that is full can still be closed.
func TestFullAndClosed(t *testing.T) {
	t.Parallel()
	p := newPipes()
	b := Bound(p, 1)
	defer func() { _ = p.dial().Close() }()
	_ = p.dial()
	if _, err := b.Accept(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { _, err := b.Accept(); ended <- err }()
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err == nil {
		t.Error("a second connection was accepted")
	}
}
