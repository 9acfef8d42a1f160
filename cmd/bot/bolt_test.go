package main

import (
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"offboard/internal/sandbox/town"
)

// An app that is not ours, written with Slack's own Bolt for JavaScript, works in the workspace as it is, over both transports: a command, a card, a menu, a
// thread, a form with what is wrong in it, a click and what it changes; what is said, a mention, a reaction, and the Home tab.
func TestBoltInTheWorkspace(t *testing.T) {
	t.Parallel()
	fetch, why := exec.Command("../../scripts/bolt"), &strings.Builder{}
	fetch.Stderr = why
	modules, err := fetch.Output()
	if err != nil {
		t.Fatalf("Bolt could not be had (scripts/setup installs node and npm on Debian): %v\n%s", err, why)
	}
	for _, transport := range []string{"socket", "http"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			port, args := 0, []string(nil)
			if transport == "http" {
				port = freePort(t)
				args = []string{"--app-url", "http://127.0.0.1:" + strconv.Itoa(port) + "/slack/events"}
			}
			v, printed := openWorkspace(t, args...)
			said := &tape{}
			app := exec.CommandContext(v.ctx, "node", "testdata/bolt/app.js", printed("Slack's API"), printed("bot token"),
				printed("app token (Socket Mode)"), printed("signing secret (HTTP)"), transport, strconv.Itoa(port))
			app.Env = append(os.Environ(), "NODE_PATH="+strings.TrimSpace(string(modules)))
			app.Stdout, app.Stderr = said, said
			if err := app.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				_ = app.Process.Kill()
				_ = app.Wait()
				if text := said.text(); t.Failed() || strings.Contains(text, "ERROR") {
					t.Errorf("Bolt says:\n%s", text)
				}
			})
			await(v.ctx, t, said, "UP")
			useBolt(v)
			useBoltFiles(v)
			hearEvents(v)
			visitHome(v)
			useBoltMenus(v)
		})
	}
}

// useBolt does what people would do with the app.
func useBolt(v visitor) {
	v.t.Helper()
	v.do("type", map[string]any{"as": town.Alice, "channel": town.General, "text": "/card hello & <b>"})
	v.until(town.Alice, "the command is answered privately", privately("working on it"))
	var card shownMessage
	v.until(town.Bob, "the card stands there", func(s seen) bool {
		all := s.messages(town.General)
		if len(all) == 1 {
			card = all[0]
		}
		return len(all) == 1
	})
	press := func(action, value string) {
		v.do("press", map[string]any{"as": town.Bob, "channel": town.General, "ts": card.TS, "block": "b", "action": action, "value": value})
	}
	replied := func(words string) func(seen) bool {
		return func(s seen) bool {
			for _, r := range s.messages(town.General)[0].Replies {
				if r.Text == words {
					return true
				}
			}
			return false
		}
	}
	press("pick", "1")
	v.until(town.Bob, "the thread says what was picked", replied("picked 1"))
	press("ask", "")
	form := v.until(town.Bob, "the form opens", func(s seen) bool { return len(s.Views) == 1 }).Views[0].ID
	submit := func(name string) {
		v.do("submit", map[string]any{"as": town.Bob, "view": form, "values": map[string]string{"name": name}})
	}
	submit("ann")
	v.until(town.Bob, "the form says what is wrong", func(s seen) bool { return len(s.Views) == 1 && s.Views[0].Errors["name"] == "not ann" })
	submit("bea")
	v.until(town.Bob, "what was submitted is told", func(s seen) bool {
		all := s.messages(town.General)
		return len(s.Views) == 0 && all[len(all)-1].Text == "bob wrote bea"
	})
	press("go", "1")
	v.until(town.Bob, "the click is told in the thread", replied("in the thread"))
	v.until(town.Bob, "the card has changed", func(s seen) bool {
		return strings.Contains(string(s.messages(town.General)[0].Blocks), "Pressed by")
	})
	v.until(town.Bob, "the click is answered privately", privately("only for you"))
}

// freePort is a port that was free a moment ago.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}
