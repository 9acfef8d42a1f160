package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"offboard/internal/outbound"
	"offboard/internal/providers"
)

// judge says what an answer means before the vendor reads it; nil: it is one that the vendor can judge.
func (c *Client) judge(k call, r Response) *providers.Error {
	switch {
	case r.redirect():
		return c.fault(k, r.Status, k.leaves(providers.Misconfigured), "answered with a redirect; check the url", nil)
	case r.ok():
		if r.JSON || r.empty() {
			return nil
		}
		return c.fault(k, r.Status, k.leaves(providers.Misconfigured), "answered with something that is not JSON",
			errNotJSON)
	case r.Status == http.StatusTooManyRequests:
		return c.throttled(k, r)
	case !r.JSON:
		return c.foreign(k, r)
	}
	return c.classified(k, r)
}

// throttled believes a 429 in any format: whoever answers it, the provider or its edge, has not passed the request on.
func (c *Client) throttled(k call, r Response) *providers.Error {
	e := c.fault(k, r.Status, providers.RateLimited, "asks us to slow down", nil)
	if v := c.vendors(k, r); v != nil {
		e.Code, e.Say = v.Code, or(v.Say, e.Say)
	}
	e.Wait = retryAfter(r.Header, time.Now())
	return e
}

// foreign is an error status in a format that is not the vendor's: a proxy in the way. It may have passed a write on.
func (c *Client) foreign(k call, r Response) *providers.Error {
	kind := providers.Misconfigured
	if r.Status >= http.StatusInternalServerError || r.Status == http.StatusRequestTimeout {
		kind = providers.Temporary
	}
	return c.fault(k, r.Status, k.leaves(kind), "was answered for by something that does not speak JSON", errNotJSON)
}

func (c *Client) classified(k call, r Response) *providers.Error {
	kind, say := byStatus(r.Status)
	e := c.fault(k, r.Status, kind, say, nil)
	if v := c.vendors(k, r); v != nil {
		e.Kind, e.Code, e.Say, e.Err = v.Kind, v.Code, or(v.Say, e.Say), v.Err
	}
	if k.write && (r.Status >= http.StatusInternalServerError || r.Status == http.StatusRequestTimeout) {
		e.Kind = providers.UnknownOutcome
	}
	return e
}

func (c *Client) vendors(k call, r Response) *providers.Error {
	if c.o.Classify == nil || !r.JSON {
		return nil
	}
	return c.o.Classify(k.op, r, k.write)
}

// byStatus is the cautious meaning of a status for which the vendor has none: a 404 alone proves nothing (facts/providers.md, rule 1).
func byStatus(status int) (providers.Kind, string) {
	switch {
	case status == http.StatusUnauthorized:
		return providers.Denied, "does not accept the bot's credential"
	case status == http.StatusForbidden:
		return providers.Denied, "says that the bot's rights do not suffice"
	case status == http.StatusNotFound:
		return providers.Misconfigured, "does not know this address"
	case status == http.StatusRequestTimeout || status >= http.StatusInternalServerError:
		return providers.Temporary, "has an error of its own"
	}
	return providers.Refused, "refused the request"
}

// unbuilt is a request that could not be made: its path, its body or its credential.
func (c *Client) unbuilt(k call, err error) *providers.Error {
	e := c.fault(k, 0, providers.Temporary, "was not asked: no credential could be had", plain(err))
	if errors.Is(err, errPath) {
		e.Kind, e.Say = providers.Misconfigured, c.o.Vendor+" was not asked: the id does not fit into an address"
	}
	if v, ok := errors.AsType[*providers.Error](err); ok {
		e.Kind, e.Code, e.Wait, e.Say, e.Err = v.Kind, v.Code, v.Wait, or(v.Say, e.Say), v
		if e.Kind == providers.UnknownOutcome {
			e.Kind = providers.Temporary // nothing of this call has left
		}
	}
	e.NotSent = k.write
	return e
}

// unsent is a write of which no byte has left.
func (c *Client) unsent(k call, err error) *providers.Error {
	e := c.fault(k, 0, providers.Temporary, "could not be reached; nothing was sent", plain(err))
	if errors.Is(err, errNotSent) {
		e.Say = "nothing was sent to " + c.o.Vendor + ": its time had run out"
	}
	e.NotSent = true
	return e
}

// unanswered is a request that may have arrived and has no whole answer.
func (c *Client) unanswered(k call, status int, err error) *providers.Error {
	kind, say := providers.Temporary, "did not answer"
	switch {
	case errors.Is(err, errTooLarge):
		kind, say = providers.Misconfigured, "answered with more than 1 MiB"
	case badCertificate(err):
		kind, say = providers.Misconfigured, "has a certificate that is not trusted"
	case errors.Is(err, context.DeadlineExceeded) || timedOut(err):
		say = "did not answer in time"
	}
	return c.fault(k, status, k.leaves(kind), say, plain(err))
}

// leaves is the kind of an answer that leaves open what became of a write: its outcome is unknown. A read has a kind of its own.
func (k call) leaves(read providers.Kind) providers.Kind {
	if k.write {
		return providers.UnknownOutcome
	}
	return read
}

func (c *Client) fault(k call, status int, kind providers.Kind, what string, err error) *providers.Error {
	say := c.o.Vendor + " " + what
	if status != 0 {
		say = fmt.Sprintf("%s (HTTP %d)", say, status)
	}
	return &providers.Error{Kind: kind, Vendor: c.o.Vendor, Op: k.op, Status: status, Say: say, Err: err}
}

// plain keeps causes whose text is made on this side. net/http quotes what a server sent in some of its errors, and a server may
// echo a credential: of those only the type is kept.
func plain(err error) error {
	network, isNetwork := errors.AsType[*net.OpError](err)
	proxy, isProxy := errors.AsType[*outbound.ProxyError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case errors.Is(err, errNotSent), errors.Is(err, errTooLarge), errors.Is(err, errPath):
		return err
	case isProxy:
		return proxy
	case isNetwork:
		return network
	case badCertificate(err):
		return errors.New("certificate not trusted")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("connection closed")
	}
	return fmt.Errorf("%T", err)
}

func badCertificate(err error) bool {
	_, verification := errors.AsType[*tls.CertificateVerificationError](err)
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	return verification || authority
}

func timedOut(err error) bool {
	n, ok := errors.AsType[net.Error](err)
	return ok && n.Timeout()
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
