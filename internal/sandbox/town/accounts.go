package town

import (
	"strconv"
	"time"

	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/sandbox/localtorii"
	"offboard/internal/sandbox/localzitadel"
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
	Priya = Leaver{"priya.rao@example.com", "Priya", "Rao", "290000000000000103"}                     // ZITADEL, an ORG_OWNER
	Jonas = Leaver{"jonas.berg@example.com", "Jonas", "Berg", "01930000-0000-7000-8000-00000000a001"} // Torii
	Kim   = Leaver{"kim.park@example.com", "Kim", "Park", "01930000-0000-7000-8000-00000000a002"}     // Torii
)

// Quinn leaves too. Somebody has given this account a name that would notify everybody and look like a decision, were it not shown as mere text.
var Quinn = Leaver{"quinn.ash@example.com", "<!channel>", "*approved by* <@U0BOB>", "290000000000000105"} // ZITADEL

// The e-mail addresses that are not as simple: accounts at two providers, and one that the configuration protects.
const (
	twice     = "sam.lee@example.com"
	protected = "ceo@example.com"
	chief     = "290000000000000104" // whose account at ZITADEL that is; an ORG_OWNER
)

// hired is who has an account where.
var hired = map[string][]Leaver{
	"ecgrid":  {Dana, Rosa, {twice, "Sam", "Lee", "1203"}},
	"zitadel": {Omar, Lin, Priya, Quinn, {protected, "Casey", "Young", chief}},
	"torii":   {Jonas, Kim, {twice, "Sam", "Lee", "01930000-0000-7000-8000-00000000a003"}},
}

// The bot's own accounts.
const (
	botLogin     = "offboard-bot"
	botAtECGrid  = 900
	botAtZITADEL = "290000000000000900"
)

var joined = time.Date(2023, 5, 4, 8, 30, 0, 0, time.UTC)

const org = "290000000000000001"

// hire gives the bot and everybody their accounts.
func (t *Town) hire() {
	t.ECGrid.Put(localecgrid.User{ID: botAtECGrid, Login: botLogin, FirstName: "Offboard", LastName: "Bot", NetworkID: 7, Created: joined})
	t.ZITADEL.Put(localzitadel.User{
		ID: botAtZITADEL, Org: org, UserName: botLogin, Created: joined, Machine: &localzitadel.Machine{Name: "Offboard Bot"},
	})
	t.ZITADEL.Grant(localzitadel.Member{User: botAtZITADEL, Roles: []string{"IAM_USER_MANAGER"}})
	t.ZITADEL.AddToken(botAtZITADEL, zitadelPAT)
	t.Rehire()
}

// Rehire puts everybody's accounts back as they were at first.
func (t *Town) Rehire() {
	for _, l := range hired["ecgrid"] {
		id, err := strconv.Atoi(l.ID)
		if err != nil {
			panic(err) // the constants above
		}
		t.ECGrid.Put(localecgrid.User{
			ID: id, Login: l.Email, Email: l.Email, FirstName: l.First, LastName: l.Last, NetworkID: 7, Created: joined,
			LastLogin: joined.AddDate(3, 0, 0),
		})
	}
	owns := t.ZITADEL.Exists(Priya.ID) // deleting a user takes the memberships along
	first := !t.ZITADEL.Exists(chief)
	for _, l := range hired["zitadel"] {
		t.hireAtZITADEL(l)
	}
	if first { // so that Priya is not the last owner
		t.ZITADEL.Grant(localzitadel.Member{User: chief, Org: org, Roles: []string{"ORG_OWNER"}})
	}
	if !owns {
		t.ZITADEL.Grant(localzitadel.Member{User: Priya.ID, Org: org, Roles: []string{"ORG_OWNER"}})
	}
	for _, l := range hired["torii"] {
		t.Torii.Put(localtorii.User{ID: l.ID, Environment: environment, Email: l.Email, FirstName: l.First, LastName: l.Last, Created: joined})
	}
}

func (t *Town) hireAtZITADEL(l Leaver) {
	t.ZITADEL.Put(localzitadel.User{
		ID: l.ID, Org: org, UserName: l.Email, Created: joined,
		Human: &localzitadel.Human{GivenName: l.First, FamilyName: l.Last, DisplayName: l.First + " " + l.Last, Email: l.Email, Verified: true},
	})
}
