package config_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"offboard/internal/config"
)

// TestReadmeExample loads the configuration that the README shows, as people will copy it.
func TestReadmeExample(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(readme)
	if m == nil {
		t.Fatal("the README shows no configuration")
	}
	getenv := func(name string) string {
		return map[string]string{"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}[name] + "a-secret"
	}
	for _, yaml := range []string{string(m[1]), overHTTP(string(m[1]))} {
		_, warnings, err := config.Load("offboard.yaml", getenv, func(string) ([]byte, error) { return []byte(yaml), nil })
		if err != nil || len(warnings) > 0 {
			t.Errorf("%v\n%v", err, warnings)
		}
	}
}

// overHTTP changes the example as its comments say.
func overHTTP(yaml string) string {
	yaml = strings.Replace(yaml, "transport: socket", "transport: http", 1)
	return strings.Replace(yaml, "# signing_secret", "signing_secret", 1)
}
