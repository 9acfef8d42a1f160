package main

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// elsewhere listens, and counts whoever comes.
func elsewhere(t *testing.T) (addr string, came *atomic.Int64) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	came = &atomic.Int64{}
	ended := make(chan struct{})
	t.Cleanup(func() { _ = l.Close(); <-ended })
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			_ = c.Close()
		}
	}()
	return l.Addr().String(), came
}

// leading is a provider that gives ids and addresses which lead elsewhere, in all that it answers, and counts what it is asked.
func leading(t *testing.T, id string, asked *atomic.Int64) string {
	t.Helper()
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		user := map[string]any{"userId": id, "id": id, "login": "led@example.com", "email": "led@example.com", "status": "Active", "url": id}
		var data any = user
		if r.Method == http.MethodPost {
			data = []any{user}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Location", id)
		w.Header().Set("Content-Location", id)
		w.Header().Set("Link", "<"+id+">; rel=next")
		w.Header().Set("Alt-Svc", `h2="`+strings.TrimPrefix(id, "http://")+`"`)
		w.Header().Set("Refresh", "0; url="+id)
		_ = json.NewEncoder(w).Encode(map[string]any{"success": true, "data": data, "next": id})
	}))
	t.Cleanup(h.Close)
	return h.URL
}

// Where a provider is stands in the configuration alone: nothing that people type, that a provider answers, or that stands on a card brings a
// request to another address.
func TestHostileAddresses(t *testing.T) {
	t.Parallel()
	spy, came := elsewhere(t)
	var asked atomic.Int64
	ids := []string{"http://" + spy + "/", "//" + spy + "/x", "@" + spy, "1@" + spy + "/", "..%2f..%2f@" + spy, "\\\\" + spy + "\\x", "1?x=http://" + spy}
	extra := "providers:\n"
	for i, id := range ids {
		extra += "  led-" + string(rune('a'+i)) + ": {type: ecgrid, url: \"" + leading(t, id, &asked) + "\", api_key: env:ECGRID_API_KEY, action: delete}\n"
	}
	s := newStage(t, props{edit: []string{"providers:\n", extra}, before: func(tw *town.Town) {
		tw.Slack.Switch(workspace.Switches{NoRateLimits: true})
	}})
	lines := []string{"led@example.com"}
	for _, id := range ids {
		lines = append(lines, id, id+" provider:ecgrid action:delete", id+" provider:zitadel", id+" provider:torii", "x@example.com provider:"+id,
			town.Dana.ID+"@"+spy+" provider:ecgrid", "<mailto:"+id+"|x@example.com>", "<http://"+spy+"|"+town.Dana.Email+">")
	}
	before := len(s.slack.Calls(""))
	for _, line := range lines {
		s.deliver(commandsPath, s.command(town.Alice, line))
	}
	s.until("the providers that lead elsewhere were asked", func() bool { return asked.Load() > int64(len(ids)) })
	s.faults("ecgrid").Set("any", fault.Fault{Mode: fault.Redirect, Location: "http://" + spy + "/"})
	s.faults("torii").Set("any", fault.Fault{Mode: fault.Redirect, Location: "http://" + spy + "/"})
	s.deliver(commandsPath, s.command(town.Alice, town.Dana.Email))
	s.until("Alice is answered", func() bool { return len(s.slack.Calls("")) > before+2 })
	s.faults("ecgrid").Clear()
	s.faults("torii").Clear()
	card := s.ask(town.Dana, "provider:ecgrid")
	s.faults("ecgrid").Set("write", fault.Fault{Mode: fault.Redirect, Location: "http://" + spy + "/"})
	s.press(town.Bob, card, "approve")
	s.outcome(card.TS, "Outcome unknown", "Not done")
	s.stop()
	if n := came.Load(); n != 0 {
		t.Errorf("%d requests came to an address that the configuration does not name", n)
	}
	for at, prefix := range map[string]string{"ecgrid": "/v2/users/", "torii": "/api/server/v1/users/"} {
		for _, c := range s.faults(at).Calls() {
			if !strings.HasPrefix(c.Path, prefix) || strings.Contains(c.Path, "..") || strings.Contains(c.Path, spy) {
				t.Errorf("%s was asked for %s", at, c.Path)
			}
		}
	}
}
