package inbound_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/commands"
	"offboard/internal/slackbot/inbound"
)

const (
	team = "T0123456"
	app  = "A0123456"
	hook = "https://hooks.slack.com/actions/secret"
)

func decoder(t testing.TB) *inbound.Decoder {
	t.Helper()
	d, err := inbound.NewDecoder(team, app, "/offboard", nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// click is a click as Slack sends it, with the noise that must not matter.
const click = `{
	"type":"block_actions", "api_app_id":"A0123456", "token":"x", "enterprise":null, "is_enterprise_install":false,
	"team":{"id":"T0123456","domain":"example"}, "user":{"id":"U2","username":"bob","name":"bob","team_id":"T0123456"},
	"trigger_id":"13345.trigger", "response_url":"https://hooks.slack.com/actions/secret",
	"container":{"type":"message","message_ts":"1700000000.000100","channel_id":"C0APPROVE","is_ephemeral":false},
	"channel":{"id":"C0APPROVE","name":"approvals"},
	"message":{"ts":"1700000000.000100","text":"card","blocks":[{"type":"section","text":7},"odd",null]},
	"state":{"values":[1]},
	"actions":[{"action_id":"approve","block_id":"decide","type":"button","value":"{\"r\":\"abc\"}","action_ts":"1"}]
}`

const submit = `{
	"type":"view_submission", "api_app_id":"A0123456", "team":{"id":"T0123456"}, "user":{"id":"U1","team_id":"T0123456"},
	"trigger_id":"77.trigger", "response_urls":[],
	"view":{"id":"V1","app_id":"A0123456","callback_id":"ask","private_metadata":"C0HERE","blocks":[{"odd":1}],"state":{"values":{
		"who":{"value":{"type":"plain_text_input","value":"ann@example.com"}},
		"provider":{"value":{"type":"static_select","selected_option":{"text":{"type":"plain_text","text":"Z"},"value":"zitadel"}}},
		"action":{"value":{"type":"static_select","selected_option":null}},
		"reason":{"value":{"type":"plain_text_input","value":null}},
		"at":{"value":{"type":"datetimepicker","selected_date_time":1772470800}},
		"other":"not even an object"
	}}}
}`

func commandForm() url.Values {
	return url.Values{
		"command": {"/offboard"}, "text": {"ann@example.com reason:left"}, "team_id": {team}, "api_app_id": {app}, "user_id": {"U1"},
		"user_name": {"ann"}, "channel_id": {"C0HERE"}, "channel_name": {"x"}, "trigger_id": {"9.trigger"}, "response_url": {hook},
		"is_enterprise_install": {"false"},
	}
}

func with(text, old, replacement string) string {
	if !strings.Contains(text, old) {
		panic("no " + old)
	}
	return strings.Replace(text, old, replacement, 1)
}

func interaction(text string) inbound.Raw {
	return inbound.Raw{Kind: inbound.KindInteraction, JSON: []byte(text), Keys: []string{inbound.BodyKey([]byte(text))}}
}

func TestClick(t *testing.T) {
	t.Parallel()
	got, err := decoder(t).Decode(interaction(click))
	if err != nil {
		t.Fatal(err)
	}
	want := &commands.Click{
		From: commands.Sender{UserID: "U2", TeamID: team}, Action: "approve", Value: `{"r":"abc"}`,
		Delivery: commands.Delivery{Keys: []string{
			fmt.Sprintf("trigger:%x", sha256.Sum256([]byte("13345.trigger"))), inbound.BodyKey([]byte(click)),
		}},
		Channel: "C0APPROVE", TS: "1700000000.000100", TriggerID: "13345.trigger",
	}
	if diff := cmp.Diff(want, got.Click); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestClickVariants(t *testing.T) {
	t.Parallel()
	approve := `{"action_id":"approve","block_id":"decide","type":"button","value":"{\"r\":\"abc\"}","action_ts":"1"}`
	for name, tc := range map[string]struct {
		text string
		why  inbound.Why // empty: it is ours
	}{
		"no block id":                {with(click, `"block_id":"decide",`, ``), ""},
		"among others":               {with(click, approve, `{"action_id":"x"},7,`+approve+`,null`), ""},
		"ephemeral":                  {with(click, `"is_ephemeral":false`, `"is_ephemeral":true`), ""},
		"no message":                 {with(click, `"message":{"ts":"1700000000.000100",`, `"other":{`), ""},
		"no container":               {with(click, `"container":`, `"was":`), ""},
		"team null on an org":        {with(with(click, `"enterprise":null`, `"enterprise":{"id":"E1"}`), `{"id":"T0123456","domain":"example"}`, `null`), ""},
		"an outsider in our channel": {with(click, `"team_id":"T0123456"`, `"team_id":"T9"`), ""},
		"grid user id":               {with(click, `"id":"U2"`, `"id":"W2"`), ""},
		"two of ours":                {with(click, approve, approve+`,`+strings.Replace(approve, "approve", "deny", 1)), inbound.WhySeveral},
		"twice the same":             {with(click, approve, approve+`,`+approve), inbound.WhySeveral},
		"unknown action":             {with(click, `"action_id":"approve"`, `"action_id":"Approve"`), inbound.WhyAction},
		"not a button":               {with(click, `"type":"button"`, `"type":"overflow"`), inbound.WhyAction},
		"no actions":                 {with(click, `"actions":`, `"acts":`), inbound.WhyAction},
		"in a form":                  {with(click, `"type":"message"`, `"type":"view"`), inbound.WhyAction},
		"a view beside it":           {with(click, `"channel":`, `"view":{"callback_id":"ask"},"channel":`), inbound.WhyAction},
		"other team":                 {with(click, `{"id":"T0123456",`, `{"id":"T9",`), inbound.WhyTeam},
		"no team at all":             {with(click, `"team":`, `"was":`), inbound.WhyTeam},
		"other app":                  {with(click, `A0123456`, `A9`), inbound.WhyApp},
		"no app":                     {with(click, `"api_app_id":"A0123456", `, ``), inbound.WhyApp},
		"no user":                    {with(click, `"id":"U2"`, `"id":""`), inbound.WhyMalformed},
		"user id of another kind":    {with(click, `"id":"U2"`, `"id":"B2"`), inbound.WhyMalformed},
		"two channels":               {with(click, `"channel":{"id":"C0APPROVE"`, `"channel":{"id":"C0OTHER"`), inbound.WhyMalformed},
		"two messages":               {with(click, `"message":{"ts":"1700000000.000100"`, `"message":{"ts":"2.1"`), inbound.WhyMalformed},
		"actions not a list":         {with(click, `"actions":[`, `"actions":{"a":[`) + "}", inbound.WhyMalformed},
		"value too long":             {with(click, `"value":"{`, `"value":"`+strings.Repeat("x", 2001)+`{`), inbound.WhyMalformed},
		"value not a text":           {with(click, `"value":"{\"r\":\"abc\"}"`, `"value":{"r":1}`), inbound.WhyAction},
		"closed form":                {with(click, `"block_actions"`, `"view_closed"`), inbound.WhyType},
		"no type":                    {with(click, `"type":"block_actions", `, ``), inbound.WhyMalformed},
		"a list":                     {`[]`, inbound.WhyMalformed},
		"null":                       {`null`, inbound.WhyMalformed},
		"nothing":                    {``, inbound.WhyMalformed},
		"cut":                        {click[:len(click)-5], inbound.WhyMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := decoder(t).Decode(interaction(tc.text))
			checkWhy(t, got, err, tc.why)
			if tc.why == "" && (got.Click == nil || got.Click.Action != "approve" || got.Click.TS == "" || got.Click.Channel == "") {
				t.Errorf("got %+v", got.Click)
			}
		})
	}
}

// checkWhy: a delivery is either ours or gives nothing at all.
func checkWhy(t *testing.T, got inbound.Request, err error, why inbound.Why) {
	t.Helper()
	if why == "" {
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	n, ok := errors.AsType[*inbound.NotOurs](err)
	if !ok || n.Why != why {
		t.Errorf("error %v, want %s", err, why)
	}
	if got != (inbound.Request{}) {
		t.Errorf("a request came with it: %+v", got)
	}
}

func TestSenderOfAnOutsider(t *testing.T) {
	t.Parallel()
	got, err := decoder(t).Decode(interaction(with(click, `"team_id":"T0123456"`, `"team_id":"T9"`)))
	if err != nil || got.Click.From.TeamID != "T9" {
		t.Errorf("%v, from %+v: the person's own team must not be lost", err, got.Click)
	}
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	got, err := decoder(t).Decode(interaction(submit))
	if err != nil {
		t.Fatal(err)
	}
	s := got.Submit
	want := map[string]string{"who": "ann@example.com", "provider": "zitadel", "action": "", "at": "2026-03-02T17:00:00Z", "reason": ""}
	if diff := cmp.Diff(want, s.Values); diff != "" {
		t.Errorf("values, -want +got:\n%s", diff)
	}
	if s.Form != commands.FormAsk || s.Private != "C0HERE" || s.From != (commands.Sender{UserID: "U1", TeamID: team}) || len(s.Delivery.Keys) != 2 {
		t.Errorf("got %+v", s)
	}
}

func TestSubmitVariants(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		why  inbound.Why
	}{
		"other form":        {with(submit, `"callback_id":"ask"`, `"callback_id":"task"`), inbound.WhyForm},
		"view of other app": {with(submit, `"app_id":"A0123456"`, `"app_id":"A9"`), inbound.WhyApp},
		"no view":           {with(submit, `"view":`, `"was":`), inbound.WhyMalformed},
		"no values":         {with(submit, `"values":`, `"was":`), ""},
		"field not object":  {with(submit, `"action":{"value":{"type":"static_select","selected_option":null}}`, `"action":7`), inbound.WhyMalformed},
		"two elements":      {with(submit, `"reason":{`, `"reason":{"second":{"value":"x"},`), inbound.WhyMalformed},
		"value not text":    {with(submit, `"value":"ann@example.com"`, `"value":["ann@example.com"]`), inbound.WhyMalformed},
		"time not a number": {with(submit, `"selected_date_time":1772470800`, `"selected_date_time":"soon"`), inbound.WhyMalformed},
		"no time chosen":    {with(submit, `"selected_date_time":1772470800`, `"selected_date_time":null`), ""},
		"no trigger":        {with(submit, `"trigger_id":"77.trigger", `, ``), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := decoder(t).Decode(interaction(tc.text))
			checkWhy(t, got, err, tc.why)
		})
	}
}
