package ecgrid

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"offboard/internal/providers"
)

// text takes a string, a number or a truth value as its text, and everything else as empty: the vendor's pages contradict each
// other about types and spellings, and only the id is essential.
type text string

// UnmarshalJSON never fails on JSON. An empty value leaves what is there: of two spellings of one field, one may be empty.
func (t *text) UnmarshalJSON(raw []byte) error {
	var s string
	switch {
	case json.Unmarshal(raw, &s) == nil:
		if s != "" {
			*t = text(s)
		}
	case !bytes.ContainsAny(raw[:1], "{["):
		*t = text(raw)
	}
	return nil
}

// user is what this bot wants to know of a user. encoding/json ignores case, so "email" takes "eMail" too.
type user struct {
	ID        text `json:"userId"`
	Login     text `json:"login"`
	LoginName text `json:"loginName"`
	Email     text `json:"email"`
	FirstName text `json:"firstName"`
	LastName  text `json:"lastName"`
	NetworkID text `json:"networkId"`
	AuthLevel text `json:"authLevel"`
	Status    text `json:"status"`
	LockedOut text `json:"lockedOut"`
	LastLogin text `json:"lastLogin"`
	Created   text `json:"created"`
	Modified  text `json:"modified"`
}

func (u user) login() string {
	if u.Login != "" {
		return string(u.Login)
	}
	return string(u.LoginName)
}

func (u user) account(provider string) providers.Account {
	a := providers.Account{
		Provider: provider, Tenant: string(u.NetworkID), ID: string(u.ID), Email: string(u.Email),
		Name:    strings.TrimSpace(string(u.FirstName) + " " + string(u.LastName)),
		Created: moment(u.Created), LastSeen: moment(u.LastLogin), Change: string(u.Modified),
	}
	if login := u.login(); login != "" {
		a.Logins = []string{login}
	}
	a.State, a.StateWord = u.state()
	a.Roles, a.RolesNote = roles(string(u.AuthLevel))
	a.RolesKnown = a.RolesNote == ""
	return a
}

// The words for a user's status (facts/providers.md, "ECGrid").
const (
	wordDevelopment   = "Development"
	wordActive        = "Active"
	wordActiveLocked  = "Active, locked out" // ours: the vendor has two fields for it
	wordPreproduction = "Preproduction"
	wordSuspended     = "Suspended"
	wordTerminated    = "Terminated"
)

// state maps the vendor's word. Development and Preproduction are documented words without a documented meaning for signing in,
// so people see them as they are, beside "unknown".
func (u user) state() (providers.State, string) {
	word := spelled(string(u.Status))
	switch word {
	case wordActive:
		if strings.EqualFold(string(u.LockedOut), "true") {
			return providers.StateLocked, wordActiveLocked
		}
		return providers.StateActive, word
	case wordSuspended:
		return providers.StateInactive, word
	case wordTerminated:
		return providers.StateDeleted, word
	}
	return providers.StateUnknown, word
}

// spelled gives a documented word in the vendor's own spelling, and any other as it is.
func spelled(word string) string {
	for _, known := range []string{wordDevelopment, wordActive, wordPreproduction, wordSuspended, wordTerminated} {
		if strings.EqualFold(known, word) {
			return known
		}
	}
	return word
}

// administrative are the levels from MailboxAdmin upwards, the highest first; the others are ordinary.
var (
	administrative = []string{"Root", "TechOps", "NetOps", "NetworkAdmin", "NetworkUser", "MailboxAdmin"}
	ordinary       = []string{"MailboxUser", "TPUser", "General"}
)

func roles(level string) (roles []string, note string) {
	for _, known := range administrative {
		if strings.EqualFold(known, level) {
			return []string{known}, ""
		}
	}
	for _, known := range ordinary {
		if strings.EqualFold(known, level) {
			return nil, ""
		}
	}
	if level == "" {
		return nil, "ECGrid did not say which authorisation level this user has."
	}
	return nil, "ECGrid gives this user an authorisation level that the bot does not know."
}

// moment reads the vendor's times, with and without a zone; zero when it cannot.
func moment(t text) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, string(t)); err == nil && at.Year() > 1 {
			return at.UTC()
		}
	}
	return time.Time{}
}
