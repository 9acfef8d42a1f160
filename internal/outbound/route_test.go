package outbound_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/outbound"
)

const patience = 20 * time.Second

// service is an encrypted server whose certificate is for example.com, and the authorities that vouch for it.
func service(t *testing.T, change func(*tls.Config)) (addr string, ca *x509.CertPool) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "hello "+r.Host) }))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS10} //nolint:gosec // whoever connects refuses the old ones
	if change != nil {
		change(s.TLS)
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	ca = x509.NewCertPool()
	ca.AddCert(s.Certificate())
	return s.Listener.Addr().String(), ca
}

// proxy hands every connection over to one server, whatever was asked for, and remembers what that was.
type proxy struct {
	mu    sync.Mutex
	asked []string
	auth  string
}

func (p *proxy) seen() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.asked, " ")
}

// startProxy answers CONNECT as said; an empty answer is the right one.
func startProxy(t *testing.T, to, answer string) (*proxy, *url.URL) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{}
	var all sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { p.handOver(c, to, answer) })
		}
	})
	return p, &url.URL{Scheme: "http", Host: l.Addr().String()}
}

func (p *proxy) handOver(c net.Conn, to, answer string) {
	defer func() { _ = c.Close() }()
	req, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	p.mu.Lock()
	p.asked, p.auth = append(p.asked, req.Method+" "+req.RequestURI), req.Header.Get("Proxy-Authorization")
	p.mu.Unlock()
	if answer != "" {
		_, _ = io.WriteString(c, answer)
		_, _ = io.Copy(io.Discard, c)
		return
	}
	s, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer func() { _ = s.Close() }()
	_, _ = io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() { _, _ = io.Copy(s, c); _ = s.Close() }()
	_, _ = io.Copy(c, s)
}

// get asks over the route, and gives the body.
func get(t *testing.T, r outbound.Route, address string) (string, error) {
	t.Helper()
	tr := r.Transport((&net.Dialer{}).DialContext, patience)
	defer tr.CloseIdleConnections()
	res, err := (&http.Client{Transport: tr}).Get(address)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

// The service is known by the given authorities and no others, and by its name.
func TestAuthorities(t *testing.T) {
	t.Parallel()
	addr, ca := service(t, nil)
	if said, err := get(t, outbound.Route{Authorities: ca}, "https://"+addr); err != nil || said != "hello "+addr {
		t.Errorf("%q, %v", said, err)
	}
	for name, r := range map[string]outbound.Route{"the machine's": {}, "none at all": {Authorities: x509.NewCertPool()}} {
		if _, err := get(t, r, "https://"+addr); !untrusted(err) {
			t.Errorf("authorities: %s: %v", name, err)
		}
	}
	_, other := startProxy(t, addr, "")
	if _, err := get(t, outbound.Route{Authorities: ca, Proxy: outbound.Through(other)}, "https://another.test"); !untrusted(err) {
		t.Errorf("a certificate for another host: %v", err)
	}
}

func untrusted(err error) bool {
	_, bad := errors.AsType[*tls.CertificateVerificationError](err)
	return bad
}

func TestOldTLSIsRefused(t *testing.T) {
	t.Parallel()
	addr, ca := service(t, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 })
	if said, err := get(t, outbound.Route{Authorities: ca}, "https://"+addr); err == nil {
		t.Errorf("TLS 1.1 is spoken: %q", said)
	}
	if r := (outbound.Route{}); r.TLS("h").MinVersion != tls.VersionTLS12 || r.TLS("h").InsecureSkipVerify {
		t.Errorf("%+v", r.TLS("h"))
	}
}

// A proxy learns the host and carries what it cannot read; the service's certificate is looked at as without it.
func TestThroughAProxy(t *testing.T) {
	t.Parallel()
	addr, ca := service(t, nil)
	p, at := startProxy(t, addr, "")
	at.User = url.UserPassword("bot", "of")
	r := outbound.Route{Authorities: ca, Proxy: outbound.Through(at)}
	if said, err := get(t, r, "https://example.com"); err != nil || said != "hello example.com" {
		t.Errorf("%q, %v", said, err)
	}
	if p.seen() != "CONNECT example.com:443" || p.auth != "Basic Ym90Om9m" {
		t.Errorf("the proxy was asked %q with %q", p.seen(), p.auth)
	}
	_, at = startProxy(t, addr, "")
	if _, err := get(t, outbound.Route{Proxy: outbound.Through(at)}, "https://example.com"); !untrusted(err) {
		t.Errorf("behind a proxy anybody is trusted: %v", err)
	}
}

// What is on this machine is asked for directly, and so is what the proxy's rule leaves out.
func TestPastTheProxy(t *testing.T) {
	t.Parallel()
	addr, ca := service(t, nil)
	p, at := startProxy(t, addr, "")
	if _, err := get(t, outbound.Route{Authorities: ca, Proxy: outbound.Through(at)}, "https://"+addr); err != nil {
		t.Error(err)
	}
	none := func(*url.URL) (*url.URL, error) { return nil, nil }
	if _, err := get(t, outbound.Route{Authorities: ca, Proxy: none}, "https://"+addr); err != nil {
		t.Error(err)
	}
	if p.seen() != "" {
		t.Errorf("the proxy was asked %q", p.seen())
	}
}

// A proxy that hands nothing over is a ProxyError, in bounded time, and quotes nothing that the proxy said.
func TestProxyRefuses(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"refuses":  "HTTP/1.1 403 marked-text\r\nX: marked-text\r\n\r\n",
		"not HTTP": "marked-text\r\n\r\n",
		"too long": "HTTP/1.1 200 ok\r\nX: " + strings.Repeat("marked-text", 10_000),
		"moved":    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
	} {
		p, at := startProxy(t, "", answer)
		_, err := get(t, outbound.Route{Proxy: outbound.Through(at)}, "https://example.com")
		if e, ok := errors.AsType[*outbound.ProxyError](err); !ok || strings.Contains(e.Error(), "marked") || p.seen() != "CONNECT example.com:443" {
			t.Errorf("%s: %v after %q", name, err, p.seen())
		}
	}
	silent, at := startProxy(t, "", " ")
	soon := outbound.Route{Proxy: outbound.Through(at)}.Secure((&net.Dialer{}).DialContext, 50*time.Millisecond)
	if _, err := soon(t.Context(), "tcp", "example.com:443"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a silent proxy: %v after %q", err, silent.seen())
	}
	for name, r := range map[string]outbound.Proxy{
		"gone":  outbound.Through(&url.URL{Scheme: "http", Host: "127.0.0.1:1"}),
		"socks": outbound.Through(&url.URL{Scheme: "socks5", Host: "127.0.0.1:1"}),
		"unset": func(*url.URL) (*url.URL, error) { return nil, errors.New("what the environment says is no address") },
	} {
		_, err := get(t, outbound.Route{Proxy: r}, "https://example.com")
		if _, ok := errors.AsType[*outbound.ProxyError](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
