package providers

import (
	"errors"
	"fmt"
	"time"
)

// Kind is what an error means to us. Each vendor classifies its own answers; nobody branches on text.
type Kind string

// The kinds of provider errors.
const (
	NotFound       Kind = "not_found"       // conclusively no such account
	Denied         Kind = "denied"          // our rights do not suffice
	Refused        Kind = "refused"         // the provider's own rules forbid it (or it is already so)
	RateLimited    Kind = "rate_limited"    // 429: it was not done; Wait says how long to wait, 0 when the provider did not say
	Temporary      Kind = "temporary"       // nothing was done or read; trying again later may help
	UnknownOutcome Kind = "unknown_outcome" // a write may have taken effect
	Misconfigured  Kind = "misconfigured"   // wrong address, wrong host, a proxy in the way, an answer that is not the vendor's
)

// Kinds lists every Kind.
func Kinds() []Kind {
	return []Kind{NotFound, Denied, Refused, RateLimited, Temporary, UnknownOutcome, Misconfigured}
}

// Error is what went wrong at a provider. It holds no secret and no personal data beyond account ids.
type Error struct {
	Kind    Kind
	Vendor  string        // "ZITADEL"
	Op      string        // "delete user", "read user", "search", "who am I", "token"
	Status  int           // HTTP status; 0 when no answer came
	Code    string        // the vendor's machine-readable id, for example COMMAND-5gunjw0cd7; empty where there is none
	Wait    time.Duration // RateLimited: the Retry-After; 0 when none was given
	NotSent bool          // a write that provably did not leave: no connection was made, or its deadline had passed
	Say     string        // one plain clause for people, for example "ZITADEL answered 403 (AUTH-AWfge): the bot's rights do not suffice"
	Err     error         // the cause; may be nil
}

// Error gives the operation, the kind and what is known of the answer; meant for logs.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s: %s: %s", e.Vendor, e.Op, e.Kind)
	if e.Status != 0 {
		s += fmt.Sprintf(": status %d", e.Status)
	}
	if e.Code != "" {
		s += " " + e.Code
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Words gives what went wrong in words for people, as plain text; otherwise where the error has none for them.
func Words(err error, otherwise string) string {
	if e, ok := errors.AsType[*Error](err); ok && e.Say != "" {
		return e.Say
	}
	return otherwise
}

// KindOf returns the kind of the provider error in err's chain; anything else is Temporary when it is not nil.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Temporary
}
