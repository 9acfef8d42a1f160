package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"offboard/internal/config"
)

// certificate is one that vouches for itself, in PEM.
func certificate(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, x, x, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
}

// TestOut: authorities and a proxy are each service's own, and by default there are none.
func TestOut(t *testing.T) {
	t.Parallel()
	ca := certificate(t)
	text := strings.Replace(minimal, "  team: T1\n", "  team: T1\n  ca_file: ca.pem\n  proxy: http://proxy.example.com:3128\n", 1) +
		"  us: {type: zitadel, url: \"https://id.example.com/\", token: env:ZITADEL_TOKEN, ca_file: ca.pem, proxy: environment}\n"
	c := load(t, text, section{"ca.pem", ca})
	if o := c.Slack.Out; string(o.CA) != ca || o.Proxy != "http://proxy.example.com:3128" {
		t.Errorf("slack: %+v", o)
	}
	if o := c.Providers[0].Out; o.CA != nil || o.Proxy != "" {
		t.Errorf("a provider without: %+v", o)
	}
	if o := c.Providers[1].Out; string(o.CA) != ca || o.Proxy != config.ProxyOfEnvironment {
		t.Errorf("a provider with: %+v", o)
	}
}

// TestAdminListen: metrics that other machines could read beside Slack's paths are warned of, and nothing else is.
func TestAdminListen(t *testing.T) {
	t.Parallel()
	for http, warned := range map[string]bool{
		"http: {listen: 127.0.0.1:1}": false, "http: {listen: 0.0.0.0:1}": true, "http: {listen: \":1\"}": true, "http: {listen: 10.0.0.1:1}": true,
		"http: {listen: \":1\", admin_listen: \":2\"}": false, "http: {listen: \"[::1]:1\"}": false, "http: {listen: \":0\", admin_listen: \":0\"}": false,
	} {
		path := lay(t, section{"offboard.yaml", minimal + http + "\n"})
		c, warnings, err := config.Load(path, environment, os.ReadFile)
		if err != nil || (len(warnings) > 0) != warned {
			t.Errorf("%s: %v %v", http, warnings, err)
		}
		if c != nil && (c.HTTP.AdminListen != "") != strings.Contains(http, "admin") {
			t.Errorf("%s: %+v", http, c.HTTP)
		}
	}
	path := lay(t, section{"offboard.yaml", strings.Replace(strings.Replace(minimal, "transport: http", "transport: socket", 1),
		"signing_secret: env:SLACK_SIGNING_SECRET", "app_token: env:SLACK_APP_TOKEN", 1) + "http: {listen: \":1\"}\n"})
	if _, warnings, err := config.Load(path, environment, os.ReadFile); err != nil || len(warnings) > 0 {
		t.Errorf("over a socket: %v %v", warnings, err)
	}
}
