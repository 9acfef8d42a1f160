package town

import (
	"strconv"
	"strings"

	"offboard/internal/sandbox/fault"
)

// Providers lists the local providers by the names that the other methods take.
func Providers() []string { return []string{"ecgrid", "zitadel", "torii"} }

// Record is what a provider itself has on record of an account.
type Record struct {
	State  string // the provider's own word; empty: there is no such account
	Writes int    // destructive requests that arrived for it
}

// Account is one account at a provider, as the provider itself has it.
type Account struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Login string `json:"login"` // what /offboard finds it by
	Email string `json:"email"`
	State string `json:"state"` // the provider's own word; empty: there is no such account
}

// Record returns what a provider has on record of an account.
func (t *Town) Record(provider, id string) Record {
	return Record{State: t.state(provider, id), Writes: writes(t.Faults(provider).Calls(), id)}
}

// Accounts returns what a provider has on record of everybody who was hired, the bot's own account last.
func (t *Town) Accounts(provider string) []Account {
	var out []Account
	for _, l := range hired[provider] {
		out = append(out, Account{ID: l.ID, Name: l.First + " " + l.Last, Login: l.Email})
	}
	switch provider {
	case "ecgrid":
		out = append(out, Account{ID: strconv.Itoa(botAtECGrid), Name: "the bot itself", Login: botLogin})
	case "zitadel":
		out = append(out, Account{ID: botAtZITADEL, Name: "the bot itself", Login: botLogin})
	}
	for i, a := range out {
		out[i].State, out[i].Email = t.state(provider, a.ID), t.email(provider, a.ID)
	}
	return out
}

func (t *Town) state(provider, id string) string {
	switch provider {
	case "ecgrid":
		return t.ECGrid.StateOf(id)
	case "torii":
		return t.Torii.StateOf(id)
	default:
		return t.ZITADEL.StateOf(id)
	}
}

// email is the address that a provider has of an account now; empty: none.
func (t *Town) email(provider, id string) string {
	switch provider {
	case "ecgrid":
		n, _ := strconv.Atoi(id)
		u, _ := t.ECGrid.User(n)
		return u.Email
	case "torii":
		u, _ := t.Torii.User(id)
		return u.Email
	default:
		return t.ZITADEL.EmailOf(id)
	}
}

// Faults is the switch for a provider's misbehaviour, and the record of the calls that it received.
func (t *Town) Faults(provider string) *fault.Switch {
	switch provider {
	case "ecgrid":
		return t.ECGrid.Faults()
	case "torii":
		return t.Torii.Faults()
	default:
		return t.ZITADEL.Faults()
	}
}

func writes(calls []fault.Call, id string) int {
	n := 0
	for _, c := range calls {
		if c.Write && strings.Contains(c.Path+"/", "/"+id+"/") {
			n++
		}
	}
	return n
}
