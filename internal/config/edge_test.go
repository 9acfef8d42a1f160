package config_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
	"offboard/internal/config"
	"offboard/internal/providers"
	"offboard/internal/secret"
)

// TestRefusedUnread: what the parser should not see is refused in one sentence.
func TestRefusedUnread(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want string }{
		"too large":  {strings.Repeat("# comment\n", 110_000), "larger than 1 MiB"},
		"not UTF-8":  {"slack: \xff\n", "not UTF-8"},
		"zero byte":  {"slack: \x00\n", "not UTF-8"},
		"deep":       {strings.Repeat("[\n", 500_000), "offboard.yaml:33:1: more than 32 brackets are open here"},
		"long line":  {"a: " + strings.Repeat("[", 5000), "offboard.yaml:1:1: this line is too long"},
		"after text": {"a: ]]]]\n" + strings.Repeat("- [\n", 40), "brackets are open"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := lay(t, section{"offboard.yaml", tc.text})
			c, warnings, err := config.Load(path, environment, os.ReadFile)
			if got := report(path, warnings, err); c != nil || !strings.Contains(got, tc.want) {
				t.Errorf("got %.200s, want %q in it", got, tc.want)
			}
		})
	}
}

func TestReadFileFails(t *testing.T) {
	t.Parallel()
	deny := func(string) ([]byte, error) {
		return nil, &fs.PathError{Op: "open", Path: "offboard.yaml", Err: fs.ErrPermission}
	}
	_, _, err := config.Load("offboard.yaml", environment, deny)
	faults, ok := errors.AsType[config.Faults](err)
	if !ok || len(faults) != 1 || faults[0].String() != "offboard.yaml: cannot be read: permission denied" {
		t.Errorf("got %v", err)
	}
}

// TestAddresses: https, or http on loopback, and nothing behind the path.
func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, good := range map[string]bool{
		"https://id.example.com":         true,
		"https://id.example.com:8443/x/": true,
		"http://localhost:8080":          true,
		"http://127.0.0.1:1":             true,
		"http://127.1.2.3":               true,
		"http://[::1]:80":                true,
		"http://0.0.0.0":                 false,
		"http://id.example.com":          false,
		"http://localhost.example.com":   false,
		"http://127.0.0.1.example.com":   false,
		"https://":                       false,
		"https:id.example.com":           false,
		"//id.example.com":               false,
		"ftp://id.example.com":           false,
		"https://u@id.example.com":       false,
		"https://id.example.com/?":       false,
		"https://id.example.com/#":       false,
		"https://id.example.com/%zz":     false,
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(minimal, "https://id.example.com/", address, 1)
			path := lay(t, section{"offboard.yaml", text})
			_, warnings, err := config.Load(path, environment, os.ReadFile)
			if (err == nil) != good {
				t.Errorf("%s", report(path, warnings, err))
			}
		})
	}
}

func TestJournalForms(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]string{
		"file:a.db":                   "good",
		"file:/var/lib/a.db":          "good",
		"file:":                       "must be file:PATH",
		"file://a.db":                 "must be file:PATH",
		"a.db":                        "must be file:PATH",
		"redis://localhost":           "good",
		"redis://10.0.0.1:7000/3":     "good",
		"redis://[::1]:7000":          "good",
		"redis://[::1]":               "good",
		"rediss://localhost?prefix=b": "good",
		"redis+sentinel://a,b/master": "good",
		"redis+cluster://a,b:7001":    "good",
		"redis://":                    "names no server",
		"redis://a,b":                 "names one server",
		"redis://a:0":                 `"a:0" is not a host`,
		"redis://a b":                 `"a b" is not a host`,
		"redis://user:word@localhost": "in the URL",
		"redis://localhost/x":         "is not the number of a database",
		"redis://localhost/1/2":       "is not the number of a database",
		"redis://localhost?db=1":      "?prefix=NAME",
		"redis://localhost?prefix={a": "?prefix=NAME",
		"redis+sentinel://a,b":        "the master's name",
		"redis+cluster://a,b/1":       "a Cluster has no databases",
		"http://localhost":            "must be file:PATH",
	} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			path := lay(t, section{"offboard.yaml", minimal + "journal: \"" + form + "\"\n"})
			_, warnings, err := config.Load(path, environment, os.ReadFile)
			if got := report(path, warnings, err); !strings.Contains(got, want) {
				t.Errorf("got %s, want %q in it", got, want)
			}
		})
	}
}

// TestSecretsFromFiles: the newline that editors leave at the end is not part of a secret, and a mount for a group is one, too.
func TestSecretsFromFiles(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"secrets/signing", "group/signing"} {
		text := strings.Replace(minimal, "env:SLACK_SIGNING_SECRET", "file:"+file, 1)
		c := load(t, text, section{file, "signed\r\n\n"})
		if got := c.Slack.SigningSecret.Get().Reveal(); got != "signed" {
			t.Errorf("%s: the secret is %q", file, got)
		}
	}
}

// TestProviderNames: they are typed after provider: in any case, so they have one.
func TestProviderNames(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{"eu": true, "zitadel-v1": true, "zitadel_v1": true, "2": true, "EU": false, "e.u": false, "é": false} {
		path := lay(t, section{"offboard.yaml", strings.Replace(minimal, "  eu:", "  "+name+":", 1)})
		if _, warnings, err := config.Load(path, environment, os.ReadFile); (err == nil) != good {
			t.Errorf("%q: %s", name, report(path, warnings, err))
		}
	}
}

// keyFile is a service account's key as facts/providers.md describes it.
func keyFile(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	out, err := json.Marshal(map[string]string{
		"type": "serviceaccount", "keyId": "1", "userId": "2", "key": string(pem.EncodeToMemory(block)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestZITADELCredentials(t *testing.T) {
	t.Parallel()
	key := keyFile(t)
	with := func(how string) config.Provider {
		text := strings.Replace(minimal, "token: env:ZITADEL_TOKEN", how+", action: delete, delete_api: v1", 1)
		return load(t, text, section{"key.json", key}).Providers[0]
	}
	if p := with("key_file: key.json"); p.Key.Get().Reveal() != key || p.DeleteAPI != config.DeleteV1 || p.Action != "delete" {
		t.Errorf("key_file: %+v", p)
	}
	if p := with("key_file: file:key.json"); p.Key.Get().Reveal() != key {
		t.Errorf("key_file as file: %+v", p)
	}
	if p := with("client_id: bot, client_secret: env:ZITADEL_TOKEN"); p.ClientID.Get().Reveal() != "bot" || secret.Empty(p.ClientSecret) {
		t.Errorf("client_id: %+v", p)
	}
	if p := with("client_id: env:ZITADEL_CLIENT_ID, client_secret: env:ZITADEL_TOKEN"); p.ClientID.Get().Reveal() != "bot@acme" {
		t.Errorf("client_id by reference: %+v", p)
	}
}

// FuzzLoad: no file makes the reader panic, none brings a secret into a report, and what is read can be used.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{
		example, minimal, "", "a: [", "- - - ? :", "a: &a *a", "? [a]\n: b", "!!x {a: |-\n  b\n c: 'd", "%YAML 1.2\n--- >\n x", "\t- {,}",
		"slack: {bot_token: \"MAR\n KED\", <<: 1, 2: 3}", "providers: {zitadel: {type: zitadel, key_file: {a: b}}}", "a: !!binary",
		"writes: 0x1F\nlimits: {per_hour: 18446744073709551615, per_requester_per_day: -.inf}", "x: *y", "&a a: &b b", "[]: ", "{}: {}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read := func(path string) ([]byte, error) {
			if path == "offboard.yaml" {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		}
		c, warnings, err := config.Load("offboard.yaml", environment, read)
		if got := report("offboard.yaml", warnings, err); !strings.Contains(text, marked) && strings.Contains(got, marked) {
			t.Errorf("the report shows a secret:\n%s", got)
		}
		if (c == nil) == (err == nil) {
			t.Errorf("config %v, error %v", c, err)
		}
		if c != nil && (len(c.Providers) == 0 || len(c.Approvers.Users)+len(c.Approvers.Groups) == 0) {
			t.Errorf("read a configuration that cannot be used: %+v", c)
		}
	})
}

// Only what the file gives away is given away.
func TestRights(t *testing.T) {
	t.Parallel()
	c := load(t, minimal+"rights: {deny: {groups: [S3]}, freeze: {users: [U7, W8]}}\n")
	want := map[approvals.Right]config.People{approvals.MayDeny: {Groups: []string{"S3"}}, approvals.MayFreeze: {Users: []string{"U7", "W8"}}}
	if diff := cmp.Diff(want, c.Rights); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if c := load(t, minimal); len(c.Rights) != 0 {
		t.Errorf("given away by nobody: %v", c.Rights)
	}
}

// What a policy matches and out of whom its approvals are to be.
func TestPolicies(t *testing.T) {
	t.Parallel()
	c := load(t, minimal+`policies:
  - match: {actions: [delete], reversible: false, admin: true, groups: [S0EXECS]}
    approvals: 3
    out_of: [{name: IT, groups: [S1IT]}, {name: HR & Co, users: [U7], groups: [S2HR], needs: 2}]
  - match: {admin: false}
`)
	want := []approvals.Policy{
		{
			Name: "policy 1", Actions: []providers.Action{providers.Delete}, Reversible: new(false), Admin: new(true), Groups: []string{"S0EXECS"},
			Approvals: 3, OutOf: []approvals.Quota{
				{Name: "IT", Groups: []string{"S1IT"}, Needs: 1}, {Name: "HR & Co", Users: []string{"U7"}, Groups: []string{"S2HR"}, Needs: 2},
			},
		},
		{Name: "policy 2", Admin: new(false)},
	}
	if diff := cmp.Diff(want, c.Policies); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Where others may release, or one approver more is there, somebody is left.
func TestSomebodyIsLeftToRelease(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"approvers: {users: [U2]}":                                   1,
		"approvers: {users: [U2, U3]}":                               0,
		"approvers: {users: [U2]}\nrights: {release: {users: [U4]}}": 0,
		"approvers: {groups: [S2]}":                                  0,
	} {
		path := lay(t, section{"offboard.yaml", strings.Replace(minimal, "approvers: {groups: [S2]}", text, 1)})
		_, warnings, err := config.Load(path, environment, os.ReadFile)
		if err != nil || len(warnings) != want {
			t.Errorf("%s: %v, %v", text, warnings, err)
		}
	}
}
