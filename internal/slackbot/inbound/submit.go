package inbound

import (
	"encoding/json"
	"slices"
	"time"

	"offboard/internal/commands"
)

// view is the form that was sent off.
type view struct {
	App     string `json:"app_id"`
	Form    string `json:"callback_id"`
	Private string `json:"private_metadata"`
	State   struct {
		Values map[string]json.RawMessage `json:"values"`
	} `json:"state"`
}

var forms = []string{commands.FormAsk, commands.FormTyped}

var formFields = []string{
	commands.FieldWho, commands.FieldProvider, commands.FieldAction, commands.FieldReason, commands.FieldAt, commands.FieldTyped,
}

func (d *Decoder) submit(raw Raw, in *interaction) (Request, error) {
	v := in.View
	switch {
	case v == nil:
		return Request{}, &NotOurs{WhyMalformed}
	case d.app != "" && v.App != "" && v.App != d.app:
		return Request{}, &NotOurs{WhyApp}
	case !slices.Contains(forms, v.Form):
		return Request{}, &NotOurs{WhyForm}
	}
	values, ok := v.values()
	if !ok {
		return Request{}, &NotOurs{WhyMalformed}
	}
	return Request{Submit: &commands.Submit{
		From: in.sender(), Delivery: d.delivery(raw, in.Trigger),
		Form: v.Form, Private: v.Private, Values: values,
		Reply: d.repliers("", v.channel(), in.User.ID),
	}}, nil
}

// channel is where the form was asked for, if its private text says so: an answer there is nearer than a direct message.
func (v *view) channel() string {
	if isID(v.Private, channelIDs) {
		return v.Private
	}
	return ""
}

// values reads our fields. A malformed one spoils the whole form: left out it would read as "the default", which nobody chose.
func (v *view) values() (map[string]string, bool) {
	out := map[string]string{}
	for _, field := range formFields {
		text, ok := v.State.Values[field]
		if !ok {
			continue
		}
		entered, ok := entry(text)
		if !ok {
			return nil, false
		}
		out[field] = entered
	}
	return out, true
}

// entry reads one block of view.state.values: action id → element. Ours have one element each.
func entry(text json.RawMessage) (string, bool) {
	var elements map[string]struct {
		Value    *string `json:"value"`
		Selected *struct {
			Value string `json:"value"`
		} `json:"selected_option"`
		Moment *int64 `json:"selected_date_time"` // seconds since 1970
	}
	if json.Unmarshal(text, &elements) != nil || len(elements) > 1 {
		return "", false
	}
	for _, e := range elements {
		switch {
		case e.Value != nil:
			return *e.Value, true
		case e.Selected != nil:
			return e.Selected.Value, true
		case e.Moment != nil:
			return time.Unix(*e.Moment, 0).UTC().Format(time.RFC3339), true
		}
	}
	return "", true
}
