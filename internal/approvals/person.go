package approvals

import (
	"slices"

	"offboard/internal/providers"
)

// Person is somebody in the Slack workspace, as Slack itself says when asked.
type Person struct {
	ID    string   // Slack user id: U…, or W… on Enterprise Grid
	Also  []string // other ids of the same person (Enterprise Grid)
	Email string   // the e-mail address that Slack has confirmed; empty where there is none
}

// Known reports whether this is anybody at all.
func (p Person) Known() bool { return p.ID != "" }

// Is reports whether an id is one of this person's.
func (p Person) Is(id string) bool { return p.Known() && (p.ID == id || slices.Contains(p.Also, id)) }

// And takes another entry for this very person.
func (p Person) And(q Person) Person {
	if !p.Known() {
		return q
	}
	p.Also = slices.Clone(p.Also)
	for _, id := range append([]string{q.ID}, q.Also...) {
		if id != "" && !p.Is(id) {
			p.Also = append(p.Also, id)
		}
	}
	return p
}

// Same reports whether two entries are the same person: by any of their ids, or by their e-mail address.
func (p Person) Same(q Person) bool {
	if !p.Known() || !q.Known() {
		return false
	}
	for _, id := range append([]string{p.ID}, p.Also...) {
		if id == q.ID || slices.Contains(q.Also, id) {
			return true
		}
	}
	return p.Email != "" && sameAddress(p.Email, q.Email)
}

// Owns reports whether the account is this person's own: its e-mail or one of its logins is the person's e-mail.
func (p Person) Owns(a providers.Account) bool {
	return p.Email != "" && slices.ContainsFunc(addresses(a), func(x string) bool { return sameAddress(p.Email, x) })
}

func contains(people []Person, p Person) bool {
	return slices.ContainsFunc(people, p.Same)
}
