package town

import "offboard/internal/sandbox/workspace"

// The people of the workspace, by user id.
const (
	Alice = "U0ALICE" // may ask
	Bob   = "U0BOB"   // may approve, by the group
	Carol = "U0CAROL" // may approve, by the group
	Gus   = "U0GUS"   // a guest
	Nadia = "U0NADIA" // may do neither
)

// The channels and the group of approvers.
const (
	Approvals = "C0APPROVALS"
	Audit     = "C0AUDIT"
	General   = "C0GENERAL"
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
	Alice: "alice", Bob: "bob", Carol: "carol", Gus: "gus", Nadia: "nadia", "U0LOCALBOT": "offboard",
	Approvals: "offboarding", Audit: "offboarding-audit", General: "general",
}

// Everybody lists the people of the workspace.
func Everybody() []string { return []string{Alice, Bob, Carol, Gus, Nadia} }

// Part is what somebody may do, in a few words.
func Part(userID string) string {
	switch userID {
	case Alice:
		return "may ask"
	case Bob, Carol:
		return "may approve"
	case Gus:
		return "a guest"
	default:
		return "may do neither"
	}
}

// Channels lists the channels of the workspace.
func Channels() []string { return []string{General, Approvals, Audit} }

// Direct is somebody's conversation with the bot.
func Direct(userID string) string { return "D" + userID[1:] }

func settle(w *workspace.Workspace) {
	for _, id := range []string{Alice, Bob, Carol, Nadia} {
		w.AddPerson(workspace.Person{ID: id, Name: names[id], Email: names[id] + "@example.com"})
	}
	w.AddPerson(workspace.Person{ID: Gus, Name: "gus", Email: "gus@agency.example", Restricted: true})
	everybody := append(Everybody(), w.Config().BotUserID)
	for _, id := range Channels() {
		w.AddChannel(workspace.Channel{ID: id, Name: names[id], Members: everybody})
	}
	w.AddGroup(Approvers, Bob, Carol)
	w.Switch(workspace.Switches{EscapeMentions: true}) // as the bot's manifest asks of Slack
}
