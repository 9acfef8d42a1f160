package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/sandbox/localtorii"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// echo is a provider that is as careless as can be: it answers with everything that it was sent.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	said := fmt.Sprint(r.Header, string(body))
	text, _ := json.Marshal(map[string]any{"success": false, "errorCode": said, "message": said, "data": said})
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Retry-After", r.Header.Get("X-API-Key"))
	w.WriteHeader([]int{http.StatusForbidden, http.StatusInternalServerError, http.StatusTooManyRequests}[len(r.URL.Path)%3])
	_, _ = w.Write(text)
}

var anAddress = regexp.MustCompile(`[A-Za-z0-9._-]+@[A-Za-z0-9-]+\.[A-Za-z]+`)

// The secrets stand nowhere in what the process writes, whatever goes wrong; and its log has no trigger id, response_url or e-mail address.
func TestHostileSecrets(t *testing.T) {
	t.Parallel()
	careless := httptest.NewServer(http.HandlerFunc(echo))
	t.Cleanup(careless.Close)
	s := newStage(t, props{edit: append([]string{
		"providers:\n", "providers:\n  careless: {type: ecgrid, url: \"" + careless.URL + "\", api_key: env:ECGRID_API_KEY, action: delete}\n",
	}, hurry...)})
	s.slack.UseHTTP(endpoints(strings.TrimPrefix(s.base, "http://")))
	for _, line := range []string{town.Dana.Email, town.Dana.Email + " provider:careless", "1201 provider:careless", "nobody@example.com", "@nadia"} {
		before := len(s.heard(town.Alice))
		if ack, err := s.slack.Command(s.ctx, town.Alice, town.General, "/offboard", line); err != nil || ack.Error != "" {
			t.Fatal(err, ack.Error)
		}
		s.until("Alice is answered", func() bool { return len(s.heard(town.Alice)) > before+1 }) // looking up, and what came of it
	}
	for _, m := range []fault.Mode{fault.TimeoutAfter, fault.HTML, fault.Status500After} {
		d := map[fault.Mode]deed{fault.TimeoutAfter: deeds()[0], fault.HTML: deeds()[1], fault.Status500After: deeds()[4]}[m]
		card := s.approved(d, fault.Fault{Mode: m})
		s.outcome(card, "Outcome unknown", "Not done")
		s.faults(d.at).Clear()
	}
	s.slack.Fault(workspace.Fault{Method: "users.info", Kind: workspace.FaultHTML, Times: 3})
	s.slack.Fault(workspace.Fault{Method: workspace.ResponseURL, Kind: workspace.FaultStatus, Times: 3})
	s.deliver(commandsPath, s.command(town.Alice, "list", "response_url", s.slack.URL()+"/commands/T0LOCAL/1/local-response-url"))
	s.send(hand{path: commandsPath, body: s.command(town.Alice, "list"), header: http.Header{"X-Slack-Signature": {"v0=00"}}})
	seen := s.everything()

	secrets := slices.Collect(maps.Values(s.env))
	secrets = append(secrets, localecgrid.Recovery, localtorii.Metadata, "local-response-url", ".hand", "legacy", "verification-token")
	for where, text := range seen {
		if text == "" {
			t.Errorf("%s is empty: nothing was looked at", where)
		}
		for _, secret := range secrets {
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%s has the secret %q: …%s…", where, secret, text[max(0, i-80):min(len(text), i+80)])
			}
		}
		if strings.Contains(text, "/commands/T0LOCAL/") || strings.Contains(text, "/actions/T0LOCAL/") {
			t.Errorf("%s has a response_url", where)
		}
	}
	if found := anAddress.FindString(seen["the log"]); found != "" {
		t.Errorf("the log has the e-mail address %s", found)
	}
	if found := anAddress.FindString(seen["the metrics"] + seen["readiness"]); found != "" {
		t.Errorf("the metrics have the e-mail address %s", found)
	}
}

// everything is all that the process has shown to anybody.
func (s *stage) everything() map[string]string {
	s.t.Helper()
	out := map[string]string{}
	_, out["the metrics"] = s.send(hand{method: http.MethodGet, path: "/metrics"})
	_, out["readiness"] = s.send(hand{method: http.MethodGet, path: "/readyz"})
	s.stop()
	journal, err := os.ReadFile(s.dir + "/offboard.db")
	if err != nil {
		s.t.Fatal(err)
	}
	out["the journal"], out["the log"] = string(journal), s.out.text()
	for _, c := range s.slack.Calls("") {
		out["Slack"] += fmt.Sprintln(c.Method, c.Params)
	}
	return out
}
