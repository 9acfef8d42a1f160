package torii

import (
	"encoding/json"
	"strings"
	"time"

	"offboard/internal/providers"
)

// user is what this bot wants to know of a user. The three metadata objects are left unread on purpose: one is private, one is
// written by the user.
type user struct {
	ID          string `json:"id"`
	Environment string `json:"environmentId"`
	Status      string `json:"status"`
	Name        string `json:"name"`
	FirstName   string `json:"firstName"`
	LastName    string `json:"lastName"`
	Email       string `json:"email"`
	CreatedAt   stamp  `json:"createdAt"`
	UpdatedAt   stamp  `json:"updatedAt"`
}

// stamp is a time as text; empty where the vendor writes anything but a text.
type stamp string

// UnmarshalJSON never fails on JSON: a time is not worth losing a user over.
func (s *stamp) UnmarshalJSON(raw []byte) error {
	var t string
	if json.Unmarshal(raw, &t) == nil {
		*s = stamp(t)
	}
	return nil
}

func (s stamp) time() time.Time {
	at, err := time.Parse(time.RFC3339, string(s))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// The words for a user's status.
const (
	wordActive  = "active"
	wordBanned  = "banned"
	wordDeleted = "deleted"
)

func (u user) account(provider string) providers.Account {
	return providers.Account{
		Provider: provider, Tenant: u.Environment, ID: u.ID, Email: u.Email, Name: u.name(),
		State: state(u.Status), StateWord: u.Status, Change: string(u.UpdatedAt), Created: u.CreatedAt.time(),
		RolesNote: "Torii has no administrative roles for the bot to read.", RolesKnown: true, // there are none
	}
}

func (u user) name() string {
	if name := strings.TrimSpace(u.Name); name != "" {
		return name
	}
	return strings.TrimSpace(u.FirstName + " " + u.LastName)
}

func state(word string) providers.State {
	switch word {
	case wordActive:
		return providers.StateActive
	case wordBanned:
		return providers.StateLocked
	case wordDeleted:
		return providers.StateDeleted
	}
	return providers.StateUnknown
}
