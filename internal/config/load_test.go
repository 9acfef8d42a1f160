package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
	"offboard/internal/config"
	"offboard/internal/providers"
	"offboard/internal/secret"
)

var update = flag.Bool("update", false, "write the reports into testdata")

// marked is what no report may hold: the value of each secret that the tests write in clear or point to.
const marked = "MARKED"

// environment is what the tests' files may point to.
func environment(name string) string {
	return map[string]string{
		"SLACK_BOT_TOKEN":      "xoxb-" + marked,
		"SLACK_APP_TOKEN":      "xapp-" + marked,
		"SLACK_SIGNING_SECRET": "5" + marked,
		"ECGRID_API_KEY":       "e" + marked,
		"ZITADEL_TOKEN":        "z" + marked,
		"ZITADEL_CLIENT_ID":    "bot@acme",
		"TORII_SECRET_KEY":     "sk_live_" + marked,
		"TWO_LINES":            marked + "\n" + marked,
	}[name]
}

// lay writes the files of an archive into a new folder, those under public/ readable by all, those under group/ by a group, and returns
// offboard.yaml's path.
func lay(t testing.TB, files ...section) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		path, mode := filepath.Join(dir, f.name), os.FileMode(0o600)
		if strings.HasPrefix(f.name, "public/") {
			mode = 0o644
		}
		if strings.HasPrefix(f.name, "group/") {
			mode = 0o440
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f.text), mode); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "offboard.yaml")
}

// report is what a person sees, without the folder.
func report(path string, warnings []config.Warning, err error) string {
	var out strings.Builder
	if err != nil {
		out.WriteString(err.Error() + "\n")
	}
	for _, w := range warnings {
		out.WriteString(w.String() + "\n")
	}
	if out.Len() == 0 {
		return "good\n"
	}
	return strings.ReplaceAll(out.String(), filepath.Dir(path)+"/", "")
}

// TestReports holds every report of testdata against the file it is about.
func TestReports(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range archives {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			a := readArchive(t, name)
			last := len(a.sections) - 1
			path := lay(t, a.sections[:last]...)
			_, warnings, err := config.Load(path, environment, os.ReadFile)
			got := report(path, warnings, err)
			if strings.Contains(got, marked) {
				t.Errorf("the report shows a secret:\n%s", got)
			}
			if *update {
				a.sections[last].text = got
				if err := os.WriteFile(name, []byte(a.String()), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(a.sections[last].text, got); diff != "" {
				t.Errorf("report differs (-want +got; -update writes it anew):\n%s", diff)
			}
		})
	}
}

func load(t *testing.T, text string, more ...section) *config.Config {
	t.Helper()
	return mustLoad(t, lay(t, append(more, section{"offboard.yaml", text})...))
}

func mustLoad(t *testing.T, path string) *config.Config {
	t.Helper()
	c, _, err := config.Load(path, environment, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sameSecret compares secrets by their value, which cmp cannot see.
var sameSecret = cmp.Comparer(func(a, b secret.Source) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Get().Reveal() == b.Get().Reveal())
})

func TestWholeFile(t *testing.T) {
	t.Parallel()
	c := load(t, example)
	want := &config.Config{
		Slack: config.Slack{
			Transport: config.Socket, APIURL: "https://slack.com/api/",
			BotToken: secret.New("xoxb-" + marked), AppToken: secret.New("xapp-" + marked),
			Command: "/offboard", Team: "T0123456", AppID: "A0123456", ApprovalsChannel: "C0APPROVE", AuditChannel: "C0AUDIT",
		},
		HTTP:       config.HTTP{Listen: "127.0.0.1:8080", Drain: 5 * time.Second},
		Journal:    c.Journal, // in a folder of this test
		Requesters: config.People{Users: []string{"U1"}, Groups: []string{"S1"}},
		Approvers:  config.People{Users: []string{"U2"}, Groups: []string{"S2"}},
		Policies: []approvals.Policy{
			{
				Name: "policy 1", Actions: []providers.Action{providers.Delete}, Approvals: 1,
				Expires: 24 * time.Hour, Window: time.Hour, Confirm: approvals.ConfirmDialog, CoolOff: 15 * time.Minute,
			},
			{Name: "policy 2", Approvals: 1, Expires: 24 * time.Hour},
		},
		Protected: []config.Protected{{Name: "protected 1", Email: "ceo@example.com"}, {Name: "protected 2", Provider: "zitadel", ID: "1234567890"}},
		Limits:    config.Limits{PerHour: 20, PerRequesterPerDay: 10},
		Digest:    config.NoDigest,
		Caps: approvals.Caps{
			All:       approvals.Allowance{PerHour: 20, PerDay: 50},
			Requester: approvals.Allowance{PerHour: 5, PerDay: 20},
			Approver:  approvals.Allowance{PerHour: 10, PerDay: 20},
			Pair:      approvals.Allowance{PerHour: 10, PerDay: 20},
		},
		Providers: []config.Provider{
			{
				Name: "ecgrid", Type: config.ECGrid, URL: "https://rest.ecgrid.io", Action: providers.Delete,
				APIKey: secret.New("e" + marked),
			},
			{
				Name: "zitadel", Type: config.ZITADEL, URL: "https://id.example.com", Action: providers.Deactivate,
				Token: secret.New("z" + marked), DeleteAPI: config.DeleteV2,
			},
			{
				Name: "torii", Type: config.Torii, URL: "https://api.torii.so", Action: providers.Delete,
				SecretKey: secret.New("sk_live_" + marked), Environment: "0193f0a1-0000-7000-8000-000000000000",
			},
		},
	}
	if diff := cmp.Diff(want, c, sameSecret); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if filepath.Base(c.Journal.File) != "offboard.db" || !filepath.IsAbs(c.Journal.File) {
		t.Errorf("the journal is not beside the file: %s", c.Journal.File)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c := load(t, minimal)
	if c.Slack.APIURL != "https://slack.com/api/" || c.Slack.Command != "/offboard" || c.HTTP.Listen != "127.0.0.1:8080" {
		t.Errorf("slack, http: %+v %+v", c.Slack, c.HTTP)
	}
	if c.Writes || c.Policies != nil || c.Protected != nil || c.Limits != (config.Limits{PerHour: 20, PerRequesterPerDay: 10}) ||
		c.Digest != config.WeeklyDigest {
		t.Errorf("the rest: %+v", c)
	}
	if a := c.Providers[0].Action; a != providers.Deactivate {
		t.Errorf("the default action is %s, not the one that can be undone", a)
	}
}
