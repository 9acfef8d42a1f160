package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"offboard/internal/config"
	"offboard/internal/outbound"
)

// route is the configured way to a service.
func route(o config.Out) (outbound.Route, error) {
	var r outbound.Route
	if len(o.CA) > 0 {
		r.Authorities = x509.NewCertPool()
		if !r.Authorities.AppendCertsFromPEM(o.CA) {
			return r, errors.New("ca_file holds no certificate in PEM")
		}
	}
	switch o.Proxy {
	case "":
	case config.ProxyOfEnvironment:
		r.Proxy = ofEnvironment
	default:
		u, err := url.Parse(o.Proxy)
		if err != nil {
			return r, fmt.Errorf("proxy: %w", err)
		}
		r.Proxy = outbound.Through(u)
	}
	return r, nil
}

// ofEnvironment is what HTTPS_PROXY and NO_PROXY say. It is used where the configuration asks for it, and nowhere else.
func ofEnvironment(service *url.URL) (*url.URL, error) {
	return http.ProxyFromEnvironment(&http.Request{URL: service})
}
