package directory

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"
	_ "time/tzdata" // the zones that Slack names, also where the machine has none

	"offboard/internal/approvals"
	"offboard/internal/commands"
	"offboard/internal/slackbot/webapi"
)

// API is the part of the Web API's client that is used.
type API interface {
	Call(ctx context.Context, method string, params url.Values, out any) error
}

var _ API = (*webapi.Client)(nil)

// Directory asks Slack who people are. It may be used concurrently.
type Directory struct {
	api  API
	team string
	org  bool
}

var _ commands.Directory = (*Directory)(nil)

// New returns a directory for one team (T…, or E… for a whole organisation). org says that the bot's token is that of an org-wide
// install: then Slack must be told which team a user group is of.
func New(api API, team string, org bool) *Directory {
	return &Directory{api: api, team: team, org: org}
}

// Person returns who the sender is. Those who may decide nothing here, whoever they are, are *commands.Unwelcome.
func (d *Directory) Person(ctx context.Context, s commands.Sender) (approvals.Person, error) {
	if s.UserID == slackbot {
		return approvals.Person{}, unwelcome(whyBot, approvals.Person{ID: s.UserID})
	}
	u, err := d.user(ctx, s.UserID)
	if err != nil {
		return approvals.Person{}, err
	}
	if why := d.sender(u, s); why != "" {
		return approvals.Person{}, unwelcome(why, u.person())
	}
	return u.person(), nil
}

// Mentioned returns the person behind a user id that somebody wrote, people who have left Slack included.
func (d *Directory) Mentioned(ctx context.Context, userID string) (approvals.Person, error) {
	if userID == slackbot {
		return approvals.Person{}, unwelcome(whyBot, approvals.Person{ID: userID})
	}
	u, err := d.user(ctx, userID)
	if err != nil {
		return approvals.Person{}, err
	}
	if why := d.stranger(u); why != "" {
		return approvals.Person{}, unwelcome(why, u.person())
	}
	return u.person(), nil
}

// Zone returns a person's time zone; nil: Slack does not say, or it is not one of the IANA database.
func (d *Directory) Zone(ctx context.Context, userID string) (*time.Location, error) {
	u, err := d.user(ctx, userID)
	if err != nil || u.Zone == "" || u.Zone == "Local" { // Local would be the machine's own
		return nil, err
	}
	zone, err := time.LoadLocation(u.Zone)
	if err != nil {
		zone = nil // the person is told to write the distance from UTC
	}
	return zone, nil
}

// ByEmail returns the person who has an e-mail address in Slack; an unknown one where nobody of ours has it. Slack does not find people who
// have left by their address.
func (d *Directory) ByEmail(ctx context.Context, email string) (approvals.Person, error) {
	ctx, cancel := context.WithTimeout(ctx, patience(ctx))
	defer cancel()
	var out userInfo
	err := d.api.Call(ctx, "users.lookupByEmail", url.Values{"email": {email}}, &out)
	if webapi.Code(err) == "users_not_found" {
		return approvals.Person{}, nil
	}
	if err == nil {
		err = out.User.placed()
	}
	if err != nil {
		return approvals.Person{}, fmt.Errorf("user by address: %w", err)
	}
	if d.stranger(&out.User) != "" {
		return approvals.Person{}, nil
	}
	return out.User.person(), nil
}

type members struct {
	Users *[]string `json:"users"`
}

// Lacks names the list: an answer without one is not an empty group.
func (m *members) Lacks() string {
	if m.Users == nil {
		return "users"
	}
	return ""
}

// Members returns the user ids in a user group; none for an empty one.
func (d *Directory) Members(ctx context.Context, groupID string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience(ctx))
	defer cancel()
	params := url.Values{"usergroup": {groupID}}
	if d.org {
		params.Set("team_id", d.team)
	}
	var out members
	if err := d.api.Call(ctx, "usergroups.users.list", params, &out); err != nil {
		return nil, fmt.Errorf("user group %s: %w", groupID, err)
	}
	if out.Users == nil {
		return nil, fmt.Errorf("user group %s: %w", groupID, webapi.ErrLacking)
	}
	return *out.Users, nil
}

func (d *Directory) user(ctx context.Context, id string) (*user, error) {
	if id == "" {
		return nil, errors.New("user: the id is empty")
	}
	ctx, cancel := context.WithTimeout(ctx, patience(ctx))
	defer cancel()
	var out userInfo
	err := d.api.Call(ctx, "users.info", url.Values{"user": {id}}, &out)
	switch webapi.Code(err) {
	case "user_not_found", "user_not_visible", "users_not_found":
		return nil, unwelcome(whyStranger, approvals.Person{ID: id})
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("user %s: %w", id, err)
	case out.User.ID != id:
		return nil, fmt.Errorf("user %s: Slack answered with another user", id)
	}
	if err := out.User.placed(); err != nil {
		return nil, fmt.Errorf("user %s: %w", id, err)
	}
	return &out.User, nil
}

// How long one question may take. A click waits for its answer, and for the journal's, inside Slack's three seconds.
const (
	hurried   = 1200 * time.Millisecond
	unhurried = 5 * time.Second
)

func patience(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < 2*unhurried {
		return hurried
	}
	return unhurried
}
