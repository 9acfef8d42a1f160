package manifest_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"offboard/internal/manifest"
)

var update = flag.Bool("update", false, "write manifest.yml anew")

const atRoot = "../../manifest.yml"

func TestRootFile(t *testing.T) {
	t.Parallel()
	if *update {
		if err := os.WriteFile(atRoot, manifest.Socket(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(atRoot)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(manifest.Socket()), string(got)); diff != "" {
		t.Errorf("manifest.yml is not the generated one (-want +got; -update writes it anew):\n%s", diff)
	}
}

// app is what the manifest may hold; any other key is an error.
type app struct {
	Display struct {
		Name, Description string
		Colour            string `yaml:"background_color"`
	} `yaml:"display_information"`
	Features struct {
		Home struct {
			Home     bool `yaml:"home_tab_enabled"`
			Messages bool `yaml:"messages_tab_enabled"`
			ReadOnly bool `yaml:"messages_tab_read_only_enabled"`
		} `yaml:"app_home"`
		BotUser struct {
			Name   string `yaml:"display_name"`
			Online bool   `yaml:"always_online"`
		} `yaml:"bot_user"`
		Commands []struct {
			Command, URL, Description string
			Usage                     string `yaml:"usage_hint"`
			Escape                    bool   `yaml:"should_escape"`
		} `yaml:"slash_commands"`
	}
	OAuth struct {
		Scopes struct{ Bot []string }
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			URL string `yaml:"request_url"`
		} `yaml:"event_subscriptions"`
		Interactivity struct {
			Enabled bool   `yaml:"is_enabled"`
			URL     string `yaml:"request_url"`
		}
		Org      bool `yaml:"org_deploy_enabled"`
		Socket   bool `yaml:"socket_mode_enabled"`
		Rotation bool `yaml:"token_rotation_enabled"`
	}
}

func parse(t *testing.T, text []byte) app {
	t.Helper()
	var a app
	if err := yaml.UnmarshalWithOptions(text, &a, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSocket(t *testing.T) {
	t.Parallel()
	a := parse(t, manifest.Socket())
	if !a.Settings.Socket || !a.Settings.Interactivity.Enabled || a.Settings.Org || a.Settings.Rotation {
		t.Errorf("settings: %+v", a.Settings)
	}
	if c := a.Features.Commands; len(c) != 1 || c[0].Command != "/offboard" || !c[0].Escape || c[0].URL != "" {
		t.Errorf("commands: %+v", c)
	}
	least := []string{
		"channels:history", "channels:read", "chat:write", "commands", "groups:history", "groups:read",
		"usergroups:read", "users:read", "users:read.email",
	}
	if diff := cmp.Diff(least, a.OAuth.Scopes.Bot); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
	if slices.Contains(a.OAuth.Scopes.Bot, manifest.AppScope) {
		t.Error("the manifest holds an app-level scope, which Slack refuses")
	}
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	text, err := manifest.HTTP("https://bot.example.com:8443/")
	if err != nil {
		t.Fatal(err)
	}
	a := parse(t, text)
	got := []string{a.Features.Commands[0].URL, a.Settings.Interactivity.URL, a.Settings.Events.URL}
	want := []string{
		"https://bot.example.com:8443/slack/commands",
		"https://bot.example.com:8443/slack/interactions",
		"https://bot.example.com:8443/slack/events",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("URLs (-want +got):\n%s", diff)
	}
	if a.Settings.Socket {
		t.Error("Socket Mode is on: Slack would not use the URLs")
	}
	if socket := parse(t, manifest.Socket()); !slices.Equal(socket.OAuth.Scopes.Bot, a.OAuth.Scopes.Bot) {
		t.Error("the two manifests differ in their scopes")
	}
}

func TestHTTPRefuses(t *testing.T) {
	t.Parallel()
	for _, base := range []string{
		"", "bot.example.com", "http://bot.example.com", "https://", "https://u:p@bot.example.com", "https://bot.example.com/slack",
		"https://bot.example.com?x", "https://bot.example.com/#", "https:bot.example.com", "https://bot.example.com\nx: y", "https://a b",
		"https://bot.example.com/%zz", `https://bot"x`,
	} {
		if text, err := manifest.HTTP(base); err == nil {
			t.Errorf("%q gave a manifest:\n%s", base, text)
		} else if strings.Contains(err.Error(), "u:p") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}
