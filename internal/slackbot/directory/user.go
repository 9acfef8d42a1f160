package directory

import (
	"fmt"
	"slices"
	"strings"

	"offboard/internal/approvals"
	"offboard/internal/commands"
	"offboard/internal/slackbot/webapi"
)

// slackbot is Slack's own robot, which Slack does not call a bot (facts/slack.md).
const slackbot = "USLACKBOT"

type userInfo struct {
	User user `json:"user"`
}

// Lacks names the user's id: without it every flag would read as false.
func (u *userInfo) Lacks() string {
	if u.User.ID == "" {
		return "user.id"
	}
	return ""
}

// user holds what is read of a user. has_2fa is hidden from most tokens, and is_app_user does not mean bot (facts/slack.md): neither is
// looked at.
type user struct {
	ID              string `json:"id"`
	Team            string `json:"team_id"`
	Deleted         bool   `json:"deleted"`
	Bot             bool   `json:"is_bot"`
	WorkflowBot     bool   `json:"is_workflow_bot"`
	ConnectorBot    bool   `json:"is_connector_bot"`
	Restricted      bool   `json:"is_restricted"`
	UltraRestricted bool   `json:"is_ultra_restricted"`
	Stranger        bool   `json:"is_stranger"`
	Invited         bool   `json:"is_invited_user"`
	EmailConfirmed  *bool  `json:"is_email_confirmed"` // left out in the answer that Slack documents
	Zone            string `json:"tz"`                 // "Europe/Vienna"
	Profile         struct {
		Email string `json:"email"`
	} `json:"profile"`
	Enterprise struct {
		ID    string   `json:"id"`
		Org   string   `json:"enterprise_id"`
		Teams []string `json:"teams"`
	} `json:"enterprise_user"`
}

// unconfirmed reports whether there is no e-mail address that Slack vouches for. Without one it cannot be told whether somebody is the person
// to be removed.
func (u *user) unconfirmed() bool {
	return strings.TrimSpace(u.Profile.Email) == "" || u.EmailConfirmed != nil && !*u.EmailConfirmed
}

// person leaves an e-mail address out that Slack says is not confirmed: anybody can enter somebody else's.
func (u *user) person() approvals.Person {
	p := approvals.Person{ID: u.ID}
	if id := u.Enterprise.ID; id != "" && id != u.ID {
		p.Also = []string{id}
	}
	if !u.unconfirmed() {
		p.Email = strings.TrimSpace(u.Profile.Email)
	}
	return p
}

// in reports whether the user belongs to a team, or to an organisation. Of somebody on Enterprise Grid the list of teams says so, where
// Slack gives it: team_id names one of them only, or the one that was asked from.
func (u *user) in(team string) bool {
	grid := u.Enterprise.ID != "" || u.Enterprise.Org != ""
	if grid && u.Enterprise.Teams != nil {
		return slices.Contains(u.Enterprise.Teams, team) || team == u.Enterprise.Org
	}
	return team == u.Team || team == u.Enterprise.Org
}

// placed refuses a user of whom Slack does not say where they belong.
func (u *user) placed() error {
	if u.Team == "" && u.Enterprise.Org == "" {
		return fmt.Errorf("%w: user.team_id", webapi.ErrLacking)
	}
	return nil
}

// The codes of commands.Unwelcome.
const (
	whyBot         = "bot"
	whyDeleted     = "deleted"
	whyStranger    = "stranger"
	whyTeam        = "other team"
	whyGuest       = "guest"
	whyInvited     = "invited"
	whyUnconfirmed = "unconfirmed e-mail"
)

// stranger says why nobody of ours is behind this user; empty: somebody is, or was.
func (d *Directory) stranger(u *user) string {
	switch {
	case u.ID == slackbot || u.Bot || u.WorkflowBot || u.ConnectorBot:
		return whyBot
	case u.Stranger:
		return whyStranger
	case !u.in(d.team):
		return whyTeam
	default:
		return ""
	}
}

// sender says why a user may decide nothing here; empty: they may. The team that the envelope names must be one of the user's too.
func (d *Directory) sender(u *user, s commands.Sender) string {
	why := d.stranger(u)
	switch {
	case why == whyBot:
		return why
	case u.Deleted:
		return whyDeleted
	case why != "":
		return why
	case s.TeamID != "" && !u.in(s.TeamID):
		return whyTeam
	case u.Restricted || u.UltraRestricted:
		return whyGuest
	case u.Invited:
		return whyInvited
	case u.unconfirmed():
		return whyUnconfirmed
	default:
		return ""
	}
}

// unwelcome says it kindly. Bots, people who have left and people from outside are owed no answer (design §9).
func unwelcome(why string, p approvals.Person) *commands.Unwelcome {
	u := &commands.Unwelcome{Why: why, Person: p}
	const ask = " Nothing was recorded. Ask a full member of this workspace to do it."
	switch why {
	case whyGuest:
		u.Say = "Guests cannot ask for or decide about removals here." + ask
	case whyInvited:
		u.Say = "You have not joined this workspace yet. Nothing was recorded. Accept your invitation, then try again."
	case whyUnconfirmed:
		u.Say = "Slack shows no confirmed e-mail address for you. Nothing was recorded. Confirm it in Slack, or ask whoever runs this " +
			"workspace, then try again."
	case whyTeam, whyStranger:
		u.Say, u.Silent = "Only members of this workspace can ask for or decide about removals here."+ask, true
	default:
		u.Say, u.Silent = "This user cannot ask for or decide about removals."+ask, true
	}
	return u
}
