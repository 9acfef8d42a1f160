package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// gate stands before a service and knows it by another credential than the service itself has, so that it can be exchanged. Every credential of one
// length is of that length, so that a file that is overwritten looks as before.
type gate struct {
	next   http.Handler
	header string // in which it travels
	scheme string // what stands before it there
	inside string // what the service accepts
	host   string // that the service knows itself by; empty: any
	no     func(w http.ResponseWriter)

	mu      sync.Mutex
	outside string
	refused []string            // method and path of what came with another
	passed  []string            // method and path of what came with it
	hook    func(*http.Request) // called before anything is looked at; it may exchange
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	hook := g.hook
	g.mu.Unlock()
	if hook != nil {
		hook(r)
	}
	g.mu.Lock()
	good := r.Header.Get(g.header) == g.scheme+g.outside
	what := r.Method + " " + r.URL.Path
	if good {
		g.passed = append(g.passed, what)
	} else {
		g.refused = append(g.refused, what)
	}
	g.mu.Unlock()
	if !good {
		_, _ = io.Copy(io.Discard, r.Body)
		g.no(w)
		return
	}
	r.Header.Set(g.header, g.scheme+g.inside)
	if g.host != "" {
		r.Host = g.host
	}
	g.next.ServeHTTP(w, r)
}

// accept lets the gate accept another credential, and no other.
func (g *gate) accept(credential string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.outside = credential
}

func (g *gate) onRequest(hook func(*http.Request)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hook = hook
}

// count is how many requests of a method were refused and passed.
func (g *gate) count(method string) (refused, passed int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	of := func(all []string) int {
		return len(slices.DeleteFunc(slices.Clone(all), func(what string) bool { return !strings.HasPrefix(what, method+" ") }))
	}
	return of(g.refused), of(g.passed)
}

func says(status int, body string) func(w http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// gated is a stage each of whose secrets stands in a file and can be exchanged, but for the signing secret, which the test signs with itself.
type gated struct {
	*stage
	slack   *gate // the bot token
	sockets *gate // the app token
	at      map[string]*gate
}

// credential is a secret of a kind in one of its versions, all of one length.
func credential(kind string, version int) string {
	return map[string]string{"bot": "xoxb-", "app": "xapp-"}[kind] + "rotated-" + kind + "-" + strconv.Itoa(version)
}

func newGated(t *testing.T, p props) *gated {
	t.Helper()
	p.later = true
	s := &gated{stage: newStage(t, p), at: map[string]*gate{}}
	w := s.stage.slack.Config()
	noSlack := says(http.StatusOK, `{"ok":false,"error":"invalid_auth"}`)
	s.sockets = &gate{next: s.stage.slack, header: "Authorization", scheme: "Bearer ", inside: w.AppToken, no: noSlack}
	s.slack = &gate{next: s.stage.slack, header: "Authorization", scheme: "Bearer ", inside: w.BotToken, no: noSlack}
	front := http.NewServeMux()
	front.Handle("/api/apps.connections.open", s.sockets)
	front.Handle("/", s.slack)
	s.rewrite("api_url: "+s.stage.slack.APIURL(), "api_url: "+s.serve(front)+"/api/")
	for name, g := range map[string]*gate{
		"ecgrid": {next: s.town.ECGrid, header: "X-API-Key", inside: s.env["ECGRID_API_KEY"],
			no: says(401, `{"success":false,"errorCode":"InvalidAPIKey","message":"no","data":null}`)},
		"zitadel": {next: s.town.ZITADEL, header: "Authorization", scheme: "Bearer ", inside: s.env["ZITADEL_TOKEN"],
			no: says(401, `{"code":16,"message":"no","details":[{"@type":"type.googleapis.com/zitadel.v1.ErrorDetail","id":"AUTH-7fs1e","message":"no"}]}`)},
		"torii": {next: s.town.Torii, header: "Authorization", scheme: "Bearer ", inside: s.env["TORII_SECRET_KEY"],
			no: says(401, `{"type":"about:blank","title":"no","status":401}`)},
	} {
		s.at[name], g.host = g, strings.TrimPrefix(s.town.URL(name), "http://")
		s.rewrite(`"`+s.town.URL(name)+`"`, `"`+s.serve(g)+`"`)
	}
	for name, env := range map[string]string{
		"bot": "SLACK_BOT_TOKEN", "app": "SLACK_APP_TOKEN", "signing": "SLACK_SIGNING_SECRET",
		"ecgrid": "ECGRID_API_KEY", "zitadel": "ZITADEL_TOKEN", "torii": "TORII_SECRET_KEY",
	} {
		if yaml, _ := os.ReadFile(s.stage.file); strings.Contains(string(yaml), "env:"+env) {
			s.rewrite("env:"+env, "file:"+name+".secret")
		}
		s.exchange(name, 1)
	}
	return s
}

func (s *gated) serve(h http.Handler) string {
	srv := httptest.NewServer(h)
	s.t.Cleanup(srv.Close)
	return srv.URL
}

func (s *gated) file(kind string) string { return filepath.Join(s.dir, kind+".secret") }

// gate is where a secret is asked for; nil for the signing secret.
func (s *gated) gate(kind string) *gate {
	switch kind {
	case "bot":
		return s.slack
	case "app":
		return s.sockets
	default:
		return s.at[kind]
	}
}

// put writes a secret into its file, by another file in its place.
func (s *gated) put(kind string, version int) {
	s.t.Helper()
	err := os.WriteFile(s.file(kind)+".new", []byte(credential(kind, version)+"\n"), 0o600)
	if err == nil {
		err = os.Rename(s.file(kind)+".new", s.file(kind))
	}
	if err != nil {
		s.t.Error(err)
	}
}

// overwrite writes a secret into its file so that the file looks as before: only a refusal can find it out.
func (s *gated) overwrite(kind string, version int) {
	s.t.Helper()
	before, err := os.Stat(s.file(kind))
	if err == nil {
		err = os.WriteFile(s.file(kind), []byte(credential(kind, version)+"\n"), 0o600)
	}
	if err == nil {
		err = os.Chtimes(s.file(kind), before.ModTime(), before.ModTime())
	}
	if err != nil {
		s.t.Error(err)
	}
}

// exchange puts a new secret into the file, and ends the old one.
func (s *gated) exchange(kind string, version int) {
	s.t.Helper()
	s.put(kind, version)
	if g := s.gate(kind); g != nil {
		g.accept(credential(kind, version))
	}
}

// asks delivers a command that is signed with a version of the signing secret, and returns the status.
func (s *gated) asks(version int, l town.Leaver) int {
	s.t.Helper()
	line := l.Email
	if slices.Contains([]town.Leaver{town.Omar, town.Lin}, l) {
		line += " provider:zitadel action:delete" // that instance stands twice in the configuration
	}
	body := s.command(town.Alice, line)
	at := strconv.FormatInt(time.Now().Unix(), 10)
	signature := workspace.Sign(credential("signing", version), []byte(body), at)
	status, _ := s.send(hand{path: commandsPath, body: body, header: http.Header{
		"X-Slack-Signature": {signature}, "X-Slack-Request-Timestamp": {at},
	}})
	return status
}

func (s *gated) presses(version int, user string, card workspace.Message) {
	s.t.Helper()
	body := interaction(s.click(user, card, "approve"))
	at := strconv.FormatInt(time.Now().Unix(), 10)
	status, said := s.send(hand{path: interactionsPath, body: body, header: http.Header{
		"X-Slack-Signature":         {workspace.Sign(credential("signing", version), []byte(body), at)},
		"X-Slack-Request-Timestamp": {at},
	}})
	if status != http.StatusOK {
		s.t.Errorf("a click is answered with %d %q", status, said)
	}
}

// removes asks, approves and holds that it is done, signed with a version of the signing secret.
func (s *gated) removes(version int, all ...town.Leaver) {
	s.t.Helper()
	for _, l := range all {
		if status := s.asks(version, l); status != http.StatusOK {
			s.t.Fatalf("a command is answered with %d", status)
		}
		card := s.card(l.ID)
		s.presses(version, town.Bob, card)
		s.thread(card, "Done")
	}
}
