package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFilesAreReadAgain: by the rules of the start. What those refuse leaves the secret as it was, and is told without the secret.
func TestFilesAreReadAgain(t *testing.T) {
	t.Parallel()
	key := keyFile(t)
	text := strings.Replace(minimal, "env:SLACK_BOT_TOKEN", "file:bot", 1) +
		"  us: {type: zitadel, url: \"https://id.example.com/\", key_file: key.json}\n" +
		"  uk: {type: zitadel, url: \"https://id.example.com/\", client_id: file:id, client_secret: env:ZITADEL_TOKEN}\n"
	path := lay(t, section{"bot", "xoxb-1\n"}, section{"key.json", key}, section{"id", "the-client"}, section{"offboard.yaml", text})
	c := mustLoad(t, path)
	var names []string
	for _, f := range c.Files {
		names = append(names, f.Name())
	}
	if got := strings.Join(names, " "); got != "slack.bot_token providers.us.key_file providers.uk.client_id" {
		t.Fatalf("files: %s", got)
	}
	beside := func(name string) string { return filepath.Join(filepath.Dir(path), name) }
	for _, step := range []struct {
		file, text string
		mode       os.FileMode
		want       string // of the bot token
		trouble    string
	}{
		{"bot", "xoxb-2\n", 0o600, "xoxb-2", ""},
		{"bot", "xoxb-3", 0o644, "xoxb-2", "others than its owner may use (mode 0644)"},
		{"bot", "xoxb-3", 0o440, "xoxb-3", ""},
		{"bot", "MARKED MARKED", 0o600, "xoxb-3", "blanks"},
		{"bot", "", 0o600, "xoxb-3", "empty file"},
		{"bot", strings.Repeat("x", 1<<17), 0o600, "xoxb-3", "more than 64 KiB"},
		{"bot", "xoxb-4", 0o600, "xoxb-4", ""},
	} {
		replace(t, beside(step.file), step.text, step.mode)
		if got := c.Slack.BotToken.Get().Reveal(); got != step.want {
			t.Errorf("%q, %o: the token is %q", step.text, step.mode, got)
		}
		says := fmt.Sprint(c.Files[0].Trouble())
		if !strings.Contains(says, step.trouble) || (says == "<nil>") != (step.trouble == "") || strings.Contains(says, marked) {
			t.Errorf("%q, %o: trouble %s", step.text, step.mode, says)
		}
	}
	replace(t, beside("key.json"), `{"type":"serviceaccount"}`, 0o600)
	if got := c.Providers[1].Key.Get().Reveal(); got != key || c.Files[1].Trouble() == nil {
		t.Errorf("the key is %.20q, trouble %v", got, c.Files[1].Trouble())
	}
	replace(t, beside("id"), "another", 0o600)
	if got := c.Providers[2].ClientID.Get().Reveal(); got != "another" {
		t.Errorf("the client id is %q", got)
	}
}

// replace puts another file in the place of a file.
func replace(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	err := os.WriteFile(path+".new", []byte(text), 0o600)
	if err == nil {
		err = os.Chmod(path+".new", mode)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestNoSecretIsPrinted: whatever prints a whole configuration prints none of its secrets.
func TestNoSecretIsPrinted(t *testing.T) {
	t.Parallel()
	text := strings.Replace(example, "env:SLACK_BOT_TOKEN", "file:bot", 1) +
		"  us: {type: zitadel, url: \"https://id.example.com/\", client_id: bot, client_secret: env:ZITADEL_TOKEN}\n"
	text = strings.Replace(text, "journal: file:offboard.db", "journal: {url: \"redis+sentinel://a/m\", password: env:ZITADEL_TOKEN, sentinel_password: file:bot}", 1)
	c := mustLoad(t, lay(t, section{"bot", "xoxb-" + marked}, section{"offboard.yaml", text}))
	values := []any{c, *c, c.Slack, c.Journal.Redis, *c.Journal.Redis, c.Providers, c.Files}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, v := range values {
			if out := fmt.Sprintf(verb, v); strings.Contains(out, marked) || strings.Contains(out, fmt.Sprintf("%x", marked)) {
				t.Errorf("%s of %T prints %.400s", verb, v, out)
			}
		}
	}
}
