package main

import (
	"fmt"
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

	"offboard/internal/journal/redis/redistest"
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

// Every secret is exchanged while the bot runs: by a new file, and by one whose content alone has changed, which a refusal finds out.
func TestRotation(t *testing.T) {
	t.Parallel()
	s := newGated(t, props{})
	if code, text := said(t, s.getenv, "check", "--config", s.stage.file); code != 0 ||
		!strings.Contains(text, "Read again when their file changes: slack.bot_token slack.signing_secret providers.ecgrid.api_key") {
		t.Errorf("check ends with %d and says %s", code, text)
	}
	s.start()
	s.removes(1, town.Dana)
	kinds := []string{"bot", "signing", "ecgrid", "zitadel", "torii"}
	for _, kind := range kinds {
		s.exchange(kind, 2)
	}
	if status := s.asks(1, town.Kim); status != http.StatusUnauthorized {
		t.Errorf("the old signing secret is answered with %d", status)
	}
	s.removes(2, town.Rosa, town.Omar, town.Jonas)
	for _, kind := range kinds {
		name := map[string]string{"bot": "slack.bot_token", "signing": "slack.signing_secret", "ecgrid": "providers.ecgrid.api_key",
			"zitadel": "providers.zitadel.token", "torii": "providers.torii.secret_key"}[kind]
		s.until("it is logged that "+name+" was read again", func() bool {
			return slices.ContainsFunc(s.out.entries("a secret was read again from its file"), func(e map[string]any) bool { return e["secret"] == name })
		})
	}
	s.until("a second has passed since the files were read", func() bool { return s.aged(kinds...) })
	for _, kind := range kinds {
		s.overwrite(kind, 3)
		if g := s.gate(kind); g != nil {
			g.accept(credential(kind, 3))
		}
	}
	s.removes(3, town.Lin, town.Kim)
	for name, g := range s.at {
		if refused, _ := g.count(http.MethodDelete); refused != 0 {
			t.Errorf("%s: %d writes left with an old secret, although reads had been refused before", name, refused)
		}
	}
	if code := s.stop(); code != 0 {
		t.Errorf("the bot ended with %d", code)
	}
	for version := 1; version <= 3; version++ {
		for _, kind := range kinds {
			if strings.Contains(s.out.text(), credential(kind, version)) {
				t.Errorf("the log has the secret %s", kind)
			}
		}
	}
}

// aged reports whether the files are older than what a refusal leaves alone.
func (s *gated) aged(kinds ...string) bool {
	for _, kind := range kinds {
		info, err := os.Stat(s.file(kind))
		if err != nil || time.Since(info.ModTime()) < 2*time.Second {
			return false
		}
	}
	return true
}

// A secret is exchanged after the begin of a call is on record. What has the new secret in time is done. A call that was refused is not made again by
// itself, although the new secret is at hand: it is told as not done, and people ask anew.
func TestRotationBetweenBeginAndCall(t *testing.T) {
	t.Parallel()
	for _, d := range deeds() {
		if d.action == "deactivate" || d.provider == "zitadel-v1" {
			continue
		}
		for _, refused := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/refused %t", d.name, refused), func(t *testing.T) {
				t.Parallel()
				s := newGated(t, props{})
				s.start()
				g := s.at[d.at]
				if status, _ := s.askFor(d); status != http.StatusOK {
					t.Fatal(status)
				}
				card := s.card(d.leaver.ID)
				var once sync.Once
				g.onRequest(func(r *http.Request) {
					if r.Method != http.MethodDelete || strings.Contains(r.URL.Path, "sessions") {
						return
					}
					once.Do(func() {
						s.put(d.at, 2)
						if refused {
							g.accept(credential(d.at, 2)) // the call comes with the old one
						}
					})
				})
				s.presses(1, town.Bob, card)
				if !refused {
					s.thread(card, "Done")
					g.accept(credential(d.at, 2))
				} else {
					s.thread(card, "Not done")
					s.until("all is told", func() bool { return len(s.audited("OFF-1", " completed ")) == 1 })
					if n, passed := g.count(http.MethodDelete); n != 1 || passed != 0 {
						t.Errorf("%d calls were refused and %d passed; want 1 and none", n, passed)
					}
					if r := s.town.Record(d.at, d.leaver.ID); r.State != d.before {
						t.Errorf("the account is %+v", r)
					}
					if status, _ := s.askFor(d); status != http.StatusOK {
						t.Fatal(status)
					}
					s.until("there is a second card", func() bool { return len(s.cards(d.leaver.ID)) > 1 })
					second := s.card(d.leaver.ID)
					s.presses(1, town.Bob, second)
					s.thread(second, "Done")
				}
				s.stop()
				if r := s.town.Record(d.at, d.leaver.ID); r.State != d.after || r.Writes != 1 {
					t.Errorf("the account is %+v", r)
				}
			})
		}
	}
}

func (s *gated) askFor(d deed) (int, string) {
	s.t.Helper()
	body := s.command(town.Alice, d.leaver.Email+" provider:"+d.provider+" action:"+d.action)
	at := strconv.FormatInt(time.Now().Unix(), 10)
	return s.send(hand{path: commandsPath, body: body, header: http.Header{
		"X-Slack-Signature": {workspace.Sign(credential("signing", 1), []byte(body), at)}, "X-Slack-Request-Timestamp": {at},
	}})
}

// The app token is exchanged while sockets are open: the next connections are asked for with the new one.
func TestRotationOfTheAppToken(t *testing.T) {
	t.Parallel()
	s := newGated(t, props{socket: true})
	s.start()
	s.until("two sockets are open", func() bool { return s.stage.slack.OpenSockets() >= 2 })
	s.until("a second has passed since the file was read", func() bool { return s.aged("app") })
	s.overwrite("app", 2)
	s.sockets.accept(credential("app", 2))
	s.stage.slack.Cut()
	s.until("a socket is open again", func() bool { return s.stage.slack.OpenSockets() > 0 })
	if refused, _ := s.sockets.count(http.MethodPost); refused == 0 {
		t.Error("the old token was never refused")
	}
	s.took(s.stage.slack.Command(s.ctx, town.Alice, town.General, "/offboard", town.Dana.Email))
	card := s.card(town.Dana.ID)
	s.took(s.stage.slack.Click(s.ctx, town.Bob, card.Channel, card.TS, "approve"))
	s.thread(card, "Done")
}

// The bot ends on a refused token only where the file has no other, or the other is refused too.
func TestRotationThatFails(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"bot", "app"} {
		for _, another := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/another %t", kind, another), func(t *testing.T) {
				t.Parallel()
				s := newGated(t, props{socket: true})
				s.start()
				s.until("two sockets are open", func() bool { return s.stage.slack.OpenSockets() >= 2 })
				if another {
					s.put(kind, 3)
				}
				s.gate(kind).accept(credential(kind, 2))
				if kind == "app" {
					s.stage.slack.Cut()
				} else {
					_, _ = s.stage.slack.Command(s.ctx, town.Alice, town.General, "/offboard", town.Dana.Email)
				}
				if code := s.ended(); code == 0 {
					t.Error("the bot ended with 0")
				}
				s.lastLine("slack." + kind + "_token")
			})
		}
	}
}

// A file that others may read, or that cannot be read at all, leaves the secret as it was: the bot goes on, and the log and readiness say so until the
// file is mended.
func TestRotationFaultyFile(t *testing.T) {
	t.Parallel()
	s := newGated(t, props{})
	s.start()
	const key = "providers.ecgrid.api_key"
	for i, spoil := range []struct {
		how  func(path string) error
		says string
		l    town.Leaver
	}{
		{func(path string) error { return os.Chmod(path, 0o644) }, "mode 0644", town.Dana},
		{os.Remove, "no such file", town.Rosa},
	} {
		if err := spoil.how(s.stage.path("ecgrid.secret")); err != nil {
			t.Fatal(err)
		}
		status, said := s.get(s.base + "/readyz")
		if status != http.StatusOK || !strings.Contains(said, key) || !strings.Contains(said, spoil.says) {
			t.Errorf("readiness: %d %q", status, said)
		}
		told := s.out.entries("the file of a secret cannot be used, so the secret is still the older one")
		if len(told) != i+1 || !strings.Contains(fmt.Sprint(told[i]["error"]), spoil.says) {
			t.Errorf("the log says %v", told)
		}
		s.removes(1, spoil.l)
		s.exchange("ecgrid", 2+i)
		if status, said := s.get(s.base + "/readyz"); status != http.StatusOK || said != "ready\n" {
			t.Errorf("readiness of the mended: %d %q", status, said)
		}
	}
}

// path is a file beside the configuration.
func (s *stage) path(name string) string { return filepath.Join(s.dir, name) }

// The other ways to sign in at ZITADEL are exchanged too: a client's secret, and a key file.
func TestRotationAtZITADEL(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"client_secret", "key_file"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{later: true})
			accounts := s.town.Accounts("zitadel")
			bot := accounts[len(accounts)-1].ID
			made := 0
			exchange := func() {
				made++
				s.town.ZITADEL.RevokeTokens(bot)
				text := []byte("client-secret-" + strconv.Itoa(made))
				if way == "client_secret" {
					s.town.ZITADEL.AddClient(bot, "the-client", string(text))
				} else {
					var err error
					if text, err = s.town.ZITADEL.NewKey(bot, "the-key"); err != nil {
						t.Fatal(err)
					}
				}
				if err := os.WriteFile(s.path("z.new"), text, 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Rename(s.path("z.new"), s.path("z.secret")); err != nil {
					t.Fatal(err)
				}
			}
			exchange()
			s.rewrite("token: env:ZITADEL_TOKEN", map[string]string{
				"client_secret": "client_id: the-client, client_secret: file:z.secret", "key_file": "key_file: z.secret",
			}[way])
			s.start()
			for _, l := range []town.Leaver{town.Omar, town.Lin} {
				card := s.ask(l, "provider:zitadel action:delete")
				s.press(town.Bob, card, "approve")
				s.thread(card, "Done")
				exchange()
			}
		})
	}
}

// Redis gets another password while the bot runs, and closes every connection: reads go on with the new one, and what people do is recorded.
func TestRotationAtRedis(t *testing.T) {
	t.Parallel()
	s, server := onRedis(t, props{}, append(redistest.Durable(), "--user", "bot", "on", ">password-1", "~*", "&*", "+@all")...)
	put := func(version string) {
		if err := os.WriteFile(s.path("redis.secret"), []byte("password-"+version), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("1")
	s.rewrite("journal: redis://"+server.Addr(), "journal: {url: \"redis://"+server.Addr()+"\", username: bot, password: file:redis.secret}")
	s.start()
	card := s.ask(town.Dana, "")
	server.Must(t, "ACL", "SETUSER", "bot", "resetpass", ">password-2")
	put("2")
	server.Must(t, "CLIENT", "KILL", "USER", "bot")
	s.until("it is ready", func() bool { return s.readiness() == http.StatusOK })
	s.press(town.Bob, card, "approve")
	s.thread(card, "Done")
	s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
	s.onceDone(card.TS)
}
