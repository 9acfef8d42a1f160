package approvals

import (
	"slices"
	"strings"

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
	return p.Email != "" && strings.EqualFold(p.Email, q.Email)
}

// Owns reports whether the account is this person's own: its e-mail or one of its logins is the person's e-mail.
func (p Person) Owns(a providers.Account) bool {
	if p.Email == "" {
		return false
	}
	if strings.EqualFold(p.Email, a.Email) {
		return true
	}
	return slices.ContainsFunc(a.Logins, func(l string) bool { return strings.EqualFold(p.Email, l) })
}

func contains(people []Person, p Person) bool {
	return slices.ContainsFunc(people, p.Same)
}
