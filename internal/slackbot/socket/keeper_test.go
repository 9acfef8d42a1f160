package socket

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"offboard/internal/slackbot/webapi"
)

func TestTwoConnections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, &slack{play: greet}, fine)
		time.Sleep(3 * time.Hour)
		if r.Connected() != 2 || r.slack.opened() != 2 {
			t.Errorf("%d connections, %d opens in three quiet hours", r.Connected(), r.slack.opened())
		}
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
	})
}

// TestSentAwayAfterHello: facts/slack.md: slack-go opened about 7,600 connections in 2 s here, for ever.
func TestSentAwayAfterHello(t *testing.T) {
	t.Parallel()
	for name, play := range map[string]func(int, *peer){
		"disconnect":       func(_ int, p *peer) { p.send(hello); p.send(`{"type":"disconnect","reason":"refresh_requested"}`) },
		"warning":          func(_ int, p *peer) { p.send(hello); p.send(`{"type":"disconnect","reason":"warning"}`); <-p.gone },
		"closed":           func(_ int, p *peer) { p.send(hello); _ = p.ws.Close(websocket.StatusGoingAway, "") },
		"cut":              func(_ int, p *peer) { p.send(hello) },
		"cut before hello": func(int, *peer) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := start(t, &slack{play: play}, fine)
				time.Sleep(30 * time.Second)
				if n := r.slack.opened(); n > 10 || n < 4 {
					t.Errorf("%d opens in the first 30 s", n)
				}
				time.Sleep(15 * time.Minute)
				if n := r.slack.opened(); n > 40 || n < 15 {
					t.Errorf("%d opens in a quarter of an hour", n)
				}
				if err := r.stop(t); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestWarned: the new connection says hello before the old one closes, and what comes over the old one meanwhile is not lost.
func TestWarned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		order := make(chan string, 9)
		warn, first := make(chan struct{}), make(chan struct{})
		r := start(t, &slack{play: func(n int, p *peer) {
			if n == 3 {
				time.Sleep(5 * time.Second)
				order <- "third says hello"
			}
			p.send(hello)
			if n == 1 {
				<-warn
				p.send(`{"type":"disconnect","reason":"warning"}`)
				time.Sleep(8 * time.Second)
				p.send(click("late"))
				order <- within(time.Second, p)
				<-p.gone
				if p.end != websocket.StatusNormalClosure {
					t.Errorf("closed with %d", p.end)
				}
				close(first)
			}
			<-p.gone
		}}, fine)
		time.Sleep(2 * time.Hour)
		close(warn)
		<-first
		if one, two := <-order, <-order; one != "third says hello" || two != ack("late") {
			t.Errorf("first %q, then %q", one, two)
		}
		time.Sleep(time.Minute)
		if r.Connected() != 2 || r.slack.opened() != 3 {
			t.Errorf("%d connections after %d opens", r.Connected(), r.slack.opened())
		}
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
	})
}

// TestKeptWithoutReplacement: a warned connection is not closed by us while there is none to take its place.
func TestKeptWithoutReplacement(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, &slack{
			refuse: func(n int) error {
				if n > 2 {
					return &webapi.Error{Method: "apps.connections.open", Status: 503}
				}
				return nil
			},
			play: func(_ int, p *peer) {
				p.send(hello)
				time.Sleep(time.Hour)
				p.send(`{"type":"disconnect","reason":"warning"}`)
				<-p.gone
			},
		}, fine)
		time.Sleep(2 * time.Hour)
		if r.Connected() != 2 {
			t.Errorf("%d connections", r.Connected())
		}
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
	})
}

// TestBackOffEnds: only a connection that stayed up ends the back-off.
func TestBackOffEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		drop := make(chan struct{})
		r := start(t, &slack{play: func(n int, p *peer) {
			p.send(hello)
			if n <= 8 {
				return
			}
			select {
			case <-drop:
			case <-p.gone:
			}
		}}, fine)
		time.Sleep(time.Hour)
		before := r.slack.opened()
		drop <- struct{}{}
		time.Sleep(2 * time.Second)
		if n := r.slack.opened(); n != before+1 {
			t.Errorf("after an hour of health %d opens in 2 s, want 1", n-before)
		}
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
	})
}

func TestPermanentFaults(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		"invalid_auth", "account_inactive", "token_revoked", "token_expired", "missing_scope", "not_allowed_token_type", "link_disabled",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := start(t, &slack{play: greet, refuse: func(n int) error {
					if n == 2 {
						return &webapi.Error{Method: "apps.connections.open", Status: 200, Code: code}
					}
					return nil
				}}, fine)
				time.Sleep(time.Minute)
				checkPermanent(t, r, code)
				if n := r.slack.opened(); n != 2 {
					t.Errorf("%d opens", n)
				}
			})
		})
	}
}

func checkPermanent(t *testing.T, r *rig, code string) {
	t.Helper()
	err := r.stop(t)
	e, ok := errors.AsType[*PermanentError](err)
	if !ok || e.Code != code || !strings.Contains(e.Error(), code) || strings.Contains(e.Error(), "\n") {
		t.Errorf("Run returned %v", err)
	}
}

func TestSwitchedOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, &slack{play: func(_ int, p *peer) {
			p.send(hello)
			time.Sleep(time.Minute)
			p.send(`{"type":"disconnect","reason":"link_disabled"}`)
			<-p.gone
		}}, fine)
		time.Sleep(time.Hour)
		checkPermanent(t, r, "link_disabled")
	})
}

// TestWaitsAsAsked: Slack's Retry-After counts, and its troubles are waited out.
func TestWaitsAsAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, &slack{play: greet, refuse: func(n int) error {
			switch n {
			case 1:
				return &webapi.Error{Status: 429, RetryAfter: 25 * time.Second}
			case 2:
				return &webapi.Error{Status: 500}
			case 3:
				return &webapi.Error{NotSent: true, Err: errors.New("no route")}
			}
			return nil
		}}, fine)
		time.Sleep(24 * time.Second)
		if n := r.slack.opened(); n != 1 {
			t.Errorf("%d opens while Slack asked for patience", n)
		}
		time.Sleep(time.Minute)
		if r.Connected() != 2 {
			t.Errorf("%d connections", r.Connected())
		}
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
	})
}

func TestNoHello(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, &slack{play: func(n int, p *peer) {
			if n > 1 {
				p.send(hello)
			}
			<-p.gone
		}}, fine)
		time.Sleep(9 * time.Second)
		if r.Connected() != 0 {
			t.Error("a connection counts before it said hello")
		}
		time.Sleep(10 * time.Second)
		if r.Connected() != 2 || r.slack.opened() != 3 {
			t.Errorf("%d connections after %d opens", r.Connected(), r.slack.opened())
		}
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
	})
}

// TestGoneSilent: a connection whose other side has gone without a word is found out and replaced.
func TestGoneSilent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, &slack{deaf: true, play: greet}, fine)
		time.Sleep(time.Minute)
		if n := r.slack.opened(); n < 3 {
			t.Errorf("%d opens: nobody noticed", n)
		}
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
	})
}

// TestQuietButThere: a server that answers no ping but sends its own is not cut off.
func TestQuietButThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, &slack{deaf: true, play: func(_ int, p *peer) {
			p.send(hello)
			for p.ws.Ping(t.Context()) == nil {
				time.Sleep(30 * time.Second)
			}
		}}, fine)
		time.Sleep(10 * time.Minute)
		if n := r.slack.opened(); n != 2 {
			t.Errorf("%d opens", n)
		}
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
	})
}

// TestWarnedButNeverClosed: connections that Slack sends away and leaves open do not pile up.
func TestWarnedButNeverClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, &slack{play: func(_ int, p *peer) {
			p.send(hello)
			p.send(`{"type":"disconnect","reason":"refresh_requested"}`)
			<-p.gone
		}}, fine)
		time.Sleep(15 * time.Minute)
		if n := r.Connected(); n < 2 || n > 3 {
			t.Errorf("%d connections after %d opens", n, r.slack.opened())
		}
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
	})
}
