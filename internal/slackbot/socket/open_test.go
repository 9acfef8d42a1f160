package socket

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"offboard/internal/slackbot/inbound"
)

func TestGuarded(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		"wss://wss-primary.slack.com/link/?ticket=x": true, "ws://127.0.0.1:9/x": true, "ws://localhost:9": true, "ws://[::1]:9": true,
		"ws://slack.com/link": false, "ws://127.0.0.1.example.com": false, "ws://10.0.0.1": false, "https://slack.com": false,
		"wss://": false, "wss://u:p@slack.com": false, "": false, "%zz": false, "file:///etc/passwd": false,
	} {
		if guarded(raw) != want {
			t.Errorf("%q: want %v", raw, want)
		}
	}
}

// fixed gives always the same address.
type fixed string

func (f fixed) Call(_ context.Context, _ string, _ url.Values, out any) error {
	out.(*ticket).URL = string(f)
	return nil
}

// TestOpenTellsNoTicket: the address holds a ticket that connects whoever has it.
func TestOpenTellsNoTicket(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"ws://127.0.0.1:1/?ticket=hush", "ws://slack.com/?ticket=hush", "ws://localhost:1/\x7f?ticket=hush"} {
		dialled := false
		c, err := New(Config{API: fixed(address), Intake: &inbound.Intake{}, Logger: slog.New(slog.DiscardHandler),
			dial: func(context.Context, string, string) (net.Conn, error) {
				dialled = true
				return nil, errors.New("refused")
			}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.open(t.Context(), func() {})
		if err == nil || strings.Contains(err.Error(), "hush") || dialled != guarded(address) {
			t.Errorf("%s: %v, dialled %t", address, err, dialled)
		}
	}
}

// TestOpenIsNotLedAway: whoever answers with a redirect gets no ticket brought to another place.
func TestOpenIsNotLedAway(t *testing.T) {
	t.Parallel()
	knocked := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { knocked = true }))
	defer other.Close()
	srv := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer srv.Close()
	c, err := New(Config{API: fixed("ws" + strings.TrimPrefix(srv.URL, "http")), Intake: &inbound.Intake{}, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.open(t.Context(), func() {}); err == nil || knocked {
		t.Errorf("knocked %t, %v", knocked, err)
	}
	if c.http.Transport.(*http.Transport).Proxy != nil {
		t.Error("a proxy of the environment would be used")
	}
}

// TestBackOff: each end after the other doubles the wait, up to a minute; jitter makes it half as long to half as long again.
func TestBackOff(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	for i, want := range []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second,
		32 * time.Second, time.Minute, time.Minute, time.Minute, time.Minute, time.Minute} {
		for jitter, share := range map[float64]float64{0: 0.5, 0.5: 1, 0.75: 1.25} {
			p := pace{fails: i, jitter: func() float64 { return jitter }}
			p.ended(now, time.Second, 0)
			if got := p.at().Sub(now); got != time.Duration(float64(want)*share) {
				t.Errorf("end %d, jitter %v: waits %s", i+1, jitter, got)
			}
		}
	}
}

// TestPace: whatever happens, never more than eight opens in half a minute, and each wait is at least what was asked for.
func TestPace(t *testing.T) {
	t.Parallel()
	for _, jitter := range []float64{0, 0.5, 0.999} {
		p := pace{jitter: func() float64 { return jitter }}
		now := time.Unix(1_700_000_000, 0)
		var opens []time.Time
		for range 100 {
			if at := p.at(); at.After(now) {
				now = at
			}
			p.opened(now)
			opens = append(opens, now)
			p.ended(now, healthyAfter, 0) // as if each had been healthy: no back-off at all
		}
		const most = 8
		for i := most; i < len(opens); i++ {
			if span := opens[i].Sub(opens[i-most]); span < 30*time.Second {
				t.Fatalf("jitter %v: nine opens in %s", jitter, span)
			}
		}
		p.ended(now, 0, time.Hour)
		p.ended(now, 0, 0)
		if p.at().Sub(now) < time.Hour {
			t.Errorf("jitter %v: Slack asked for an hour", jitter)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	if _, err := New(Config{}); err == nil {
		t.Error("no error")
	}
}
