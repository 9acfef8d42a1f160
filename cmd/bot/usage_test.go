package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// said runs one command line to its end and returns what it said.
func said(t *testing.T, getenv func(string) string, args ...string) (code int, text string) {
	t.Helper()
	var out bytes.Buffer
	code = run(t.Context(), args, getenv, &out, &out)
	return code, out.String()
}

// TestUsage: what people type wrongly is answered with one line that says what to do, and a code that scripts can tell apart.
func TestUsage(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]struct {
		code int
		text string
	}{
		"":                              {exitUsage, "bot --help"},
		"nonsense":                      {exitUsage, "nonsense"},
		"serve --nope":                  {exitUsage, "--nope"},
		"audit":                         {exitUsage, "verify"},
		"check --config":                {exitUsage, "--config"},
		"check --config /nowhere/x.y":   {exitFault, "name another with --config"},
		"serve --config /nowhere/x.y":   {exitFault, "name another with --config"},
		"manifest --url=":               {exitFault, "https://offboard.example.com"},
		"manifest --url http://x":       {exitFault, "must be https"},
		"manifest more":                 {exitUsage, "more"},
		"sandbox --listen nowhere":      {exitFault, "127.0.0.1:8088"},
		"sandbox --listen 0.0.0.0:8088": {exitFault, "loopback only"},
	} {
		code, text := said(t, os.Getenv, strings.Fields(line)...)
		if code != want.code || !strings.Contains(text, want.text) || strings.Count(text, "\n") > 2 {
			t.Errorf("%q ends with %d and says %q; want %d and %q", line, code, text, want.code, want.text)
		}
	}
}

// TestVerifyMakesNoJournal: a journal that is not where the configuration says is no journal that is whole.
func TestVerifyMakesNoJournal(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{later: true})
	code, text := said(t, s.getenv, "audit", "verify", "--config", s.file)
	if code != exitFault || !strings.Contains(text, "no journal") || !strings.Contains(text, "offboard.db") {
		t.Errorf("it ends with %d and says %q", code, text)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "offboard.db")); err == nil {
		t.Error("it made a journal")
	}
}

// TestStoppedWhileWaitingForSlack: whoever stops a bot that still waits is told of no fault.
func TestStoppedWhileWaitingForSlack(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{later: true, before: func(tw *town.Town) {
		tw.Slack.Fault(workspace.Fault{Method: "auth.test", Kind: workspace.FaultStatus})
	}})
	s.launch()
	s.until("the bot says that it waits", func() bool { return len(s.out.entries("slack cannot be asked yet")) > 0 })
	if code := s.stop(); code != 0 || strings.Contains(s.out.text(), "bot: ") {
		t.Errorf("it ended with %d", code)
	}
}

// TestFirstLookAtProviders: a credential that opens nothing is in the log before anybody asks, and does not keep the bot from starting.
func TestFirstLookAtProviders(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{later: true})
	s.env["ECGRID_API_KEY"] = "not-the-key"
	s.start()
	const msg = "a provider cannot be used now"
	s.until("the bot says so", func() bool { return len(s.out.entries(msg)) > 0 })
	if code := s.stop(); code != 0 {
		t.Errorf("the bot ended with %d", code)
	}
	told := s.out.entries(msg)
	if len(told) != 1 || told[0]["provider"] != "ecgrid" || strings.Contains(s.out.text(), "not-the-key") {
		t.Errorf("it said %v", told)
	}
}

// TestSandboxTypesAsSlackDoes: the manifest says should_escape, so what is typed in the sandbox arrives like that: mentions as ids, and
// & < > escaped.
func TestSandboxTypesAsSlackDoes(t *testing.T) {
	t.Parallel()
	s := overSocket(t, props{})
	s.took(s.slack.Command(s.ctx, town.Alice, town.General, town.Command, "@nadia provider:ecgrid"))
	s.told(town.Alice, "Nobody was found for nadia@example.com")
	s.took(s.slack.Command(s.ctx, town.Alice, town.General, town.Command, town.Dana.Email+" provider:ecgrid reason:R&amp;D <b>"))
	s.until("the audit channel is told the reason", func() bool { return len(s.audited("R&amp;amp;D &lt;b&gt;")) > 0 })
}
