package directory

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"offboard/internal/slackbot/webapi"
)

// Settings are what the configuration says about the workspace.
type Settings struct {
	Team      string // T… or E…
	App       string // A…; empty: Slack is asked
	Approvals string // channel id
	Audit     string // channel id
}

// Self is who we are, as Slack says.
type Self struct {
	UserID string
	BotID  string // may be empty
	TeamID string // may be an organisation's id
	App    string // empty only when neither the configuration nor Slack says
	Org    bool   // the token is that of an org-wide install
}

// StartError is why the bot cannot start, in one line for the operator.
type StartError struct {
	Say       string // what is wrong and what to do
	Temporary bool   // Slack is in trouble, or asks for patience: ask again later
	Err       error  // what Slack said; may be nil
}

func (e *StartError) Error() string {
	if e.Err == nil {
		return e.Say
	}
	return e.Say + " (" + e.Err.Error() + ")"
}

func (e *StartError) Unwrap() error { return e.Err }

func wrong(format string, args ...any) *StartError {
	return &StartError{Say: fmt.Sprintf(format, args...)}
}

// Start asks Slack who we are and whether both channels are fit. Every error is a *StartError.
func Start(ctx context.Context, api API, set Settings) (Self, error) {
	self, err := identity(ctx, api, set.Team)
	if err != nil {
		return Self{}, err
	}
	if self.App, err = app(ctx, api, set, self); err != nil {
		return Self{}, err
	}
	if err := Channels(ctx, api, set); err != nil {
		return Self{}, err
	}
	return self, nil
}

type authTest struct {
	UserID     string `json:"user_id"`
	BotID      string `json:"bot_id"`
	Team       string `json:"team_id"`
	Enterprise string `json:"enterprise_id"`
	Org        bool   `json:"is_enterprise_install"`
}

// Lacks names the ids without which we would not know ourselves.
func (a *authTest) Lacks() string {
	switch {
	case a.UserID == "":
		return "user_id"
	case a.Team == "" && a.Enterprise == "":
		return "team_id"
	default:
		return ""
	}
}

// Accepted asks Slack whether it takes our token. Its error is a *StartError.
func Accepted(ctx context.Context, api API) error {
	_, err := whoami(ctx, api)
	return err
}

func whoami(ctx context.Context, api API) (authTest, error) {
	var a authTest
	if err := ask(ctx, api, "auth.test", nil, &a); err != nil {
		return a, refused("Slack does not accept slack.bot_token", "Put in the bot token (xoxb-…) of the installed app.", err)
	}
	return a, nil
}

func identity(ctx context.Context, api API, team string) (Self, error) {
	a, err := whoami(ctx, api)
	if err != nil {
		return Self{}, err
	}
	fits := a.Team == team || a.Enterprise == team && strings.HasPrefix(team, "E") || a.Org && a.Enterprise != ""
	if !fits {
		return Self{}, wrong("slack.bot_token belongs to the workspace %s, but slack.team is %s. Correct one of them.", a.Team, team)
	}
	return Self{UserID: a.UserID, BotID: a.BotID, TeamID: a.Team, Org: a.Org}, nil
}

type botInfo struct {
	Bot struct {
		ID  string `json:"id"`
		App string `json:"app_id"`
	} `json:"bot"`
}

// app asks Slack which app we are, where the configuration does not say (design §9). That Slack does not know either is no error here:
// over Socket Mode the app-level token says it.
func app(ctx context.Context, api API, set Settings, self Self) (string, error) {
	if set.App != "" || self.BotID == "" {
		return set.App, nil
	}
	params := url.Values{"bot": {self.BotID}}
	if self.Org {
		params.Set("team_id", set.Team) // Slack requires it of the token of an organisation
	}
	var b botInfo
	if err := ask(ctx, api, "bots.info", params, &b); err != nil {
		return "", refused("Slack does not say which app the bot belongs to", "Set slack.app_id.", err)
	}
	if b.Bot.ID != self.BotID {
		return "", nil
	}
	return b.Bot.App, nil
}

// ask lets an answer with nothing in it be an error even where the client does not look.
func ask(ctx context.Context, api API, method string, params url.Values, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 2*unhurried)
	defer cancel()
	if err := api.Call(ctx, method, params, out); err != nil {
		return err
	}
	if c, ok := out.(webapi.Checker); ok && c.Lacks() != "" {
		return fmt.Errorf("%s: %w: %s", method, webapi.ErrLacking, c.Lacks())
	}
	return nil
}

// refused turns an error of Slack's into one for the operator.
func refused(what, do string, err error) *StartError {
	if e, ok := errors.AsType[*webapi.Error](err); ok && e.Transient() {
		return &StartError{Say: "Slack cannot be asked now; the bot keeps trying.", Temporary: true, Err: err}
	}
	switch webapi.Code(err) {
	case "":
		what, do = "What answers at slack.api_url is not Slack's Web API", "Check the address."
	case "missing_scope":
		do = "Install the app again with the scopes of the manifest."
	}
	return &StartError{Say: what + ". " + do, Err: err}
}
