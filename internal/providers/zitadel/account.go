package zitadel

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"offboard/internal/providers"
)

// RolesNotes are part of what people approve, so they are fixed sentences.
const (
	rolesNotAsked = "Admin roles are read with the account itself."
	rolesHidden   = "ZITADEL does not show this user's admin roles to the bot."
	rolesMore     = "There are more admin roles than are listed."
	rolesNone     = "None at the instance or the user's own organisation; other organisations are not looked at."
	rolesHere     = "Roles at other organisations are not looked at."
)

// user is one user as the v2 API and, with the older names, the auth API give it. Every field may be missing.
type user struct {
	UserID             string
	ID                 string // the older name
	Username           string
	LoginNames         []string
	PreferredLoginName string
	State              string
	Details            struct {
		Sequence      text64
		ChangeDate    string
		ResourceOwner string
		CreationDate  time.Time
	}
	Human *struct {
		Profile struct{ GivenName, FamilyName, DisplayName string }
		Email   struct{ Email string }
	}
	Machine *struct{ Name string }
}

// text64 is a 64-bit number, which travels as a string, and is left out when it is zero.
type text64 string

// UnmarshalJSON takes a string or a number.
func (t *text64) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = text64(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	*t = text64(n.String())
	return nil
}

func (u user) id() string {
	if u.UserID != "" {
		return u.UserID
	}
	return u.ID
}

// account puts a user into our words. Roles are read apart.
func (p *Provider) account(u user) providers.Account {
	a := providers.Account{
		Provider: p.config.Name, Tenant: u.Details.ResourceOwner, ID: u.id(), Logins: u.logins(),
		State: stateOf(u.State), StateWord: u.State, Created: u.Details.CreationDate, Change: string(u.Details.Sequence),
	}
	if a.Change == "" {
		a.Change = u.Details.ChangeDate
	}
	switch {
	case u.Human != nil:
		a.Being, a.Email, a.Name = providers.Human, u.Human.Email.Email, u.Human.Profile.DisplayName
		if a.Name == "" {
			a.Name = strings.TrimSpace(u.Human.Profile.GivenName + " " + u.Human.Profile.FamilyName)
		}
	case u.Machine != nil:
		a.Being, a.Name = providers.Machine, u.Machine.Name
	}
	return a
}

// logins gives the names a user can sign in with, sorted, each once. The user name is among them although ZITADEL may append the
// organisation's domain to it: it is often an e-mail address, and whose it is must be known to refuse their approval and protect them.
func (u user) logins() []string {
	all := append(slices.Clone(u.LoginNames), u.PreferredLoginName, u.Username)
	all = slices.DeleteFunc(all, func(l string) bool { return l == "" })
	slices.Sort(all)
	return slices.Compact(all)
}

// The states of a user, in ZITADEL's words.
const (
	wordActive   = "USER_STATE_ACTIVE"
	wordInactive = "USER_STATE_INACTIVE"
	wordLocked   = "USER_STATE_LOCKED"
	wordInitial  = "USER_STATE_INITIAL"
	wordDeleted  = "USER_STATE_DELETED"
)

func stateOf(word string) providers.State {
	switch word {
	case wordActive:
		return providers.StateActive
	case wordInactive:
		return providers.StateInactive
	case wordLocked:
		return providers.StateLocked
	case wordInitial:
		return providers.StateInitial
	case wordDeleted:
		return providers.StateDeleted
	default:
		return providers.StateUnknown
	}
}
