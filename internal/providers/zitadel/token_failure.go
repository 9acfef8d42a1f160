package zitadel

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"golang.org/x/oauth2"

	"offboard/internal/providers"
)

const opToken = "token"

// tokenCodes are the error codes that are repeated to people and logs; anything else in a token error is kept out of both, because
// an answer may hold what was sent.
var tokenCodes = map[string]bool{
	"invalid_request": true, "invalid_client": true, "invalid_grant": true, "unauthorized_client": true,
	"unsupported_grant_type": true, "invalid_scope": true, "server_error": true, "temporarily_unavailable": true,
}

// tokenFailed classifies a failure to get a token. Nothing of the call that needed the token has left: NotSent.
func tokenFailed(err error) error {
	if answer, ok := errors.AsType[*oauth2.RetrieveError](err); ok && answer.Response != nil {
		return tokenRefused(answer)
	}
	e := &providers.Error{Vendor: vendor, Op: opToken, NotSent: true}
	transport, _ := errors.AsType[*url.Error](err)
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		e.Kind, e.Say, e.Err = providers.Temporary, "no token came from ZITADEL in time; nothing was sent", err
	case transport == nil || hopeless(err):
		e.Kind, e.Say = providers.Misconfigured, "what answered for a token is not ZITADEL's token endpoint: check url"
	default:
		e.Kind, e.Say, e.Err = providers.Temporary, "ZITADEL's token endpoint could not be reached; nothing was sent", transport.Err
	}
	return e
}

// hopeless tells faults of a connection that do not pass by themselves: a certificate nobody vouches for, an answer without end.
func hopeless(err error) bool {
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, endless := errors.AsType[*http.MaxBytesError](err)
	return certificate || endless
}

// tokenRefused classifies an answer of the token endpoint. Its body and description are not repeated.
func tokenRefused(answer *oauth2.RetrieveError) error {
	e := &providers.Error{Vendor: vendor, Op: opToken, NotSent: true, Status: answer.Response.StatusCode}
	if tokenCodes[answer.ErrorCode] {
		e.Code = answer.ErrorCode
	}
	switch {
	case e.Status == http.StatusTooManyRequests:
		e.Kind, e.Wait = providers.RateLimited, retryAfter(answer.Response.Header)
		e.Say = "ZITADEL's token endpoint answered 429; nothing was sent"
	case e.Code == "server_error":
		// An assertion that does not hold is answered with a 500 (facts/providers.md): no use in trying for ever.
		e.Kind = providers.Misconfigured
		e.Say = "ZITADEL answered server_error to the bot's sign-in, which is what it says to a key that it does not accept: " +
			"check key_file"
	case e.Status >= http.StatusInternalServerError:
		e.Kind, e.Say = providers.Temporary, fmt.Sprintf("ZITADEL's token endpoint answered %d; nothing was sent", e.Status)
	case e.Status == http.StatusNotFound && e.Code == "":
		// Not about the credential: the instance is chosen by Host, and no instance has this one.
		e.Kind, e.Say = providers.Misconfigured, "the token endpoint answered 404: nothing at this address is the instance: check url"
	default:
		e.Kind, e.Say = providers.Misconfigured, fmt.Sprintf("ZITADEL did not accept the bot's sign-in (%s): check the service account "+
			"and its credential", named(e.Status, e.Code))
	}
	return e
}

// credentialRefused reports whether the token endpoint may have meant the credential: a wrong one is answered with 400, 401 or, where it is a key, with
// a server_error (facts/providers.md).
func credentialRefused(err error) bool {
	answer, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok || answer.Response == nil {
		return false
	}
	status := answer.Response.StatusCode
	return status == http.StatusBadRequest || status == http.StatusUnauthorized || answer.ErrorCode == "server_error"
}

// retryAfter reads the header in seconds; 0 where there is none.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(n) * time.Second
}

// named is a status with the id that explains it.
func named(status int, code string) string {
	if code == "" {
		return strconv.Itoa(status)
	}
	return fmt.Sprintf("%d %s", status, code)
}
