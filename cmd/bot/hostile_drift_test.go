package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/sandbox/localtorii"
	"offboard/internal/sandbox/localzitadel"
	"offboard/internal/sandbox/town"
)

// change is one thing about an account that is different when the call is about to begin, and how the card says it.
type change struct {
	what, said string
	make       func(tw *town.Town)
}

// later is when an account was made that took over the id of another.
var later = time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)

func atECGrid(l town.Leaver, f func(u *localecgrid.User)) func(tw *town.Town) {
	return func(tw *town.Town) {
		id, err := strconv.Atoi(l.ID)
		if err != nil {
			panic(err) // one of the town's own
		}
		u, _ := tw.ECGrid.User(id)
		f(&u)
		tw.ECGrid.Put(u)
	}
}

func atTorii(l town.Leaver, f func(u *localtorii.User)) func(tw *town.Town) {
	return func(tw *town.Town) {
		u, _ := tw.Torii.User(l.ID)
		f(&u)
		tw.Torii.Put(u)
	}
}

// omar is the user at ZITADEL as the town has hired him; each change is made to a copy that the next one goes on with.
func omar() *localzitadel.User {
	l := town.Omar
	return &localzitadel.User{
		ID: l.ID, Org: "290000000000000001", UserName: l.Email, Created: time.Date(2023, 5, 4, 8, 30, 0, 0, time.UTC),
		Human: &localzitadel.Human{GivenName: l.First, FamilyName: l.Last, DisplayName: l.First + " " + l.Last, Email: l.Email, Verified: true},
	}
}

func ecgridChanges() []change {
	of := func(f func(u *localecgrid.User)) func(*town.Town) { return atECGrid(town.Dana, f) }
	return []change{
		{"e-mail", "e-mail: dana.hill@example.com → dana.new@example.com", of(func(u *localecgrid.User) { u.Email = "dana.new@example.com" })},
		{"login", "logins: dana.hill@example.com → dana", of(func(u *localecgrid.User) { u.Login = "dana" })},
		{"name", "name: Dana Hill → Dana Mountain", of(func(u *localecgrid.User) { u.LastName = "Mountain" })},
		{"state", "state: Active → Active, locked out", of(func(u *localecgrid.User) { u.LockedOut = true })},
		{"roles", "admin roles: (none) → MailboxAdmin", of(func(u *localecgrid.User) { u.AuthLevel = "MailboxAdmin" })},
		{"org", "tenant: 7 → 8", of(func(u *localecgrid.User) { u.NetworkID = 8 })},
		{"re-created", "→ 2026-02-03T04", of(func(u *localecgrid.User) { u.Created = later })},
	}
}

func zitadelChanges() []change {
	u := omar()
	of := func(f func()) func(*town.Town) {
		return func(tw *town.Town) {
			f()
			tw.ZITADEL.Put(*u)
		}
	}
	return []change{
		{"e-mail", "e-mail: omar.khan@example.com → omar.new@example.com", of(func() {
			h := *u.Human
			h.Email = "omar.new@example.com"
			u.Human = &h
		})},
		{"login", "logins: omar.khan@example.com → omar", of(func() { u.UserName, u.LoginNames = "omar", []string{"omar"} })},
		{"name", "name: Omar Khan → Omar Can", of(func() {
			h := *u.Human
			h.DisplayName = "Omar Can"
			u.Human = &h
		})},
		{"state", "state: USER_STATE_ACTIVE → USER_STATE_LOCKED", of(func() { u.State = localzitadel.Locked })},
		{"roles", "→ Roles at other organisations are not looked at., ORG_USER_MANAGER", func(tw *town.Town) {
			tw.ZITADEL.Grant(localzitadel.Member{User: u.ID, Org: u.Org, Roles: []string{"ORG_USER_MANAGER"}})
		}},
		{"org", "tenant: 290000000000000001 → 290000000000000002", of(func() { u.Org = "290000000000000002" })},
		{"re-created", "→ 2026-02-03T04", of(func() { u.Created = later })},
		{"no person any more", "kind: human → machine", of(func() { u.Human, u.Machine = nil, &localzitadel.Machine{Name: "Omar Can"} })},
	}
}

func toriiChanges() []change {
	of := func(f func(u *localtorii.User)) func(*town.Town) { return atTorii(town.Jonas, f) }
	return []change{
		{"e-mail", "e-mail: jonas.berg@example.com → jonas.new@example.com", of(func(u *localtorii.User) { u.Email = "jonas.new@example.com" })},
		{"name", "name: Jonas Berg → Jonas Hill", of(func(u *localtorii.User) { u.LastName = "Hill" })},
		{"state", "state: active → banned", of(func(u *localtorii.User) { u.Status = localtorii.Banned })},
		{"re-created", "→ 2026-02-03T04", of(func(u *localtorii.User) { u.Created = later })},
	}
}

// Whatever the card showed and is different at the begin voids the approvals, stands on the card, and is asked for again: e-mail, login, name,
// state, roles, organisation, and the creation date of an id that was given again, at each provider that has them. (A Torii user of another
// environment is not read at all.)
func TestHostileDriftInEverything(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		leaver  town.Leaver
		more    string
		ends    string
		changes []change
	}{
		"ecgrid":  {town.Dana, "provider:ecgrid", "Terminated", ecgridChanges()},
		"zitadel": {town.Omar, "provider:zitadel", localzitadel.Inactive, zitadelChanges()},
		"torii":   {town.Jonas, "provider:torii", localtorii.Deleted, toriiChanges()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{})
			card := s.ask(x.leaver, x.more)
			for _, c := range x.changes {
				c.make(s.town)
				s.press(town.Bob, s.now(card), "approve")
				s.until("the card shows the "+c.what+" and asks again", func() bool {
					now := string(s.now(card).Blocks)
					return strings.Contains(now, c.said) && strings.Contains(now, "0 of 1 approvals") && buttonsOn(s.now(card))
				})
				if r := s.town.Record(name, x.leaver.ID); r.Writes != 0 {
					t.Fatalf("%s got %d calls after the %s changed", name, r.Writes, c.what)
				}
			}
			s.press(town.Bob, s.now(card), "approve")
			s.thread(card, "Done")
			s.stop()
			if r := s.town.Record(name, x.leaver.ID); r.Writes != 1 || r.State != x.ends {
				t.Errorf("%s has %+v on record", name, r)
			}
		})
	}
}
