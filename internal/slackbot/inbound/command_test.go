package inbound_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/commands"
	"offboard/internal/slackbot/inbound"
)

func asJSON(t testing.TB, form url.Values) []byte {
	t.Helper()
	all := map[string]string{}
	for name := range form {
		all[name] = form.Get(name)
	}
	out, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCommand: a command is the same whichever way it came.
func TestCommand(t *testing.T) {
	t.Parallel()
	want := &commands.Command{
		From: commands.Sender{UserID: "U1", TeamID: team}, Channel: "C0HERE", Text: "ann@example.com reason:left", TriggerID: "9.trigger",
	}
	for name, raw := range map[string]inbound.Raw{
		"http":   {Kind: inbound.KindCommand, Form: commandForm()},
		"socket": {Kind: inbound.KindCommand, JSON: asJSON(t, commandForm())},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw.Keys = []string{"k"}
			got, err := decoder(t).Decode(raw)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Command.Delivery.Keys) != 2 || got.Command.Delivery.Keys[1] != "k" {
				t.Errorf("keys %q", got.Command.Delivery.Keys)
			}
			got.Command.Delivery = commands.Delivery{}
			if diff := cmp.Diff(want, got.Command); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestCommandVariants(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		set  url.Values // an empty list deletes
		why  inbound.Why
		form bool // duplicates cannot be said in JSON
	}{
		"another command":     {set: url.Values{"command": {"/onboard"}}, why: inbound.WhyCommand},
		"no command":          {set: url.Values{"command": {}}, why: inbound.WhyMalformed},
		"another team":        {set: url.Values{"team_id": {"T9"}}, why: inbound.WhyTeam},
		"no team":             {set: url.Values{"team_id": {}}, why: inbound.WhyTeam},
		"org install":         {set: url.Values{"team_id": {}, "enterprise_id": {"E1"}}},
		"another team in org": {set: url.Values{"team_id": {"T9"}, "enterprise_id": {"E1"}}, why: inbound.WhyTeam},
		"another app":         {set: url.Values{"api_app_id": {"A9"}}, why: inbound.WhyApp},
		"no user":             {set: url.Values{"user_id": {}}, why: inbound.WhyMalformed},
		"user is markup":      {set: url.Values{"user_id": {"U1> <!channel"}}, why: inbound.WhyMalformed},
		"odd channel":         {set: url.Values{"channel_id": {"../x"}}, why: inbound.WhyMalformed},
		"no text":             {set: url.Values{"text": {}}},
		"no trigger":          {set: url.Values{"trigger_id": {}}},
		"two users":           {set: url.Values{"user_id": {"U1", "U2"}}, why: inbound.WhyMalformed, form: true},
		"two texts":           {set: url.Values{"text": {"a", "b"}}, why: inbound.WhyMalformed, form: true},
		"an interaction":      {set: url.Values{"payload": {"{}"}}, why: inbound.WhyMalformed, form: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			form := commandForm()
			for k, v := range tc.set {
				if form[k] = v; len(v) == 0 {
					form.Del(k)
				}
			}
			got, err := decoder(t).Decode(inbound.Raw{Kind: inbound.KindCommand, Form: form})
			checkWhy(t, got, err, tc.why)
			if !tc.form {
				got, err = decoder(t).Decode(inbound.Raw{Kind: inbound.KindCommand, JSON: asJSON(t, form)})
				checkWhy(t, got, err, tc.why)
			}
		})
	}
}

func TestOrganisation(t *testing.T) {
	t.Parallel()
	d, err := inbound.NewDecoder("E1", app, "/offboard", nil)
	if err != nil {
		t.Fatal(err)
	}
	form := commandForm()
	form.Set("enterprise_id", "E1")
	if _, err := d.Decode(inbound.Raw{Kind: inbound.KindCommand, Form: form}); err != nil {
		t.Errorf("a workspace of the organisation: %v", err)
	}
	form.Set("enterprise_id", "E2")
	got, err := d.Decode(inbound.Raw{Kind: inbound.KindCommand, Form: form})
	checkWhy(t, got, err, inbound.WhyTeam)
}

// TestOrganisationInsideTheTeam: some of Slack's payloads name the organisation within the team alone.
func TestOrganisationInsideTheTeam(t *testing.T) {
	t.Parallel()
	d, err := inbound.NewDecoder("E1", app, "/offboard", nil)
	if err != nil {
		t.Fatal(err)
	}
	within := with(click, `{"id":"T0123456",`, `{"id":"T0123456","enterprise_id":"E1",`)
	got, err := d.Decode(interaction(within))
	if err != nil || got.Click.From.EnterpriseID != "E1" {
		t.Errorf("%+v, %v", got.Click, err)
	}
	got, err = d.Decode(interaction(with(within, `"enterprise":null`, `"enterprise":{"id":"E2"}`)))
	checkWhy(t, got, err, inbound.WhyTeam)
}

func TestEventsAndUnknownKinds(t *testing.T) {
	t.Parallel()
	got, err := decoder(t).Decode(inbound.Raw{Kind: inbound.KindEvent, JSON: []byte(`{"type":"event_callback"}`)})
	checkWhy(t, got, err, inbound.WhyEvent)
	got, err = decoder(t).Decode(inbound.Raw{Kind: "other"})
	checkWhy(t, got, err, inbound.WhyType)
}

func TestNewDecoderRefuses(t *testing.T) {
	t.Parallel()
	if _, err := inbound.NewDecoder("", app, "/offboard", nil); err == nil {
		t.Error("no team: anybody's")
	}
	if _, err := inbound.NewDecoder(team, app, "", nil); err == nil {
		t.Error("no command")
	}
}

// FuzzDecode: whatever comes, it is one request of our team and app with an id that is one, or nothing.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		click, submit, string(asJSON(f, commandForm())), `{}`, `null`, `[]`, `{"actions":[null]}`,
		`{"type":"block_actions","actions":[{}]}`, `{"type":"view_submission","view":null}`, `{"type":"block_actions","team":null,"user":null}`,
		`{"type":"view_submission","view":{"state":{"values":{"who":null}}}}`,
	} {
		for kind := range inbound.Kinds() {
			f.Add(kind, []byte(text))
		}
	}
	for _, p := range payloads(f) {
		f.Add(slices.Index(inbound.Kinds(), p.Kind), []byte(p.Payload))
	}
	d := decoder(f)
	f.Fuzz(func(t *testing.T, kind int, text []byte) {
		kinds := inbound.Kinds()
		raw := inbound.Raw{Kind: kinds[(kind%len(kinds)+len(kinds))%len(kinds)], JSON: text, Keys: []string{"k"}}
		got, err := d.Decode(raw)
		if err != nil {
			if got != (inbound.Request{}) {
				t.Fatalf("%v and yet %+v", err, got)
			}
			return
		}
		set := 0
		for _, from := range senders(got) {
			set++
			if from.UserID == "" || from.TeamID == "" && from.EnterpriseID == "" {
				t.Fatalf("from %+v", from)
			}
		}
		if set != 1 {
			t.Fatalf("%d requests in one: %+v", set, got)
		}
	})
}

func senders(r inbound.Request) []commands.Sender {
	var out []commands.Sender
	if r.Command != nil {
		out = append(out, r.Command.From)
	}
	if r.Click != nil {
		out = append(out, r.Click.From)
	}
	if r.Submit != nil {
		out = append(out, r.Submit.From)
	}
	return out
}
