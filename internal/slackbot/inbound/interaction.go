package inbound

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"offboard/internal/approvals"
	"offboard/internal/commands"
)

// named is the part of an object that says which one it is. Team and enterprise can be null.
type named struct {
	ID string `json:"id"`
}

func (n *named) id() string {
	if n == nil {
		return ""
	}
	return n.ID
}

// interaction holds the fields that are read, and no other: blocks, state of messages, names and texts are not looked at.
type interaction struct {
	Type string `json:"type"`
	App  string `json:"api_app_id"`
	Team *struct {
		named
		Enterprise string `json:"enterprise_id"`
	} `json:"team"`
	Enterprise *named `json:"enterprise"`
	User       struct {
		ID   string `json:"id"`
		Team string `json:"team_id"`
	} `json:"user"`
	Trigger     string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	Container   struct {
		Type    string `json:"type"`
		TS      string `json:"message_ts"`
		Channel string `json:"channel_id"`
	} `json:"container"`
	Channel *named `json:"channel"`
	Message struct {
		TS string `json:"ts"`
	} `json:"message"`
	Actions []json.RawMessage `json:"actions"`
	View    *view             `json:"view"`
}

// teams gives the workspace and the organisation of the envelope; either may be missing.
func (in *interaction) teams() (team, enterprise string) {
	enterprise = in.Enterprise.id()
	if in.Team == nil {
		return "", enterprise
	}
	if enterprise == "" {
		enterprise = in.Team.Enterprise
	}
	return in.Team.ID, enterprise
}

func (d *Decoder) decodeInteraction(raw Raw) (Request, error) {
	var in interaction
	if json.Unmarshal(raw.JSON, &in) != nil || in.Type == "" {
		return Request{}, &NotOurs{WhyMalformed}
	}
	team, enterprise := in.teams()
	if err := d.ours(in.App, team, enterprise); err != nil {
		return Request{}, err
	}
	if !isID(in.User.ID, userIDs) {
		return Request{}, &NotOurs{WhyMalformed}
	}
	switch in.Type {
	case "block_actions":
		return d.click(raw, &in)
	case "view_submission":
		return d.submit(raw, &in)
	default:
		return Request{}, &NotOurs{WhyType}
	}
}

// sender names the person's own team where Slack says it: in a shared channel the envelope's team is ours while the person's is not.
func (in *interaction) sender() commands.Sender {
	team, enterprise := in.teams()
	s := commands.Sender{UserID: in.User.ID, TeamID: in.User.Team, EnterpriseID: enterprise}
	if s.TeamID == "" {
		s.TeamID = team
	}
	return s
}

// place says where the clicked message stands. The container and the message must not contradict each other.
func (in *interaction) place() (channel, ts string, ok bool) {
	channel, ok = agreed(in.Container.Channel, in.Channel.id())
	if !ok || channel != "" && !isID(channel, channelIDs) {
		return "", "", false
	}
	ts, ok = agreed(in.Container.TS, in.Message.TS)
	return channel, ts, ok
}

func agreed(a, b string) (string, bool) {
	if a == "" {
		return b, true
	}
	return a, b == "" || a == b
}

func (d *Decoder) click(raw Raw, in *interaction) (Request, error) {
	if in.Container.Type == "view" || in.View != nil {
		return Request{}, &NotOurs{WhyAction} // our forms have no buttons of their own
	}
	a, err := known(in.Actions)
	if err != nil {
		return Request{}, err
	}
	channel, ts, ok := in.place()
	if !ok {
		return Request{}, &NotOurs{WhyMalformed}
	}
	return Request{Click: &commands.Click{
		From: in.sender(), Delivery: d.delivery(raw, in.Trigger),
		Action: a.ID, Value: a.Value, Channel: channel, TS: ts, TriggerID: in.Trigger,
		Reply: d.repliers(in.ResponseURL, channel, in.User.ID),
	}}, nil
}

type action struct {
	Type  string `json:"type"`
	ID    string `json:"action_id"`
	Value string `json:"value"`
}

var buttons = []string{
	string(approvals.ButtonApprove), string(approvals.ButtonDeny), string(approvals.ButtonWithdraw), string(approvals.ButtonStop), commands.ActionChoose,
}

// known picks the one action that is ours. Actions without a block_id and malformed ones are passed over; of two that are ours nobody
// could say which the person meant.
func known(all []json.RawMessage) (action, error) {
	var found []action
	for _, text := range all {
		var a action
		if json.Unmarshal(text, &a) == nil && slices.Contains(buttons, a.ID) && (a.Type == "button" || a.Type == "") {
			found = append(found, a)
		}
	}
	const longestValue = 2000
	switch {
	case len(found) == 0:
		return action{}, &NotOurs{WhyAction}
	case len(found) > 1:
		return action{}, &NotOurs{WhySeveral}
	case utf8.RuneCountInString(found[0].Value) > longestValue:
		return action{}, &NotOurs{WhyMalformed}
	}
	return found[0], nil
}
