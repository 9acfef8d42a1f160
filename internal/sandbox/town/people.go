package town

import (
	"slices"

	"offboard/internal/sandbox/workspace"
)

// The people of the workspace, by user id.
const (
	Alice = "U0ALICE" // may ask
	Bob   = "U0BOB"   // may approve, by the group
	Carol = "U0CAROL" // may approve, by the group
	Gus   = "U0GUS"   // a guest
	Nadia = "U0NADIA" // may do neither
	Ada   = "U0ADA"   // administers the workspace, and may do neither
	Olga  = "U0OLGA"  // of another company
)

// The channels and the group of approvers.
const (
	Approvals = "C0APPROVALS"
	Audit     = "C0AUDIT"
	General   = "C0GENERAL"
	Partners  = "C0PARTNERS" // shared with another company
	Approvers = "S0APPROVERS"
)

// Name is how people call somebody in the workspace, or a channel.
func Name(id string) string {
	if n, ok := names[id]; ok {
		return n
	}
	return id
}

var names = map[string]string{
	Alice: "alice", Bob: "bob", Carol: "carol", Gus: "gus", Nadia: "nadia", Ada: "ada", Olga: "olga",
	"U0LOCALBOT": "offboard",
	Approvers:    "approvers", Approvals: "offboarding", Audit: "offboarding-audit", General: "general", Partners: "partners",
}

// Everybody lists the people of the workspace.
func Everybody() []string { return []string{Alice, Bob, Carol, Gus, Nadia, Ada, Olga} }

// Part is what somebody may do now, in a few words.
func (t *Town) Part(userID string) string {
	p, _ := t.Slack.Person(userID)
	switch {
	case userID == Olga:
		return "from another company"
	case p.Restricted:
		return "a guest"
	case userID == Alice:
		return "may ask"
	case slices.Contains(t.Slack.Group(Approvers), userID):
		return "may approve"
	case userID == Ada:
		return "an admin, may do neither"
	default:
		return "may do neither"
	}
}

// Channels lists the channels of the workspace.
func Channels() []string { return []string{General, Approvals, Audit, Partners} }

// Zone is the time zone of somebody, as Slack knows it.
func Zone(userID string) string {
	if z, ok := zones[userID]; ok {
		return z
	}
	return "Etc/UTC"
}

var zones = map[string]string{Alice: "Europe/Berlin", Bob: "America/New_York", Carol: "Asia/Tokyo"}

// Direct is somebody's conversation with the bot.
func Direct(userID string) string { return "D" + userID[1:] }

func settle(w *workspace.Workspace) {
	for _, id := range []string{Alice, Bob, Carol, Nadia, Ada} {
		w.AddPerson(workspace.Person{ID: id, Name: names[id], Email: names[id] + "@example.com", Zone: Zone(id), Admin: id == Ada})
	}
	w.AddPerson(workspace.Person{ID: Gus, Name: "gus", Email: "gus@agency.example", Restricted: true})
	w.AddPerson(workspace.Person{ID: Olga, Name: "olga", Email: "olga@partner.example", TeamID: "T0PARTNER"})
	inside := append([]string{w.Config().BotUserID}, Alice, Bob, Carol, Gus, Nadia, Ada)
	for _, id := range []string{General, Approvals, Audit} {
		w.AddChannel(workspace.Channel{ID: id, Name: names[id], Members: inside})
	}
	w.AddChannel(workspace.Channel{ID: Partners, Name: names[Partners], ExtShared: true, Members: []string{w.Config().BotUserID, Alice, Bob, Nadia, Olga}})
	w.AddGroup(Approvers, Bob, Carol)
	w.Switch(asManifest)
}

// asManifest is how Slack behaves to a bot with our manifest.
var asManifest = workspace.Switches{EscapeMentions: true}

// Unlimited lets Slack take any number of messages from now on.
func (t *Town) Unlimited() {
	fast := asManifest
	fast.NoRateLimits = true
	t.Slack.Switch(fast)
}
