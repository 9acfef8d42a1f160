package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/town"
)

// What the page says of the configuration is what the sandbox's bot is configured to do, and the file that it shows holds no secret.
func TestThePageSaysWhatIsConfigured(t *testing.T) {
	t.Parallel()
	tw, err := town.Open(t.Context(), "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	c := &sandboxCmd{Writes: true}
	a, err := c.bot(tw, c.settings(t.TempDir()), slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		if err := tw.Close(); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.listen.slack.Close() })
	all, two, slow := a.cfg.Policies[0], a.cfg.Policies[1], a.cfg.Policies[2]
	for what, ok := range map[string]bool{
		"one approval, 24 hours, a window of an hour": all.Approvals == 1 && all.Expires == 24*time.Hour && all.Window == time.Hour && len(all.Providers) == 0,
		"zitadel-v1 deactivates with two":             two.Approvals == 2 && two.Providers[0] == "zitadel-v1" && two.Actions[0] == "deactivate",
		"zitadel-v1 cools off for admins":             slow.CoolOff == 10*time.Minute && slow.Providers[0] == "zitadel-v1" && *slow.Admin && len(slow.Actions) == 0,
		"the seventh of an approver is held":          a.cfg.Caps.Approver.PerHour == 6,
		"ten times a day":                             a.cfg.Limits.PerRequesterPerDay == 10,
		"there is nothing else":                       len(a.cfg.Policies) == 3 && len(town.Rules()) == 6,
	} {
		if !ok {
			t.Errorf("it is not so: %s", what)
		}
	}
	yaml, secrets := tw.Configured(), 0
	if !strings.Contains(yaml, "cool_off: 10m") {
		t.Errorf("the page shows another file:\n%s", yaml)
	}
	_, env := tw.Config(town.Settings{})
	for name, value := range env {
		secrets++
		if value == "" || strings.Contains(yaml, value) {
			t.Errorf("the page shows %s", name)
		}
	}
	if secrets < 6 {
		t.Errorf("only %d secrets were looked for", secrets)
	}
}
