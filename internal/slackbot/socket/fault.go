package socket

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"offboard/internal/slackbot/webapi"
)

// switchedOff is Slack's word for an app whose Socket Mode is off.
const switchedOff = "link_disabled"

// PermanentError ends Run: no waiting heals it.
type PermanentError struct {
	Code string // Slack's word
	Err  error  // may be nil
}

// Error is one line for the operator: what is wrong and what to do.
func (e *PermanentError) Error() string {
	switch e.Code {
	case switchedOff:
		return "socket mode: it is switched off for this app (link_disabled); switch it on in the app's settings"
	case "missing_scope":
		return "socket mode: slack.app_token lacks the scope connections:write (missing_scope); create an app-level token that has it"
	case "not_allowed_token_type":
		return "socket mode: slack.app_token is of another type (not_allowed_token_type); put in the app-level token (xapp-…)"
	default:
		return fmt.Sprintf("socket mode: Slack refuses slack.app_token (%s); put in a valid app-level token with connections:write", e.Code)
	}
}

func (e *PermanentError) Unwrap() error { return e.Err }

// permanent returns the error that ends Run; nil: waiting may help.
func permanent(err error) error {
	if webapi.Permanent(err) || webapi.Code(err) == switchedOff {
		return &PermanentError{Code: webapi.Code(err), Err: err}
	}
	return nil
}

// asked is how long Slack wants to be left alone.
func asked(err error) time.Duration {
	const unsaid = 10 * time.Second // a 429 without Retry-After
	e, ok := errors.AsType[*webapi.Error](err)
	switch {
	case !ok:
		return 0
	case e.RetryAfter == 0 && e.Limited():
		return unsaid
	default:
		return e.RetryAfter
	}
}

// bare strips the address, whose ticket is a secret, off an error of net/http.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
