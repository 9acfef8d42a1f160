package town

import (
	"slices"
	"strconv"

	"offboard/internal/sandbox/localzitadel"
	"offboard/internal/sandbox/workspace"
)

// Readdress gives an account at a provider another e-mail address, and leaves the rest as it is. It reports whether there is such an account.
// [Town.Rehire] takes it back.
func (t *Town) Readdress(provider, id, email string) bool {
	switch provider {
	case "ecgrid":
		n, err := strconv.Atoi(id)
		u, ok := t.ECGrid.User(n)
		if u.Email = email; err == nil && ok {
			t.ECGrid.Put(u)
		}
		return err == nil && ok
	case "torii":
		u, ok := t.Torii.User(id)
		if u.Email = email; ok {
			t.Torii.Put(u)
		}
		return ok
	default:
		return t.ZITADEL.Change(id, func(u *localzitadel.User) {
			if u.Human != nil {
				h := *u.Human
				h.Email = email
				u.Human = &h
			}
		})
	}
}

// Share shares the approvals channel with another company, or ends that.
func (t *Town) Share(with bool) {
	t.Slack.ChangeChannel(Approvals, func(c *workspace.Channel) {
		c.ExtShared = with
		c.Members = slices.DeleteFunc(c.Members, func(id string) bool { return id == Olga })
		if with {
			c.Members = append(c.Members, Olga)
		}
	})
}

// LetApprove puts somebody into the group of approvers, or takes them out.
func (t *Town) LetApprove(userID string, may bool) {
	members := slices.DeleteFunc(t.Slack.Group(Approvers), func(id string) bool { return id == userID })
	if may {
		members = append(members, userID)
	}
	t.Slack.AddGroup(Approvers, members...)
}

// MakeGuest makes somebody a guest of the workspace, or a member again.
func (t *Town) MakeGuest(userID string, guest bool) {
	if p, ok := t.Slack.Person(userID); ok {
		p.Restricted = guest
		t.Slack.AddPerson(p)
	}
}
