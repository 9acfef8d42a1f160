package main

import (
	"fmt"
	"net/http"
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
