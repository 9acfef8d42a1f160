package inbound

import (
	"encoding/json"

	"offboard/internal/commands"
)

// fields are the parameters of a slash command that are read. The names of people and channels are not among them (facts/slack.md).
type fields struct {
	Command, Text, Team, Enterprise, App, User, Channel, Trigger, ResponseURL string
}

func (f *fields) table() map[string]*string {
	return map[string]*string{
		"command": &f.Command, "text": &f.Text, "team_id": &f.Team, "enterprise_id": &f.Enterprise, "api_app_id": &f.App,
		"user_id": &f.User, "channel_id": &f.Channel, "trigger_id": &f.Trigger, "response_url": &f.ResponseURL,
	}
}

// readForm takes each parameter once: of two values nobody could say which Slack meant.
func (f *fields) readForm(raw Raw) bool {
	if raw.Form.Has("payload") {
		return false // the body of an interaction
	}
	for name, to := range f.table() {
		values := raw.Form[name]
		if len(values) > 1 {
			return false
		}
		if len(values) == 1 {
			*to = values[0]
		}
	}
	return true
}

func (f *fields) readJSON(raw Raw) bool {
	var all map[string]json.RawMessage
	if json.Unmarshal(raw.JSON, &all) != nil {
		return false
	}
	for name, to := range f.table() {
		if v, ok := all[name]; ok && json.Unmarshal(v, to) != nil {
			return false
		}
	}
	return true
}

func (d *Decoder) decodeCommand(raw Raw) (Request, error) {
	var f fields
	read := f.readJSON
	if raw.Form != nil {
		read = f.readForm
	}
	if !read(raw) || f.Command == "" {
		return Request{}, &NotOurs{WhyMalformed}
	}
	if err := d.ours(f.App, f.Team, f.Enterprise); err != nil {
		return Request{}, err
	}
	if f.Command != d.command {
		return Request{}, &NotOurs{WhyCommand}
	}
	if !isID(f.User, userIDs) || f.Channel != "" && !isID(f.Channel, channelIDs) {
		return Request{}, &NotOurs{WhyMalformed}
	}
	return Request{Command: &commands.Command{
		From:     commands.Sender{UserID: f.User, TeamID: f.Team, EnterpriseID: f.Enterprise},
		Delivery: d.delivery(raw, f.Trigger),
		Channel:  f.Channel, Text: f.Text, TriggerID: f.Trigger,
		Reply: d.repliers(f.ResponseURL, f.Channel, f.User),
	}}, nil
}
