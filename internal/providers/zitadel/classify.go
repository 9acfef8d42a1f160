package zitadel

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"

	"offboard/internal/providers"
	"offboard/internal/providers/wire"
)

// The ids that mean something to us (facts/providers.md).
const (
	idUserUnknown     = "QUERY-Dfbg2"
	idNoMembership    = "AUTHZ-cdgFk"
	idAlreadyInactive = "COMMAND-5gunjw0cd7"
	idInitial         = "COMMAND-gvx4kct9r2"
	idNotThere        = "COMMAND-5gp2p62iin" // deactivate
	idNotInactive     = "COMMAND-s5qqcz97hf"
	idNotThereV2      = "COMMAND-bd4ir1mblj" // delete v2
	idNotThereV1      = "COMMAND-m9od"       // delete v1: unknown, or of another organisation
	idOrgUnknown      = "AUTH-Bs7Ds"
)

// reading is what an id means: a kind and a clause for people.
type reading struct {
	status int // the status it comes with; with another one it means nothing
	kind   providers.Kind
	say    string
}

// "Already so" and "not there" are the provider's refusals, not success: what is true is for a look to confirm.
var readings = map[string]reading{
	idUserUnknown:     {404, providers.NotFound, "ZITADEL does not know this user"},
	idNoMembership:    {404, providers.Denied, "the bot has no membership in the user's organisation"},
	idAlreadyInactive: {400, providers.Refused, "the user is already inactive"},
	idInitial:         {400, providers.Refused, "the user has never signed in; such a user can only be deleted"},
	idNotThere:        {404, providers.NotFound, "the user is not there any more"},
	idNotInactive:     {400, providers.Refused, "the user is not inactive"},
	idNotThereV2:      {404, providers.NotFound, "the user is not there any more"},
	idNotThereV1:      {404, providers.Refused, "the user is not there any more, or lives in another organisation"},
	idOrgUnknown:      {403, providers.Denied, "ZITADEL does not know the user's organisation"},
}

// byStatus is what a refusal means whose id says nothing more.
var byStatus = map[int]reading{
	http.StatusBadRequest:      {400, providers.Refused, "ZITADEL did not accept the request"},
	http.StatusUnauthorized:    {401, providers.Denied, "ZITADEL does not accept the bot's token"},
	http.StatusForbidden:       {403, providers.Denied, "the bot's rights do not suffice"},
	http.StatusTooManyRequests: {429, providers.RateLimited, "the bot has to slow down"},
	http.StatusConflict:        {409, providers.Refused, "ZITADEL did not accept the request"},
	// A 404 without details is a wrong host or path; with an id that is not known here it proves nothing either.
	http.StatusNotFound: {404, providers.Misconfigured, "nothing at this address is the instance: check url"},
}

// idShape is what an id of ZITADEL's looks like; anything else in its place is not repeated.
var idShape = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,15}-[A-Za-z0-9]{1,16}$`)

// classify judges a refusal by the id in its details. It returns nil where that says nothing: 5xx, and answers that are not JSON.
func classify(op string, r wire.Response, _ bool) *providers.Error {
	if !r.JSON {
		return nil
	}
	known, ok := byStatus[r.Status]
	if !ok {
		return nil
	}
	id := detailID(r.Body)
	if by, ok := readings[id]; ok && by.status == r.Status {
		known = by
	}
	return &providers.Error{Kind: known.kind, Vendor: vendor, Op: op, Status: r.Status, Code: id,
		Say: fmt.Sprintf("ZITADEL answered %s: %s", named(r.Status, id), known.say)}
}

// detailID reads details[0].id of an error.
func detailID(body []byte) string {
	var s struct{ Details []struct{ ID string } }
	if json.Unmarshal(body, &s) != nil || len(s.Details) == 0 || !idShape.MatchString(s.Details[0].ID) {
		return ""
	}
	return s.Details[0].ID
}

// notZITADEL is an answer to a read that is not in ZITADEL's format.
func notZITADEL(op string, status int) error {
	return &providers.Error{Kind: providers.Misconfigured, Vendor: vendor, Op: op, Status: status,
		Say: fmt.Sprintf("what answered %d is not in ZITADEL's format: check url", status)}
}
