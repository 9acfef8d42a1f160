package localecgrid

import (
	"strings"
	"time"
)

// The words that ECGrid has for a user's status.
const (
	Development   = "Development"
	Active        = "Active"
	Preproduction = "Preproduction"
	Suspended     = "Suspended"
	Terminated    = "Terminated"
)

// User is one user. A zero Status becomes Active, a zero AuthLevel MailboxUser.
type User struct {
	ID        int
	Login     string
	Email     string
	FirstName string
	LastName  string
	Company   string
	NetworkID int
	MailboxID int
	AuthLevel string
	Status    string
	LockedOut bool
	LastLogin time.Time
	Created   time.Time
	Modified  time.Time
	Invisible bool // answers 404 to this key, though the user exists
}

// Recovery stands in every user's private fields: it must appear nowhere else.
const Recovery = "private-recovery-answer"

// wire is the user as ECGrid writes it. The vendor's pages spell two fields in two ways each.
func (u User) wire(b Behaviour) map[string]any {
	login, email := "login", "email"
	if b.OtherSpelling {
		login, email = "loginName", "eMail"
	}
	out := map[string]any{
		"userId": u.ID, login: u.Login, email: u.Email, "firstName": u.FirstName, "lastName": u.LastName, "company": u.Company,
		"networkId": u.NetworkID, "mailboxId": u.MailboxID, "authLevel": u.AuthLevel, "status": u.Status, "lockedOut": u.LockedOut,
		"openSessions": 1, "lastLogin": stamp(u.LastLogin), "created": stamp(u.Created), "modified": stamp(u.Modified),
		"phone": Recovery, "recoveryQuestion1": Recovery, "recoveryAnswer1": Recovery,
	}
	if b.Sparse {
		for _, field := range []string{"company", "mailboxId", "openSessions", "lockedOut", "lastLogin", "modified"} {
			delete(out, field)
		}
	}
	return out
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.999")
}

// named reports whether a search for a login finds the user: by any part, in any case.
func (u User) named(part string) bool {
	part = strings.ToLower(part)
	return strings.Contains(strings.ToLower(u.Login), part)
}
