package config

import "net"

func readHTTP(top *fields, t Transport) HTTP {
	h := HTTP{Listen: defaultListen, Drain: defaultDrain}
	v, ok := top.optional("http")
	if !ok {
		return h
	}
	f, ok := v.fields()
	if !ok {
		return h
	}
	listen, named := f.optional("listen")
	if named {
		h.Listen, _ = listen.shaped(listenAddr)
	}
	if v, ok := f.optional("admin_listen"); ok {
		h.AdminListen = readAdmin(v, h.Listen)
	} else if named && t == HTTPS && public(h.Listen) {
		listen.warn("is reached from other machines, which can read metrics and readiness there; give those an http.admin_listen of their own")
	}
	if v, ok := f.optional("drain"); ok {
		h.Drain = v.span()
	}
	f.done()
	return h
}

func readAdmin(v value, listen string) string {
	a, ok := v.shaped(listenAddr)
	if _, port, err := net.SplitHostPort(a); ok && err == nil && port != "0" && a == listen {
		v.fault("is http.listen; name another port, or leave it out")
	}
	return a
}

// public reports whether an address to listen on is reached from other machines.
func public(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	return err == nil && !loopback(host)
}
