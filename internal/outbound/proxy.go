package outbound

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// ProxyError says that a proxy made no connection to the service: nothing has reached it.
type ProxyError struct {
	Status int // of the proxy's answer; 0: there was none
	Err    error
}

// Error holds nothing that the proxy sent but the status.
func (e *ProxyError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("the proxy: %v", e.Err)
	}
	return fmt.Sprintf("the proxy refuses the connection (HTTP %d)", e.Status)
}

func (e *ProxyError) Unwrap() error { return e.Err }

// throughProxy asks the proxy for a connection to an address. This is done here and not by net/http, so that what leaves for the proxy is not taken
// for a byte that has left for the service.
func (r Route) throughProxy(ctx context.Context, tcp Dial, network, addr string, proxy *url.URL, patience time.Duration) (net.Conn, error) {
	port := map[string]string{"http": "80", "https": "443"}[proxy.Scheme]
	if port == "" {
		return nil, &ProxyError{Err: errors.New("only http and https proxies are spoken to")}
	}
	if p := proxy.Port(); p != "" {
		port = p
	}
	conn, err := tcp(ctx, network, net.JoinHostPort(proxy.Hostname(), port))
	if err != nil {
		return nil, &ProxyError{Err: err}
	}
	if proxy.Scheme == "https" {
		if conn, err = shake(ctx, conn, r.TLS(proxy.Hostname()), patience); err != nil {
			return nil, &ProxyError{Err: err}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := connect(ctx, conn, addr, proxy.User); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

const largestAnswer = 64 << 10

// connect lets a proxy hand the connection over to an address. What follows its answer is of the service, which does not speak first.
func connect(ctx context.Context, conn net.Conn, addr string, user *url.Userinfo) error {
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	if user != nil {
		password, _ := user.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	if err := req.Write(conn); err != nil {
		return &ProxyError{Err: fmt.Errorf("asking it: %w", interrupted(ctx, err))}
	}
	res, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, largestAnswer)), req) //nolint:bodyclose // what follows is the connection, which lives on
	if err != nil {
		if ctx.Err() != nil {
			return &ProxyError{Err: fmt.Errorf("its answer: %w", ctx.Err())}
		}
		return &ProxyError{Err: errors.New("its answer is not HTTP")} // net/http would quote it
	}
	if res.StatusCode != http.StatusOK {
		return &ProxyError{Status: res.StatusCode}
	}
	return nil
}

// interrupted prefers the reason why a connection was cut.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
