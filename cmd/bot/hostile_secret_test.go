package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
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

	s.nowhere(seen)
	if found := anAddress.FindString(seen["the log"]); found != "" {
		t.Errorf("the log has the e-mail address %s", found)
	}
	if found := anAddress.FindString(seen["the metrics"] + seen["readiness"]); found != "" {
		t.Errorf("the metrics have the e-mail address %s", found)
	}
}

// nowhere fails where one of the secrets stands.
func (s *stage) nowhere(seen map[string]string) {
	s.t.Helper()
	secrets := slices.Collect(maps.Values(s.env))
	secrets = append(secrets, localecgrid.Recovery, localtorii.Metadata, "local-response-url", ".hand", "legacy", "verification-token")
	for where, text := range seen {
		if text == "" {
			s.t.Errorf("%s is empty: nothing was looked at", where)
		}
		for _, secret := range secrets {
			if i := strings.Index(text, secret); i >= 0 {
				s.t.Errorf("%s has the secret %q: …%s…", where, secret, text[max(0, i-80):min(len(text), i+80)])
			}
		}
		if strings.Contains(text, "/commands/T0LOCAL/") || strings.Contains(text, "/actions/T0LOCAL/") {
			s.t.Errorf("%s has a response_url", where)
		}
	}
}

// The same over Redis with a password: nowhere in what the server holds, in memory and on its disk, and nowhere in what the process writes when it
// is made to show what each of its goroutines does.
func TestHostileSecretsOnRedis(t *testing.T) {
	t.Parallel()
	f := newFleet(t, props{edit: hurry})
	f.env["REDIS_PASSWORD"] = "marked-redis-password"
	f.server.Must(t, "ACL", "SETUSER", "offboard", "on", ">"+f.env["REDIS_PASSWORD"], "~{offboard}*", "+@all")
	f.rewrite("journal: redis://"+f.server.Addr(), "journal:\n  url: redis://"+f.server.Addr()+"\n  username: offboard\n  password: env:REDIS_PASSWORD")
	r := f.add()
	f.at(r)
	f.slack.UseHTTP(endpoints(strings.TrimPrefix(f.base, "http://")))
	card := f.approved(deeds()[0], fault.Fault{Mode: fault.HTML})
	f.outcome(card, "Outcome unknown", "Not done")
	f.deliver(commandsPath, f.command(town.Alice, "list", "response_url", f.slack.URL()+"/commands/T0LOCAL/1/local-response-url"))
	f.send(hand{path: commandsPath, body: f.command(town.Alice, "list"), header: http.Header{"X-Slack-Signature": {"v0=00"}}})
	seen := map[string]string{}
	_, seen["the metrics"] = f.send(hand{method: http.MethodGet, path: "/metrics"})
	seen["Redis"], seen["its files"] = f.keys(), f.files()
	r.signal(syscall.SIGQUIT)
	if err := <-r.ended; err == nil {
		t.Error("the process ended well, although it was to end by the signal")
	}
	if seen["the log"] = r.out.text(); strings.Count(seen["the log"], "\ngoroutine ") < 5 {
		t.Errorf("the goroutines are not shown:\n%s", seen["the log"])
	}
	for _, c := range f.slack.Calls("") {
		seen["Slack"] += fmt.Sprintln(c.Method, c.Params)
	}
	f.nowhere(seen)
	if !strings.Contains(seen["Redis"], `"kind":"requested"`) || !strings.Contains(seen["its files"], `"kind":"requested"`) {
		t.Error("the server was not looked at")
	}
	if found := anAddress.FindString(seen["the log"]); found != "" {
		t.Errorf("the log has the e-mail address %s", found)
	}
}

// keys is everything that the server holds.
func (f *fleet) keys() string {
	f.t.Helper()
	read := map[string][]string{
		"+string": {"GET"}, "+hash": {"HGETALL"}, "+list": {"LRANGE", "0", "-1"}, "+zset": {"ZRANGE", "0", "-1"}, "+set": {"SMEMBERS"},
	}
	out := ""
	for key := range strings.FieldsSeq(f.server.Must(f.t, "KEYS", "*")) {
		if !strings.HasPrefix(key, "{offboard}") {
			continue
		}
		kind := f.server.Must(f.t, "TYPE", key)
		if kind == "+none" {
			continue // the bot, which is at work, has taken the last entry out of it since
		}
		words, ok := read[kind]
		if !ok {
			f.t.Fatalf("%s is a %s", key, kind)
		}
		out += key + " " + f.server.Must(f.t, append([]string{words[0], key}, words[1:]...)...) + "\n"
	}
	return out
}

// files are what the server has on its disk.
func (f *fleet) files() string {
	f.t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(f.server.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		out.Write(raw)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return out.String()
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
