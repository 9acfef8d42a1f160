package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"golang.org/x/oauth2"

	"offboard/internal/config"
	"offboard/internal/journal/redis"
	"offboard/internal/providers/ecgrid"
	"offboard/internal/providers/torii"
	"offboard/internal/providers/zitadel"
	"offboard/internal/slackbot/httpin"
	"offboard/internal/slackbot/socket"
	"offboard/internal/slackbot/webapi"
)

// secretive is what a field is called that holds a secret.
var secretive = regexp.MustCompile(`(?i)token|secret|password|passphrase|credential|api_?key|^key$|signing|bearer`)

// Whatever holds a secret holds it as one, so that whatever prints it prints none. The structures are gone through by their types, fields that
// are not exported included.
func TestNoStructureHoldsASecretInClear(t *testing.T) {
	t.Parallel()
	held := 0
	for _, root := range []any{
		config.Config{}, ecgrid.Config{}, ecgrid.Provider{}, torii.Config{}, torii.Provider{}, zitadel.Config{}, zitadel.Provider{},
		redis.Options{}, redis.Journal{}, webapi.Options{}, webapi.Client{}, httpin.Handler{}, socket.Config{}, socket.Client{}, app{},
	} {
		faults, n := clearText(reflect.TypeOf(root), map[reflect.Type]bool{})
		held += n
		for _, f := range faults {
			t.Error(f)
		}
	}
	if held < 15 {
		t.Errorf("%d secrets were found: the structures are not what this test looks for", held)
	}
	type careless struct {
		Token  string
		Inner  struct{ APIKey []byte }
		Cached oauth2.Token
		Name   string
	}
	if faults, _ := clearText(reflect.TypeFor[*careless](), map[reflect.Type]bool{}); len(faults) != 3 {
		t.Errorf("of a careless structure is said %q", faults)
	}
}

// clearText names each field that is called like a secret and is not one, and counts those that are.
func clearText(t reflect.Type, seen map[reflect.Type]bool) (faults []string, held int) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return nil, 0
	}
	seen[t] = true
	for i := range t.NumField() {
		f := t.Field(i)
		name := t.String() + "." + f.Name
		switch {
		case f.Type == reflect.TypeFor[oauth2.Token]():
			faults = append(faults, name+" is a token by value, which prints")
		case strings.HasSuffix(pathOf(f.Type), "offboard/internal/secret"):
			held++
		case secretive.MatchString(f.Name) && textual(f.Type):
			faults = append(faults, name+" is a "+f.Type.String()+"; a secret is a secret.String")
		case strings.HasPrefix(pathOf(f.Type), "offboard") || pathOf(f.Type) == "":
			more, n := clearText(f.Type, seen)
			faults, held = append(faults, more...), held+n
		}
	}
	return faults, held
}

// pathOf is the package of a type, or of what it points to or holds.
func pathOf(t reflect.Type) string {
	for t.PkgPath() == "" && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map) {
		t = t.Elem()
	}
	return t.PkgPath()
}

// textual reports whether a type holds a text in clear.
func textual(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return t.Elem().Kind() == reflect.String || t.Elem().Kind() == reflect.Uint8
	default:
		return false
	}
}

// Everything that was read of a configuration prints without its secrets, in every way in which something is printed.
func TestAConfigurationPrintsWithoutItsSecrets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := filepath.Join(dir, "key.json")
	if err := os.WriteFile(key, []byte(`{"type":"serviceaccount","keyId":"1","userId":"2","key":"MARKED-key"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	const text = `
slack: {transport: http, bot_token: env:BOT, signing_secret: env:SIGN, team: T1, app_id: A1, approvals_channel: C1, audit_channel: C2}
journal: {url: "redis://127.0.0.1:6379/0", username: u, password: env:REDIS}
requesters: {users: [U1]}
approvers: {users: [U2]}
providers:
  a: {type: ecgrid, url: https://a.example.com, api_key: env:ECGRID}
  b: {type: torii, url: https://b.example.com, secret_key: env:TORII, environment: 01930000-0000-7000-8000-000000000001}
  c: {type: zitadel, url: https://c.example.com, token: env:ZTOKEN}
  d: {type: zitadel, url: https://d.example.com, client_id: x, client_secret: env:ZCLIENT}
`
	file := filepath.Join(dir, "offboard.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := load(&env{getenv: func(name string) string { return "MARKED-" + name }, stderr: &tape{}}, file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n"+verb+"\n", cfg, &cfg)
	}
	asJSON, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	all := out.String() + string(asJSON) + string(asYAML)
	if strings.Contains(all, "MARKED") || strings.Contains(all, fmt.Sprintf("%x", "MARKED")) {
		i := max(strings.Index(all, "MARKED"), 0)
		t.Errorf("a secret is printed: …%s…", all[max(0, i-100):min(len(all), i+100)])
	}
	for _, each := range []string{out.String(), string(asJSON), string(asYAML)} {
		if !strings.Contains(each, "[redacted]") {
			t.Errorf("no secret is there at all: %.300s", each)
		}
	}
}
