package town

import (
	"strconv"
	"time"

	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/sandbox/localtorii"
	"offboard/internal/sandbox/localzitadel"
	"offboard/internal/sandbox/workspace"
)

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

// Name is how people call somebody in the workspace.
func Name(userID string) string {
	if n, ok := names[userID]; ok {
		return n
	}
	return userID
}

var names = map[string]string{Alice: "alice", Bob: "bob", Carol: "carol", Gus: "gus", Nadia: "nadia", "U0LOCALBOT": "offboard"}

func settle(w *workspace.Workspace) {
	for _, id := range []string{Alice, Bob, Carol, Nadia} {
		w.AddPerson(workspace.Person{ID: id, Name: names[id], Email: names[id] + "@example.com"})
	}
	w.AddPerson(workspace.Person{ID: Gus, Name: "gus", Email: "gus@agency.example", Restricted: true})
	everybody := []string{Alice, Bob, Carol, Gus, Nadia, w.Config().BotUserID}
	w.AddChannel(workspace.Channel{ID: Approvals, Name: "offboarding", Members: everybody})
	w.AddChannel(workspace.Channel{ID: Audit, Name: "offboarding-audit", Members: everybody})
	w.AddChannel(workspace.Channel{ID: General, Name: "general", Members: everybody})
	w.AddGroup(Approvers, Bob, Carol)
}

// The bot's own accounts.
const (
	botAtECGrid  = 900
	botAtZITADEL = "290000000000000900"
)

// Leaver is somebody who leaves: an account at one provider.
type Leaver struct {
	Email string
	First string
	Last  string
	ID    string
}

// The people who leave.
var (
	Dana  = Leaver{"dana.hill@example.com", "Dana", "Hill", "1201"}                                   // ECGrid
	Rosa  = Leaver{"rosa.diaz@example.com", "Rosa", "Diaz", "1202"}                                   // ECGrid
	Omar  = Leaver{"omar.khan@example.com", "Omar", "Khan", "290000000000000101"}                     // ZITADEL
	Lin   = Leaver{"lin.wei@example.com", "Lin", "Wei", "290000000000000102"}                         // ZITADEL
	Priya = Leaver{"priya.rao@example.com", "Priya", "Rao", "290000000000000103"}                     // ZITADEL
	Jonas = Leaver{"jonas.berg@example.com", "Jonas", "Berg", "01930000-0000-7000-8000-00000000a001"} // Torii
	Kim   = Leaver{"kim.park@example.com", "Kim", "Park", "01930000-0000-7000-8000-00000000a002"}     // Torii
)

var joined = time.Date(2023, 5, 4, 8, 30, 0, 0, time.UTC)

const org = "290000000000000001"

// hire gives everybody their accounts.
func (t *Town) hire() {
	t.ECGrid.Put(localecgrid.User{ID: botAtECGrid, Login: "offboard-bot", FirstName: "Offboard", LastName: "Bot", NetworkID: 7, Created: joined})
	for _, l := range []Leaver{Dana, Rosa} {
		id, err := strconv.Atoi(l.ID)
		if err != nil {
			panic(err) // the constants above
		}
		t.ECGrid.Put(localecgrid.User{
			ID: id, Login: l.Email, Email: l.Email, FirstName: l.First, LastName: l.Last, NetworkID: 7, Created: joined,
			LastLogin: joined.AddDate(3, 0, 0),
		})
	}
	t.ZITADEL.Put(localzitadel.User{ID: botAtZITADEL, Org: org, UserName: "offboard-bot", Created: joined, Machine: &localzitadel.Machine{Name: "Offboard Bot"}})
	t.ZITADEL.Grant(localzitadel.Member{User: botAtZITADEL, Roles: []string{"IAM_USER_MANAGER"}})
	t.ZITADEL.AddToken(botAtZITADEL, zitadelPAT)
	for _, l := range []Leaver{Omar, Lin, Priya} {
		t.ZITADEL.Put(localzitadel.User{
			ID: l.ID, Org: org, UserName: l.Email, Created: joined,
			Human: &localzitadel.Human{GivenName: l.First, FamilyName: l.Last, DisplayName: l.First + " " + l.Last, Email: l.Email, Verified: true},
		})
	}
	t.ZITADEL.Grant(localzitadel.Member{User: Priya.ID, Org: org, Roles: []string{"ORG_OWNER"}})
	for _, l := range []Leaver{Jonas, Kim} {
		t.Torii.Put(localtorii.User{ID: l.ID, Environment: environment, Email: l.Email, FirstName: l.First, LastName: l.Last, Created: joined})
	}
}
