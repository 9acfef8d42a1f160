package zitadel_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"offboard/internal/providers"
	"offboard/internal/providers/zitadel"
	"offboard/internal/secret"
)

func TestConfigurationFaults(t *testing.T) {
	t.Parallel()
	const both = "exactly one of"
	for name, c := range map[string]struct {
		change func(*zitadel.Config)
		want   string
	}{
		"no sign-in":    {func(c *zitadel.Config) { c.Token = secret.String{} }, both},
		"two sign-ins":  {func(c *zitadel.Config) { c.ClientID, c.ClientSecret = secret.New("x"), secret.New("MARKED") }, both},
		"token and key": {func(c *zitadel.Config) { c.Key = secret.New("MARKED") }, both},
		"no secret":     {func(c *zitadel.Config) { c.Token, c.ClientID = secret.String{}, secret.New("x") }, "go together"},
		"no client id":  {func(c *zitadel.Config) { c.Token, c.ClientSecret = secret.String{}, secret.New("MARKED") }, "go together"},
		"token of two":  {func(c *zitadel.Config) { c.Token = secret.New("MARKED\nMARKED") }, "line break"},
		"no JSON":       {key("MARKED"), "is not JSON"},
		"another file":  {key(`{"type":"application","keyId":"1","key":"MARKED","userId":"2"}`), "service account"},
		"no PEM":        {key(`{"type":"serviceaccount","keyId":"1","key":"MARKED","userId":"2"}`), "not an RSA private key"},
		"no name":       {func(c *zitadel.Config) { c.Name = "" }, "name"},
		"no host":       {func(c *zitadel.Config) { c.URL = "id.example.com" }, "url"},
		"not https":     {func(c *zitadel.Config) { c.URL = "http://id.example.com" }, "https"},
		"user in url":   {func(c *zitadel.Config) { c.URL = "https://u:MARKED@id.example.com" }, "url"},
		"delete_api":    {func(c *zitadel.Config) { c.DeleteAPI = "v3" }, "delete_api"},
		"action":        {func(c *zitadel.Config) { c.Default = "burn" }, "action"},
		"timeout":       {func(c *zitadel.Config) { c.Timeout = -time.Second }, "timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := zitadel.Config{Name: "z", URL: "https://id.example.com", Token: secret.New(pat)}
			c.change(&config)
			_, err := zitadel.New(config)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("New = %v, want %q", err, c.want)
			}
			noSecret(t, "the error", err.Error())
		})
	}
}

func key(file string) func(*zitadel.Config) {
	return func(c *zitadel.Config) { c.Token, c.Key = secret.String{}, secret.New(file) }
}

func TestDescription(t *testing.T) {
	t.Parallel()
	p, err := zitadel.New(zitadel.Config{Name: "zitadel-eu", URL: "https://id.example.com/", Token: secret.New(pat)})
	if err != nil {
		t.Fatal(err)
	}
	d := p.Describe()
	if d.Name != "zitadel-eu" || d.Vendor != "ZITADEL" || d.Host != "id.example.com" || d.Default != providers.Deactivate ||
		d.Timeout != 30*time.Second {
		t.Errorf("Describe = %+v", d)
	}
	remove, _ := d.Info(providers.Delete)
	if remove.Reversible || remove.Undo != "" || !strings.Contains(remove.Warning, "memberships") {
		t.Errorf("delete = %+v", remove)
	}
	deactivate, _ := d.Info(providers.Deactivate)
	if !deactivate.Reversible || deactivate.Undo == "" || deactivate.Warning == "" {
		t.Errorf("deactivate = %+v", deactivate)
	}
}

// Whatever prints a configuration prints no secret of it.
func TestTheConfigurationPrintsNoSecret(t *testing.T) {
	t.Parallel()
	c := zitadel.Config{Token: secret.New("MARKED"), ClientSecret: secret.New("MARKED"), Key: secret.New("MARKED")}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if out := fmt.Sprintf(verb, c); strings.Contains(out, "MARKED") || strings.Contains(out, fmt.Sprintf("%x", "MARKED")) {
			t.Errorf("%s prints %s", verb, out)
		}
	}
}
