package torii

import (
	"fmt"
	"net/http"
	"regexp"

	"offboard/internal/providers"
	"offboard/internal/providers/wire"
)

// classify gives the meaning of an answer that is not 2xx. Torii's own codes are not documented, so the status is all there is.
func classify(op string, r wire.Response, write bool) *providers.Error {
	e := &providers.Error{Vendor: vendor, Op: op, Status: r.Status}
	say := ""
	switch r.Status {
	case http.StatusUnauthorized:
		e.Kind, say = providers.Denied, "it does not accept the bot's secret key"
	case http.StatusForbidden:
		e.Kind, say = providers.Denied, "the user belongs to another environment"
		if write {
			say = "the user was deleted before, or belongs to another environment"
		}
	case http.StatusNotFound:
		e.Kind, say = providers.Denied, "the user does not exist, or is not shown to the bot"
		if write { // the user was there a moment ago: nobody can say what this call did
			e.Kind, say = providers.UnknownOutcome, "it does not know the user"
		}
	default:
		return nil
	}
	e.Say = fmt.Sprintf("Torii answered %d: %s", r.Status, say)
	return e
}

// foreign is an account or a key of another environment than the configured one.
func (p *Provider) foreign(op string) *providers.Error {
	return &providers.Error{Kind: providers.Denied, Vendor: vendor, Op: op,
		Say: "this belongs to another Torii environment than the one in the configuration"}
}

// strange is a 2xx answer to a read that is not the documented one.
func strange(op string, status int, what string) *providers.Error {
	return &providers.Error{Kind: providers.Misconfigured, Vendor: vendor, Op: op, Status: status,
		Say: fmt.Sprintf("Torii %s (HTTP %d); check the url", what, status)}
}

// An id is a UUID; what is required here is only what keeps a path this very user's.
var idShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$`)

func validID(id string) bool { return idShape.MatchString(id) && id != "search" }

func badID(op string) *providers.Error {
	return &providers.Error{Kind: providers.Refused, Vendor: vendor, Op: op, Say: "this is not a Torii user id; nothing was sent"}
}
