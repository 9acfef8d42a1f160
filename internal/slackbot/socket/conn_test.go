package socket

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"offboard/internal/commands"
	"offboard/internal/slackbot/inbound"
)

// talk plays on the first connection; the others only say hello.
func talk(with func(p *peer)) func(int, *peer) {
	return func(n int, p *peer) {
		p.send(hello)
		if n == 1 {
			with(p)
		}
		<-p.gone
	}
}

// within gives the next message that arrives in time; empty: none does.
func within(d time.Duration, p *peer) string {
	select {
	case m := <-p.got:
		return m
	case <-time.After(d):
		return ""
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	slash := `{"type":"slash_commands","envelope_id":"e","accepts_response_payload":true,"payload":{"command":"/offboard","text":"help",` +
		`"team_id":"T0123456","api_app_id":"A0123456","user_id":"U1","channel_id":"C1"}}`
	shown := `{"envelope_id":"e","payload":{"response_type":"ephemeral","text":"looking"}}`
	for name, tc := range map[string]struct{ sent, want, told string }{
		"command":              {slash, shown, ""},
		"no payload accepted":  {strings.Replace(slash, ":true", ":false", 1), ack("e"), "looking"},
		"click":                {click("e"), ack("e"), ""},
		"of another team":      {strings.Replace(slash, team, "T9", 1), ack("e"), ""},
		"event":                {`{"type":"events_api","envelope_id":"e","payload":{"type":"event_callback"}}`, ack("e"), ""},
		"unknown type":         {`{"type":"novelty","envelope_id":"e","payload":{}}`, ack("e"), ""},
		"malformed payload":    {`{"type":"interactive","envelope_id":"e","payload":"x"}`, ack("e"), ""},
		"no payload":           {`{"type":"interactive","envelope_id":"e"}`, ack("e"), ""},
		"no envelope id":       {`{"type":"interactive","payload":{}}`, "", ""},
		"not json":             {`hello`, "", ""},
		"disconnect of a word": {`{"type":"disconnect","reason":"novelty"}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got, after := "", ""
				r := start(t, &slack{play: talk(func(p *peer) {
					p.send(tc.sent)
					got = within(5*time.Second, p)
					p.send(click("next"))
					after = within(5*time.Second, p)
				})}, fine)
				time.Sleep(11 * time.Second)
				if err := r.stop(t); err != nil {
					t.Error(err)
				}
				if got != tc.want || after != ack("next") || strings.Join(r.private.texts, "|") != tc.told {
					t.Errorf("got %q, then %q; told %q", got, after, r.private.texts)
				}
			})
		})
	}
}

// TestLargeAck: facts/slack.md: an acknowledgement of 20 KB or more is dropped, so the words go another way. Whether a KB is 1,000 or 1,024
// bytes is not said.
func TestLargeAck(t *testing.T) {
	t.Parallel()
	const largestAck = 20_000
	synctest.Test(t, func(t *testing.T) {
		long := strings.Repeat("x", largestAck)
		var got []string
		r := start(t, &slack{play: talk(func(p *peer) {
			p.send(click("a"))
			got = append(got, within(time.Second, p))
			p.send(click("b"))
			got = append(got, within(time.Second, p))
		})}, func(_ context.Context, c commands.Click) (commands.Ack, commands.Later, error) {
			return commands.Ack{Text: map[string]string{"a": long, "b": long[:largestAck-200]}[c.Value]}, nil, nil
		})
		time.Sleep(time.Minute)
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
		if len(got) != 2 || got[0] != ack("a") || !strings.Contains(got[1], "xxx") || len(got[1]) >= largestAck {
			t.Errorf("%d answers", len(got))
		}
		if len(r.private.texts) != 1 || r.private.texts[0] != long {
			t.Errorf("told %d times", len(r.private.texts))
		}
	})
}

// TestFailuresAreNotAcknowledged: and they cost one request each.
func TestFailuresAreNotAcknowledged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got []string
		r := start(t, &slack{play: talk(func(p *peer) {
			for _, id := range []string{"panic", "error", "fine"} {
				p.send(click(id))
				got = append(got, within(5*time.Second, p))
			}
		})}, func(_ context.Context, c commands.Click) (commands.Ack, commands.Later, error) {
			switch c.Value {
			case "panic":
				panic("at the disco")
			case "error":
				return commands.Ack{}, nil, errors.New("disk full")
			}
			return commands.Ack{}, nil, nil
		})
		time.Sleep(time.Minute)
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
		if want := []string{"", "", ack("fine")}; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("acknowledged %q", got)
		}
		if fmt.Sprint(r.private.texts) != fmt.Sprint([]string{inbound.SayFault, inbound.SayNotRecorded}) {
			t.Errorf("told %q", r.private.texts)
		}
	})
}

// TestLaterAfterTheAck: while Slack does not read, the acknowledgement is not on the wire, and nothing goes on.
func TestLaterAfterTheAck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const stall = 3 * time.Second
		var waited time.Duration
		r := start(t, &slack{stall: stall, play: talk(func(p *peer) { p.send(click("a")) })},
			func(context.Context, commands.Click) (commands.Ack, commands.Later, error) {
				decided := time.Now()
				return commands.Ack{}, func(context.Context) { waited = time.Since(decided) }, nil
			})
		time.Sleep(time.Minute)
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
		if waited != stall {
			t.Errorf("began after %s, want %s", waited, stall)
		}
	})
}

// TestAckThenStop: facts/slack.md: slack-go, ack then cancel: 50 of 50 never left.
func TestAckThenStop(t *testing.T) {
	t.Parallel()
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			decide, entered := make(chan struct{}), make(chan struct{})
			got, end := "", websocket.StatusCode(0)
			r := start(t, &slack{play: talk(func(p *peer) {
				p.send(click("a"))
				<-entered
				got = <-p.got
				<-p.gone
				end = p.end
			})}, func(context.Context, commands.Click) (commands.Ack, commands.Later, error) {
				close(entered)
				<-decide
				return commands.Ack{}, nil, nil
			})
			<-entered
			r.cancel()
			synctest.Wait()
			select {
			case err := <-r.ended:
				t.Fatalf("Run ended (%v) although a decision was under way", err)
			default:
			}
			close(decide)
			if err := r.stop(t); err != nil {
				t.Error(err)
			}
			if got != ack("a") || end != websocket.StatusNormalClosure {
				t.Errorf("got %q, closed with %d", got, end)
			}
		})
	}
}

// TestAckThenSwitchedOff: what is under way is acknowledged although Socket Mode is switched off, on whichever connection it came.
func TestAckThenSwitchedOff(t *testing.T) {
	t.Parallel()
	for _, told := range []int{1, 2} {
		synctest.Test(t, func(t *testing.T) {
			decide, entered, off := make(chan struct{}), make(chan struct{}), make(chan struct{})
			got := ""
			r := start(t, &slack{play: func(n int, p *peer) {
				p.send(hello)
				if n == 1 {
					p.send(click("a"))
				}
				<-off
				if n == told {
					p.send(`{"type":"disconnect","reason":"link_disabled"}`)
				}
				if n == 1 {
					got = within(5*time.Second, p)
				}
				<-p.gone
			}}, func(context.Context, commands.Click) (commands.Ack, commands.Later, error) {
				close(entered)
				<-decide
				return commands.Ack{}, nil, nil
			})
			<-entered
			time.Sleep(time.Minute)
			close(off)
			synctest.Wait()
			close(decide)
			checkPermanent(t, r, "link_disabled")
			if got != ack("a") {
				t.Errorf("told on %d: got %q", told, got)
			}
		})
	}
}

// TestNothingNewWhileStopping: what comes after the stop is neither handled nor acknowledged.
func TestNothingNewWhileStopping(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		decide, entered := make(chan struct{}), make(chan struct{}, 2)
		stopping := make(chan struct{})
		var got []string
		r := start(t, &slack{play: talk(func(p *peer) {
			p.send(click("a"))
			<-stopping
			p.send(click("b"))
			close(decide)
			got = append(got, <-p.got, within(time.Second, p))
		})}, func(context.Context, commands.Click) (commands.Ack, commands.Later, error) {
			entered <- struct{}{}
			<-decide
			return commands.Ack{}, nil, nil
		})
		<-entered
		r.cancel()
		synctest.Wait()
		close(stopping)
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
		if got[0] != ack("a") || got[1] != "" || len(entered) != 0 {
			t.Errorf("got %q, %d more handled", got, len(entered))
		}
	})
}

// TestSlowWorkNeverDelaysPings: while every place is taken by work that hangs, pings are still answered at once.
func TestSlowWorkNeverDelaysPings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, &slack{play: talk(func(p *peer) {
			for i := range 200 {
				p.send(click(fmt.Sprint(i)))
			}
			ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
			defer cancel()
			if err := p.ws.Ping(ctx); err != nil {
				t.Errorf("ping: %v", err)
			}
			if m := within(2*time.Second, p); m != "" {
				t.Errorf("acknowledged before anything was decided: %s", m)
			}
		})}, func(ctx context.Context, _ commands.Click) (commands.Ack, commands.Later, error) {
			<-ctx.Done()
			return commands.Ack{}, nil, ctx.Err()
		})
		time.Sleep(10 * time.Second)
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
		if n := len(r.private.texts); n != 100 {
			t.Errorf("%d were told that nothing was recorded; 100 had a place", n)
		}
	})
}

// TestStopsThoughSlackDoesNot: a server that answers no close does not hold the process up.
func TestStopsThoughSlackDoesNot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		r := start(t, &slack{play: func(_ int, p *peer) {
			p.send(hello)
			<-release
		}}, fine)
		time.Sleep(time.Minute)
		began := time.Now()
		time.AfterFunc(time.Hour, func() { close(release) })
		r.cancel()
		err := <-r.ended
		if took := time.Since(began); err != nil || took > 10*time.Second {
			t.Errorf("%v after %s", err, took)
		}
		r.ended <- err
		if err := r.stop(t); err != nil {
			t.Error(err)
		}
	})
}
