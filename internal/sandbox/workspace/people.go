package workspace

import (
	"fmt"
	"slices"
	"strings"
)

// Person is somebody, or a bot, in the workspace or seen from it.
type Person struct {
	ID               string
	Name             string
	Email            string
	EmailUnconfirmed bool
	Restricted       bool // a guest of several channels; set UltraRestricted too for a guest of one
	UltraRestricted  bool
	Stranger         bool // of another organisation, without a shared channel
	InvitedUser      bool // invited, has not come yet
	Bot              bool
	AppUser          bool
	Deleted          bool // may still act through this package: a click can cross a deletion
	Admin            bool
	Zone             string   // time zone, as in the IANA database; empty: Etc/UTC
	TeamID           string   // empty: this workspace
	EnterpriseID     string   // set: the person belongs to an organisation, and
	EnterpriseTeams  []string // is in these of its workspaces
}

// Channel is a conversation.
type Channel struct {
	ID               string
	Name             string
	Private          bool
	Archived         bool
	ExtShared        bool // with another organisation
	PendingExtShared bool // about to be
	OrgShared        bool
	Members          []string // who posts or clicks must be in it; the bot too

	im string // the person of a direct message
}

// AddPerson puts somebody into the workspace, or in the place of who had the id before.
func (w *Workspace) AddPerson(p Person) {
	if p.TeamID == "" {
		p.TeamID = w.cfg.TeamID
	}
	p.EnterpriseTeams = slices.Clone(p.EnterpriseTeams)
	w.do(func() { w.people[p.ID] = &p })
}

// RemovePerson makes the workspace forget somebody: users.info answers user_not_found.
func (w *Workspace) RemovePerson(id string) { w.do(func() { delete(w.people, id) }) }

// AddChannel puts a channel into the workspace, or in the place of that with the same id; messages stay.
func (w *Workspace) AddChannel(c Channel) {
	c.Members = slices.Clone(c.Members)
	w.do(func() { w.channels[c.ID] = &c })
}

// ChangeChannel changes a channel, for example archives it. It reports whether there is one.
func (w *Workspace) ChangeChannel(id string, change func(*Channel)) bool {
	found := false
	w.do(func() {
		if c := w.channels[id]; c != nil {
			change(c)
			found = true
		}
	})
	return found
}

// AddGroup sets the members of a user group.
func (w *Workspace) AddGroup(id string, members ...string) {
	w.do(func() { w.groups[id] = append([]string{}, members...) })
}

// Group returns the members of a user group.
func (w *Workspace) Group(id string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.groups[id])
}

// Person returns somebody as they are now.
func (w *Workspace) Person(id string) (Person, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.people[id]
	if p == nil {
		return Person{}, false
	}
	out := *p
	out.EnterpriseTeams = slices.Clone(p.EnterpriseTeams)
	return out, true
}

// Shared reports whether a channel is shared with another organisation.
func (w *Workspace) Shared(channelID string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels[channelID]
	return c != nil && c.ExtShared
}

// in reports whether somebody is a member. The lock is held.
func (c *Channel) in(userID string) bool { return slices.Contains(c.Members, userID) }

// direct returns the conversation between the bot and somebody, and opens it if there is none. The lock is held.
func (w *Workspace) direct(userID string) *Channel {
	id := "D" + strings.TrimPrefix(userID, "U")
	if c := w.channels[id]; c != nil {
		return c
	}
	c := &Channel{ID: id, im: userID, Private: true, Members: []string{userID, w.cfg.BotUserID}}
	w.channels[id] = c
	return c
}

// Sees reports whether somebody can see a channel.
func (w *Workspace) Sees(userID, channelID string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sees(userID, w.channels[channelID]) == nil
}

// sees reports whether somebody can see and act in a channel: members can, and anybody but guests in a public one.
func (w *Workspace) sees(userID string, c *Channel) error {
	p := w.people[userID]
	switch {
	case p == nil:
		return fmt.Errorf("there is no person %s", userID)
	case c == nil:
		return fmt.Errorf("%s: there is no such channel", userID)
	case c.in(userID), !c.Private && !p.Restricted && !p.UltraRestricted && p.TeamID == w.cfg.TeamID:
		return nil
	}
	return fmt.Errorf("%s cannot see %s", userID, c.ID)
}

func (w *Workspace) userJSON(p *Person, email bool) map[string]any {
	profile := map[string]any{
		"real_name": p.Name, "display_name": p.Name, "real_name_normalized": p.Name, "display_name_normalized": p.Name, "team": p.TeamID,
		"avatar_hash": "", "title": "", "status_text": "", "status_emoji": "",
	}
	if email && p.Email != "" {
		profile["email"] = p.Email
	}
	zone, label, offset := zoneAt(p.Zone, w.cfg.Clock())
	out := map[string]any{
		"id": p.ID, "team_id": p.TeamID, "name": p.Name, "deleted": p.Deleted, "real_name": p.Name, "profile": profile, "color": "9f69e7",
		"is_bot": p.Bot, "is_app_user": p.AppUser, "updated": 1, "tz": zone, "tz_label": label, "tz_offset": offset,
	}
	if p.ID == w.cfg.BotUserID {
		profile["api_app_id"], profile["bot_id"] = w.cfg.AppID, w.cfg.BotID
	}
	if p.Stranger {
		out["is_stranger"] = true
	}
	if p.InvitedUser {
		out["is_invited_user"] = true
	}
	if p.Deleted {
		return out // Slack leaves the roles of deleted people out
	}
	out["is_admin"], out["is_owner"], out["is_primary_owner"] = p.Admin, false, false
	out["is_restricted"], out["is_ultra_restricted"] = p.Restricted || p.UltraRestricted, p.UltraRestricted
	out["is_email_confirmed"] = !p.EmailUnconfirmed
	if p.EnterpriseID != "" {
		out["enterprise_user"] = map[string]any{
			"id": p.ID, "enterprise_id": p.EnterpriseID, "enterprise_name": p.EnterpriseID, "is_admin": false, "is_owner": false,
			"teams": p.EnterpriseTeams,
		}
	}
	return out
}

func (w *Workspace) channelJSON(c *Channel) map[string]any {
	if c.im != "" {
		return map[string]any{"id": c.ID, "is_im": true, "user": c.im, "is_archived": false, "is_org_shared": false, "created": 1}
	}
	return map[string]any{
		"id": c.ID, "name": c.Name, "name_normalized": c.Name, "is_channel": !c.Private, "is_group": c.Private, "is_im": false,
		"is_mpim": false, "is_private": c.Private, "is_archived": c.Archived, "is_general": false, "created": 1, "unlinked": 0,
		"is_shared": c.ExtShared || c.OrgShared, "is_ext_shared": c.ExtShared, "is_org_shared": c.OrgShared,
		"is_pending_ext_shared": c.PendingExtShared, "pending_shared": []string{}, "is_member": c.in(w.cfg.BotUserID),
		"context_team_id": w.cfg.TeamID, "topic": map[string]any{"value": ""}, "purpose": map[string]any{"value": ""},
	}
}
