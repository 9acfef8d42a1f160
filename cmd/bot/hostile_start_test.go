package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// wontStart holds that the bot ends by itself, non-zero, with one line that says why, and does nothing else.
func (s *stage) wontStart(words ...string) {
	s.t.Helper()
	s.launch()
	if code := s.ended(); code == 0 {
		s.t.Error("the bot ended with 0")
	}
	lines := slices.Collect(strings.Lines(s.out.text()))
	if len(lines) != 1 || !strings.HasPrefix(lines[0], "bot: ") {
		s.t.Errorf("it wrote %d lines, not one: %q", len(lines), lines)
	}
	for _, w := range words {
		if !strings.Contains(s.out.text(), w) {
			s.t.Errorf("it did not say %q: %s", w, s.out.text())
		}
	}
	if n := len(s.slack.Calls("chat.postMessage")); n != 0 {
		s.t.Errorf("%d messages were posted", n)
	}
}

// What only a person can mend ends the start, with one line.
func TestHostileStartRefused(t *testing.T) {
	t.Parallel()
	channel := func(id string, change func(*workspace.Channel)) func(*town.Town) {
		return func(tw *town.Town) { tw.Slack.ChangeChannel(id, change) }
	}
	meets := func(f workspace.Fault) func(*town.Town) { return func(tw *town.Town) { tw.Slack.Fault(f) } }
	refuses := func(method, code string) func(*town.Town) {
		return meets(workspace.Fault{Method: method, Kind: workspace.FaultRefuse, Error: code})
	}
	archived := func(c *workspace.Channel) { c.Archived = true }
	left := func(c *workspace.Channel) { c.Members = nil }
	for name, x := range map[string]struct {
		p     props
		words []string
	}{
		"invalid_auth":       {props{before: refuses("auth.test", "invalid_auth")}, []string{"slack.bot_token", "invalid_auth"}},
		"account_inactive":   {props{before: refuses("auth.test", "account_inactive")}, []string{"account_inactive"}},
		"token_revoked":      {props{before: refuses("auth.test", "token_revoked")}, []string{"token_revoked"}},
		"missing_scope":      {props{before: refuses("conversations.info", "missing_scope")}, []string{"missing_scope", "manifest"}},
		"shared outside":     {props{before: channel(town.Approvals, func(c *workspace.Channel) { c.ExtShared = true })}, []string{town.Approvals, "shared"}},
		"about to be shared": {props{before: channel(town.Approvals, func(c *workspace.Channel) { c.PendingExtShared = true })}, []string{town.Approvals}},
		"approvals archived": {props{before: channel(town.Approvals, archived)}, []string{town.Approvals, "archived"}},
		"audit archived":     {props{before: channel(town.Audit, archived)}, []string{town.Audit, "archived"}},
		"not in approvals":   {props{before: channel(town.Approvals, left)}, []string{town.Approvals, "/invite"}},
		"not in audit":       {props{before: channel(town.Audit, left)}, []string{town.Audit, "/invite"}},
		"no such channel":    {props{edit: []string{"audit_channel: C0AUDIT", "audit_channel: C0NOWHERE"}}, []string{"C0NOWHERE"}},
		"another team":       {props{edit: []string{"team: T0LOCAL", "team: T0OTHER"}}, []string{"T0OTHER", "T0LOCAL"}},
		"no app is known":    {props{before: refuses("bots.info", "bot_not_found")}, []string{"slack.app_id"}},
		"an app of no name":  {props{before: meets(workspace.Fault{Method: "bots.info", Kind: workspace.FaultOKWithNothing})}, []string{"slack.app_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x.p.later = true
			newStage(t, x.p).wontStart(x.words...)
		})
	}
	t.Run("a wrong token", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, props{later: true})
		s.env["SLACK_BOT_TOKEN"] = "xoxb-another"
		s.wontStart("slack.bot_token", "invalid_auth")
	})
}

// A configuration with faults asks nobody anything.
func TestHostileConfiguration(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		edit  []string
		unset string
		words []string
	}{
		"no approvers":       {[]string{"approvers: {groups: [S0APPROVERS]}", "approvers: {}"}, "", []string{"approvers"}},
		"an unknown key":     {[]string{"writes: true", "write: true"}, "", []string{`"write"`, "yaml:13:1"}},
		"a secret in clear":  {[]string{"env:ECGRID_API_KEY", "local-key-in-clear"}, "", []string{"api_key"}},
		"an empty secret":    {nil, "SLACK_SIGNING_SECRET", []string{"SLACK_SIGNING_SECRET"}},
		"an unset secret":    {nil, "ECGRID_API_KEY", []string{"ECGRID_API_KEY"}},
		"not YAML":           {[]string{"slack:\n", "slack: [\n"}, "", nil},
		"a negative timeout": {[]string{"timeout: 2s", "timeout: -2s"}, "", []string{"timeout"}},
		"plain http":         {[]string{`"http://127.0.0.1`, `"http://idp.example.com`}, "", []string{"https"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{later: true, edit: x.edit})
			if x.unset != "" {
				delete(s.env, x.unset)
			}
			s.launch()
			if code := s.ended(); code == 0 {
				t.Error("the bot ended with 0")
			}
			for _, w := range x.words {
				if !strings.Contains(s.out.text(), w) {
					t.Errorf("it did not say %q: %s", w, s.out.text())
				}
			}
			if strings.Contains(s.out.text(), "local-key-in-clear") {
				t.Errorf("it printed the secret: %s", s.out.text())
			}
			if n := len(s.slack.Calls("")); n != 0 {
				t.Errorf("Slack was called %d times", n)
			}
		})
	}
}

// A second bot on the same journal, and one whose address is taken, say so; the first one goes on.
func TestHostileSecondBot(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	for name, listen := range map[string]string{"the same journal": "127.0.0.1:0", "the same address": strings.TrimPrefix(s.base, "http://")} {
		second := newStage(t, props{later: true, listen: listen, edit: []string{"journal: file:", "journal: file:" + s.dir + "/offboard.db #"}})
		second.launch()
		if code := second.ended(); code == 0 || strings.Count(second.out.text(), "\n") != 1 {
			t.Errorf("%s: ended with %d and wrote %q, not one line", name, code, second.out.text())
		}
	}
	card := s.ask(town.Dana, "")
	s.press(town.Bob, card, "approve")
	s.thread(card, "Done")
}

// Slack in trouble at the start is waited out: alive, not ready, then ready.
func TestHostileStartWaits(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]workspace.Fault{
		"500":                  {Method: "auth.test", Kind: workspace.FaultStatus},
		"429":                  {Method: "auth.test", Kind: workspace.FaultThrottle, RetryAfter: 1},
		"429 without a word":   {Method: "auth.test", Kind: workspace.FaultThrottle},
		"cut":                  {Method: "auth.test", Kind: workspace.FaultCut},
		"a page":               {Method: "auth.test", Kind: workspace.FaultHTML},
		"service_unavailable":  {Method: "auth.test", Kind: workspace.FaultRefuse, Error: "service_unavailable"},
		"429 at the channels":  {Method: "conversations.info", Kind: workspace.FaultThrottle, RetryAfter: 1},
		"500 at the channels":  {Method: "conversations.info", Kind: workspace.FaultStatus},
		"500 at the bot's app": {Method: "bots.info", Kind: workspace.FaultStatus},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{later: true, before: func(tw *town.Town) { tw.Slack.Fault(f) }})
			s.launch()
			s.until("the bot says that it waits", func() bool { return len(s.out.entries("slack cannot be asked yet")) > 0 })
			listen, _ := s.out.entries("slack cannot be asked yet")[0]["listen"].(string)
			s.base = "http://" + listen
			for path, want := range map[string]int{"/readyz": 503, "/healthz": 200, commandsPath: 503} {
				h := hand{method: http.MethodGet, path: path}
				if path == commandsPath {
					h = hand{path: path, body: s.command(town.Alice, "help")}
				}
				if status, answer := s.send(h); status != want {
					t.Errorf("%s answers %d %q, not %d", path, status, answer, want)
				}
			}
			s.slack.ClearFaults()
			s.ready(0)
			if status := s.readiness(); status != http.StatusOK {
				t.Errorf("ready, and /readyz answers %d", status)
			}
		})
	}
}

// A bot token that Slack refuses later ends the process as well: nothing may be done that nobody could be told. One refusal that Slack
// does not repeat ends nothing.
func TestHostileTokenRefusedLater(t *testing.T) {
	t.Parallel()
	for name, socket := range map[string]bool{"http": false, "socket": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{socket: socket})
			if socket {
				s.until("two sockets are open", func() bool { return s.slack.OpenSockets() >= 2 })
			} else {
				s.slack.UseHTTP(endpoints(strings.TrimPrefix(s.base, "http://")))
			}
			refuses := func(method string, times int) {
				s.slack.Fault(workspace.Fault{Method: method, Kind: workspace.FaultRefuse, Error: "token_revoked", Times: times})
			}
			refuses("users.info", 1)
			s.took(s.slack.Command(s.ctx, town.Alice, town.General, "/offboard", "list"))
			s.told(town.Alice, "cannot check who you are")
			s.took(s.slack.Command(s.ctx, town.Alice, town.General, "/offboard", town.Dana.Email))
			card := s.card(town.Dana.ID)
			refuses("", 0)
			if _, err := s.slack.Click(s.ctx, town.Bob, card.Channel, card.TS, "approve"); err != nil {
				t.Fatal(err)
			}
			if code := s.ended(); code == 0 {
				t.Error("the bot ended with 0")
			}
			s.lastLine("token_revoked")
			s.lastLine("slack.bot_token")
			s.uncalled(town.Dana)
		})
	}
}

// lastLine holds that the last thing that was written is one plain line that names the cause.
func (s *stage) lastLine(cause string) {
	s.t.Helper()
	var plain []string
	for line := range strings.Lines(s.out.text()) {
		if !strings.HasPrefix(line, "{") {
			plain = append(plain, line)
		}
	}
	if len(plain) != 1 || !strings.HasPrefix(plain[0], "bot: ") || !strings.Contains(plain[0], cause) {
		s.t.Errorf("it said %q, not one line with %s", plain, cause)
	}
}
