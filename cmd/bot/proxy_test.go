package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/journal/redis/redistest"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// anyHost reaches this machine and is no loopback address by its looks: Go would ask a proxy of the environment for it.
const anyHost = "0.0.0.0"

// authority is a private certificate authority, and a certificate of it for anyHost.
func authority(t *testing.T) (ca []byte, server tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a private authority"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		IPAddresses: []net.IP{net.ParseIP(anyHost)},
	}
	raw, err := x509.CreateCertificate(rand.Reader, x, x, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

// encrypted serves a handler over TLS, and gives the port.
func encrypted(t *testing.T, c tls.Certificate, h http.Handler) (port string) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS12}
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.StartTLS()
	t.Cleanup(s.Close)
	_, port, _ = net.SplitHostPort(s.Listener.Addr().String())
	return port
}

// wss lets a workspace's sockets be found behind TLS, where its API is.
func wss(next *workspace.Workspace) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/apps.connections.open") {
			next.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, strings.Replace(rec.Body.String(), strings.Replace(next.URL(), "http", "ws", 1), "wss://"+r.Host, 1))
	})
}

// spy is a proxy that hands over what it is asked for, and remembers it.
type spy struct {
	mu    sync.Mutex
	asked map[string]int
	addr  string
}

func startSpy(t *testing.T) *spy {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &spy{asked: map[string]int{}, addr: l.Addr().String()}
	var all sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { p.serve(c) })
		}
	})
	return p
}

func (p *spy) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	first, err := in.ReadString('\n')
	p.mu.Lock()
	p.asked[strings.TrimSpace(first)]++
	p.mu.Unlock()
	words := strings.Fields(first)
	if err != nil || len(words) != 3 || words[0] != http.MethodConnect {
		return
	}
	for line := ""; line != "\r\n"; {
		if line, err = in.ReadString('\n'); err != nil {
			return
		}
	}
	to, err := net.Dial("tcp", words[1])
	if err != nil {
		return
	}
	defer func() { _ = to.Close() }()
	_, _ = io.WriteString(c, "HTTP/1.1 200 ok\r\n\r\n")
	go func() { _, _ = io.Copy(to, in); _ = to.Close() }()
	_, _ = io.Copy(c, to)
}

// asks is how often a connection to a port was asked for; of "": anything at all.
func (p *spy) asks(port string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for line, times := range p.asked {
		if strings.Contains(line, ":"+port) || port == "" {
			n += times
		}
	}
	return n
}

// The bot's whole work with proxies in the environment: none of them is asked, neither for Slack and its sockets nor for a provider nor for Redis,
// unless the configuration says so, and then only for what it says. Everything is behind a private authority.
func TestProxies(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		slack, provider string // what is configured
		viaSlack, via   bool
	}{
		"nothing is said":        {},
		"by url for slack":       {slack: ", proxy: http://SPY", viaSlack: true},
		"by url for a provider":  {provider: ", proxy: http://SPY", via: true},
		"as the environment has": {slack: ", proxy: environment", provider: ", proxy: environment", viaSlack: true, via: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{socket: true, later: true})
			p, server := startSpy(t), redistest.Start(t, redistest.Durable()...)
			ca, cert := authority(t)
			if err := os.WriteFile(filepath.Join(s.dir, "ca.pem"), ca, 0o600); err != nil {
				t.Fatal(err)
			}
			slackPort, ecgridPort := encrypted(t, cert, wss(s.slack)), encrypted(t, cert, s.town.ECGrid)
			key := func(more string) string { return strings.ReplaceAll(more, "SPY", p.addr) }
			s.rewrite("api_url: "+s.slack.APIURL(), "api_url: https://"+anyHost+":"+slackPort+"/api/\n  ca_file: ca.pem"+
				strings.Replace(key(tc.slack), ", ", "\n  ", 1))
			s.rewrite(`"`+s.town.URL("ecgrid")+`"`, `"https://`+anyHost+":"+ecgridPort+`", ca_file: ca.pem`+key(tc.provider))
			s.rewrite("journal: file:"+filepath.Join(s.dir, "offboard.db"), "journal: redis://"+strings.Replace(server.Addr(), "127.0.0.1", anyHost, 1))
			if code, text := said(t, s.getenv, "check", "--config", s.file); code != 0 ||
				strings.Count(text, "through a proxy") != strings.Count(tc.slack+tc.provider, "proxy:") || strings.Count(text, "ca_file alone") != 2 {
				t.Errorf("check ends with %d and says %s", code, text)
			}
			f := &fleet{stage: s, server: server}
			t.Cleanup(f.end)
			for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
				s.env[name] = "http://" + p.addr
			}
			s.env["NO_PROXY"], s.env["no_proxy"] = "", ""

			f.add()
			s.until("a socket is open", func() bool { return s.slack.OpenSockets() > 0 })
			s.took(s.slack.Command(s.ctx, town.Alice, town.General, "/offboard", town.Dana.Email))
			card := s.card(town.Dana.ID)
			s.took(s.slack.Click(s.ctx, town.Bob, card.Channel, card.TS, "approve"))
			s.thread(card, "Done")
			if n := p.asks(slackPort); (n > 1) != tc.viaSlack || !tc.viaSlack && n != 0 {
				t.Errorf("the proxy was asked for Slack %d times", n)
			}
			if n := p.asks(ecgridPort); (n > 0) != tc.via {
				t.Errorf("the proxy was asked for the provider %d times", n)
			}
			if n := p.asks("") - p.asks(slackPort) - p.asks(ecgridPort); n != 0 {
				t.Errorf("the proxy was asked for something else: %v", p.asked)
			}
		})
	}
}

// A service whose certificate nobody vouches for is not spoken to: with no ca_file, and with that of another authority.
func TestPrivateAuthority(t *testing.T) {
	t.Parallel()
	ca, _ := authority(t)
	_, cert := authority(t)
	for name, more := range map[string]string{"none": "", "another": "\n  ca_file: ca.pem"} {
		s := newStage(t, props{later: true})
		if err := os.WriteFile(filepath.Join(s.dir, "ca.pem"), ca, 0o600); err != nil {
			t.Fatal(err)
		}
		s.rewrite("api_url: "+s.slack.APIURL(), "api_url: https://"+anyHost+":"+encrypted(t, cert, s.slack)+"/api/"+more)
		s.launch()
		s.until("it says that Slack cannot be asked", func() bool { return len(s.out.entries("slack cannot be asked yet")) > 0 })
		if n := len(s.slack.Calls("")); n != 0 || !strings.Contains(s.out.text(), "certificate") {
			t.Errorf("%s: Slack was called %d times; %s", name, n, s.out.text())
		}
		s.stop()
	}
}
