package config

import (
	"crypto/x509"
	"net/url"
	"strings"
)

// readOut reads how the service at an address is reached.
func readOut(f *fields, service string) Out {
	var o Out
	if v, ok := f.optional("ca_file"); ok {
		o.CA = v.authorities(strings.HasPrefix(service, "https:"), "https://")
	}
	if v, ok := f.optional("proxy"); ok {
		o.Proxy = v.proxy()
	}
	return o
}

// authorities reads a file of certificates. It is no secret.
func (v value) authorities(encrypted bool, scheme string) []byte {
	t, ok := v.text()
	if !ok {
		return nil
	}
	if !encrypted {
		v.fault("is of use with %s alone; write the URL so, or leave it out", scheme)
		return nil
	}
	content, err := v.r.readFile(v.r.resolve(t))
	switch {
	case err != nil:
		v.fault("points to a file that cannot be read: %s", why(err))
	case !x509.NewCertPool().AppendCertsFromPEM(content):
		v.fault("points to a file without a certificate in PEM form")
	}
	return content
}

// proxy reads environment, or the URL of a proxy. A password in it would stand here in clear.
func (v value) proxy() string {
	t, ok := v.text()
	if !ok || t == ProxyOfEnvironment {
		return t
	}
	u, err := url.Parse(t)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		v.fault("is neither %s nor the URL of a proxy, as in http://proxy.example.com:3128", ProxyOfEnvironment)
	case u.User != nil:
		v.fault("has a user name or password in the URL; write proxy: %s and put the URL into HTTPS_PROXY", ProxyOfEnvironment)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || strings.Contains(t, "#"):
		v.fault("has something behind the host; end the URL there")
	default:
		return t
	}
	return ""
}
