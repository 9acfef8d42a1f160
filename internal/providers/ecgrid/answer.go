package ecgrid

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"offboard/internal/providers"
	"offboard/internal/providers/wire"
)

// absent is the code of a 404 for a user who does not exist or is not shown to this key.
const absent = "ObjectNotFound"

// says are the documented error codes and their words for people. A code outside this list is not repeated: it is untrusted text.
var says = map[string]string{
	"InvalidParameter":  "it does not accept the request",
	"InvalidAPIKey":     "it does not accept the bot's API key",
	"InvalidSession":    "it does not accept the bot's API key",
	"AccessDenied":      "the bot's rights do not suffice",
	absent:              "the user does not exist, or is not visible to the bot's API key",
	"RateLimitExceeded": "it asks us to slow down",
	"InternalError":     "it has an error of its own",
}

// classify gives the meaning of an answer that is not 2xx.
func classify(op string, r wire.Response, _ bool) *providers.Error {
	var body struct {
		Code text `json:"errorCode"`
	}
	if r.Decode(&body) != nil {
		return nil
	}
	code := string(body.Code)
	say, known := says[code]
	if !known {
		return nil // the status speaks; a bare 404 is a wrong path
	}
	e := &providers.Error{Vendor: vendor, Op: op, Status: r.Status, Code: code,
		Say: fmt.Sprintf("ECGrid answered %d (%s): %s", r.Status, code, say)}
	switch {
	case r.Status == http.StatusTooManyRequests:
		e.Kind = providers.RateLimited
	case r.Status >= http.StatusInternalServerError:
		e.Kind = providers.Temporary
	case r.Status == http.StatusUnauthorized, r.Status == http.StatusForbidden, r.Status == http.StatusNotFound:
		e.Kind = providers.Denied
	default:
		e.Kind = providers.Refused
	}
	return e
}

// payload decodes data out of the envelope and reports whether there was a success mark.
func payload(r wire.Response, into any) bool {
	var envelope struct {
		Success bool            `json:"success"`
		Data    json.RawMessage `json:"data"`
	}
	if r.Decode(&envelope) != nil || !envelope.Success || len(envelope.Data) == 0 {
		return false
	}
	return json.Unmarshal(envelope.Data, into) == nil
}

func oneUser(op string, r wire.Response) (user, error) {
	var u user
	if r.Status != http.StatusOK || !payload(r, &u) || !validID(string(u.ID)) {
		return user{}, strange(op, r.Status, "answered without a user")
	}
	return u, nil
}

// manyUsers accepts data null as nobody.
func manyUsers(op string, r wire.Response) ([]user, error) {
	var all []user
	if r.Status != http.StatusOK || !payload(r, &all) {
		return nil, strange(op, r.Status, "answered without a list of users")
	}
	for _, u := range all {
		if !validID(string(u.ID)) {
			return nil, strange(op, r.Status, "answered with a user without an id")
		}
	}
	return all, nil
}

// strange is a 2xx answer to a read that is not the documented one.
func strange(op string, status int, what string) *providers.Error {
	return &providers.Error{Kind: providers.Misconfigured, Vendor: vendor, Op: op, Status: status,
		Say: fmt.Sprintf("ECGrid %s (HTTP %d); check the url", what, status)}
}

// validID accepts integers from 1, in the one spelling that goes into a path.
func validID(id string) bool {
	n, err := strconv.ParseInt(id, 10, 64)
	return err == nil && n >= 1 && strconv.FormatInt(n, 10) == id
}

func badID(op string) *providers.Error {
	return &providers.Error{Kind: providers.Refused, Vendor: vendor, Op: op,
		Say: "an ECGrid id is a whole number from 1; nothing was sent"}
}
