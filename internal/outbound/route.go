// Package outbound says how the bot reaches out to a service: by which certificate authorities it knows the service, and through which proxy,
// if through any.
//
// A [Route] speaks TLS 1.2 or newer, verifies every certificate, and cannot be told not to. It reads nothing of the environment: a proxy is used
// where it was given, and then the proxy carries an encrypted connection of which it learns the host's name and port. What is on loopback is never
// asked for through a proxy. Redirects are not its concern: whoever uses it follows none.
package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Route is a way to a service. The zero value trusts the machine's authorities and uses no proxy.
type Route struct {
	Authorities *x509.CertPool // instead of the machine's; nil: those
	Proxy       Proxy          // nil: none
}

// Proxy says through which proxy the service at an https address is reached; nil: through none.
type Proxy func(service *url.URL) (*url.URL, error)

// Through is one proxy for everything.
func Through(proxy *url.URL) Proxy { return func(*url.URL) (*url.URL, error) { return proxy, nil } }

// Dial makes a connection.
type Dial func(ctx context.Context, network, addr string) (net.Conn, error)

// TLS is the configuration of connections to a host. The protocol is HTTP/1.1: what is on the wire is what was asked for.
func (r Route) TLS(host string) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: r.Authorities, ServerName: host, NextProtos: []string{"http/1.1"}}
}

// Transport is an HTTP/1.1 transport over connections that tcp makes. Each connection may take as long as patience to be made.
func (r Route) Transport(tcp Dial, patience time.Duration) *http.Transport {
	var one http.Protocols
	one.SetHTTP1(true)
	return &http.Transport{
		DialContext: tcp, DialTLSContext: r.Secure(tcp, patience), TLSClientConfig: r.TLS(""), TLSHandshakeTimeout: patience, Protocols: &one,
	}
}

// Secure makes encrypted connections over those that tcp makes. The steps after the first connection may take as long as patience together.
func (r Route) Secure(tcp Dial, patience time.Duration) Dial {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		raw, err := r.reach(ctx, tcp, network, addr, patience)
		if err != nil {
			return nil, err
		}
		return shake(ctx, raw, r.TLS(host), patience)
	}
}

// reach makes a connection to an address, through the proxy where there is one.
func (r Route) reach(ctx context.Context, tcp Dial, network, addr string, patience time.Duration) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if r.Proxy == nil || loopback(host) {
		return tcp(ctx, network, addr)
	}
	proxy, err := r.Proxy(&url.URL{Scheme: "https", Host: strings.TrimSuffix(addr, ":443")})
	switch {
	case err != nil:
		return nil, &ProxyError{Err: err}
	case proxy == nil:
		return tcp(ctx, network, addr)
	}
	return r.throughProxy(ctx, tcp, network, addr, proxy, patience)
}

// shake ends the connection where the handshake fails.
func shake(ctx context.Context, raw net.Conn, c *tls.Config, patience time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn := tls.Client(raw, c)
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, err
	}
	return conn, nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}
