package localtorii

import (
	"slices"
	"strings"
	"time"
)

// The words that Torii has for a user's status.
const (
	Active  = "active"
	Banned  = "banned"
	Deleted = "deleted"
)

// User is one user. A zero Status becomes active, a zero Environment the server's own.
type User struct {
	ID          string // a UUID
	Environment string
	Email       string
	FirstName   string
	LastName    string
	Status      string
	Created     time.Time
	Updated     time.Time
	DeletedAt   time.Time
	Invisible   bool // shown by no read, though the user exists
}

// Metadata stands in every user's private metadata: it must appear nowhere else.
const Metadata = "private-metadata-content"

func (u User) wire() map[string]any {
	return map[string]any{
		"id": u.ID, "environmentId": u.Environment, "status": u.Status, "createdAt": stamp(u.Created), "updatedAt": stamp(u.Updated),
		"deletedAt": stamp(u.DeletedAt), "name": strings.TrimSpace(u.FirstName + " " + u.LastName), "firstName": u.FirstName,
		"lastName": u.LastName, "email": u.Email, "emailVerifiedAt": stamp(u.Created),
		"publicMetadata": map[string]any{}, "privateMetadata": map[string]any{"note": Metadata},
		"unsafeMetadata": map[string]any{"theme": Metadata},
	}
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// selector is the body of a search. Blank selectors match everybody; without statuses, deleted users are left out.
type selector struct {
	UserIDs        []string `json:"userIds"`
	EmailAddresses []string `json:"emailAddresses"`
	Email          string   `json:"email"`
	Statuses       []string `json:"statuses"`
}

func (q selector) matches(u User) bool {
	same := func(want string) func(string) bool {
		return func(s string) bool { return strings.EqualFold(s, want) }
	}
	switch {
	case len(q.UserIDs) > 0 && !slices.ContainsFunc(q.UserIDs, same(u.ID)),
		len(q.EmailAddresses) > 0 && !slices.ContainsFunc(q.EmailAddresses, same(u.Email)),
		!strings.Contains(strings.ToLower(u.Email), strings.ToLower(q.Email)):
		return false
	case len(q.Statuses) == 0:
		return u.Status != Deleted
	}
	return slices.Contains(q.Statuses, u.Status)
}
