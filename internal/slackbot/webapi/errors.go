package webapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

var (
	// ErrUnreadable is an answer that is not JSON with ok in it.
	ErrUnreadable = errors.New("the answer is not one of Slack's")
	// ErrLacking is an ok answer without what was asked for.
	ErrLacking = errors.New("the answer lacks what was asked for")
)

// Error is what went wrong with one call. Its text holds no secret and nothing that was sent.
type Error struct {
	Method     string        // "chat.postMessage"; "response_url" for Respond
	Code       string        // Slack's error, for example channel_not_found; empty when Slack did not say
	Needed     string        // the scope that was missing
	Status     int           // HTTP status; 0: no answer came
	RetryAfter time.Duration // as Slack asked; 0: it did not say
	Maybe      bool          // a write that may have happened: timeout, cut, 5xx, unreadable answer
	NotSent    bool          // nothing left: no connection, or the time was over before
	Renewed    bool          // the token was refused, and another is at hand: the call did nothing, and the next may go well
	Err        error         // the cause; may be nil

	read bool
}

// Error names the method and what is known; meant for logs.
func (e *Error) Error() string {
	s := "slack " + e.Method
	if e.Status != 0 {
		s += fmt.Sprintf(": status %d", e.Status)
	}
	if e.Code != "" {
		s += ": " + e.Code
	}
	if e.Needed != "" {
		s += " (needs " + e.Needed + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Limited reports whether Slack refused because of too many calls: it did nothing.
func (e *Error) Limited() bool {
	return e.Status == http.StatusTooManyRequests || e.Code == "ratelimited" || e.Code == "rate_limited"
}

// Transient reports whether the same call may go well later: Slack or the way to it was in trouble.
func (e *Error) Transient() bool {
	return e.Limited() || e.Maybe || e.NotSent || e.Renewed || e.Status >= http.StatusInternalServerError || perhaps[e.Code] ||
		passing[e.Code] || e.Status == 0 || errors.Is(e.Err, ErrUnreadable)
}

// perhaps are Slack's errors after which a part may have been done (Slack's documentation says so of fatal_error).
var perhaps = map[string]bool{
	"fatal_error": true, "internal_error": true, "service_unavailable": true, "request_timeout": true,
}

// passing are Slack's errors while a workspace is moved into an organisation: nothing was done, and they end by themselves.
var passing = map[string]bool{"org_login_required": true, "team_added_to_org": true}

// dead are the faults of a token itself, whatever is asked with it.
var dead = map[string]bool{
	"invalid_auth": true, "account_inactive": true, "token_revoked": true, "token_expired": true, "not_allowed_token_type": true,
	"not_authed": true,
}

// rightless are the faults of a token's rights.
var rightless = map[string]bool{"missing_scope": true, "no_permission": true, "ekm_access_denied": true}

// Permanent reports whether Slack refuses our token or its rights, so that no call like it will go well until a person acts.
func Permanent(err error) bool { return Refused(err) || rightless[Code(err)] }

// Refused reports whether Slack refuses our token itself, so that no call at all will go well until a person acts.
func Refused(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && dead[e.Code] && !e.Renewed
}

// Code returns Slack's error in err's chain; empty when there is none.
func Code(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

const (
	tries       = 3
	shortWait   = 5 * time.Second // a longer Retry-After is the caller's to wait for
	readBackoff = 300 * time.Millisecond
)

// again says whether this client itself tries once more, and after which wait. Writes: only on a 429 with a short Retry-After.
func (e *Error) again(try int) (time.Duration, bool) {
	if try >= tries {
		return 0, false
	}
	if e.Limited() && e.RetryAfter > 0 {
		return e.RetryAfter, e.RetryAfter <= shortWait
	}
	if !e.read || e.Renewed || !e.Transient() {
		return 0, false
	}
	if e.Limited() {
		return time.Second, true
	}
	return time.Duration(try) * readBackoff, true
}

// fits reports whether a wait ends before ctx does.
func fits(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() == nil && (!ok || time.Until(deadline) > wait)
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
