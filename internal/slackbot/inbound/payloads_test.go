package inbound_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"offboard/internal/approvals"
	"offboard/internal/slackbot/inbound"
)

// recorded is one file of testdata/payloads: the shape of something that Slack delivers, and what it must come to. $REQUEST and $DIGEST stand
// for those of the open request.
type recorded struct {
	About     string           `json:"about"`
	Kind      inbound.Kind     `json:"kind"`
	Becomes   string           `json:"becomes"`   // command, click, submit; "not ours: " and why; or nothing: the transport answers by itself
	Writes    []approvals.Kind `json:"writes"`    // the decisions that must be on record, and no others
	Remembers bool             `json:"remembers"` // the delivery is remembered
	Only      string           `json:"only"`      // the transport that can carry it; empty: both
	Typed     bool             `json:"typed"`     // the request's policy asks for typing
	Payload   json.RawMessage  `json:"payload"`
}

// Each recorded shape over both transports comes to what it must, and to no more: no panic, nothing on record that is not due, and no secret in
// the log.
func TestRecordedPayloads(t *testing.T) {
	t.Parallel()
	for name, p := range payloads(t) {
		for transport, deliver := range transports {
			if p.Only != "" && p.Only != transport {
				continue
			}
			t.Run(name+"/"+transport, func(t *testing.T) {
				t.Parallel()
				p.play(t, deliver)
			})
		}
	}
}

// payloads are the recorded shapes by their names.
func payloads(t testing.TB) map[string]recorded {
	t.Helper()
	files, err := filepath.Glob("testdata/payloads/*.json")
	if err != nil || len(files) < 50 {
		t.Fatal("too few payloads", len(files), err)
	}
	out := map[string]recorded{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var p recorded
		if err := json.Unmarshal(text, &p); err != nil {
			t.Fatal(file, err)
		}
		out[strings.TrimSuffix(filepath.Base(file), ".json")] = p
	}
	return out
}

func (p recorded) play(t *testing.T, deliver transport) {
	t.Helper()
	b := newBot(t, p.Typed)
	told := strings.NewReplacer("$REQUEST", b.request.ID, "$DIGEST", b.request.Digest).Replace(string(p.Payload))
	deliver(t, b, p.Kind, []byte(told))
	b.end(t)
	got, writes, remembers := b.came()
	want := p.Becomes
	if strings.HasPrefix(want, "not ours") {
		want = "" // the log says why
		if !strings.Contains(b.log.String(), strings.TrimPrefix(p.Becomes, "not ours: ")) {
			t.Errorf("the log does not say that it is %s:\n%s", p.Becomes, b.log.String())
		}
	}
	if want == "nothing" {
		want = ""
	}
	if got != want {
		t.Errorf("it became %q, want %q", got, p.Becomes)
	}
	if diff := cmp.Diff(p.Writes, writes); diff != "" && len(p.Writes)+len(writes) > 0 {
		t.Errorf("on record, -want +got:\n%s", diff)
	}
	if remembers != p.Remembers {
		t.Errorf("the delivery is remembered: %t, want %t", remembers, p.Remembers)
	}
	for _, secret := range []string{"never-logged", "13345224609", "12466734323", "77.trigger", "seekrit", "gIkuvaNzQIHg97", "@example.com"} {
		if strings.Contains(b.log.String(), secret) {
			t.Errorf("the log has %q:\n%s", secret, b.log.String())
		}
	}
}

// What nests deeper than anybody means, or holds more of everything, costs its delivery at most: no panic, and what is still well formed counts.
func TestNestedAndWidePayloads(t *testing.T) {
	t.Parallel()
	nest := func(n int, open, shut string) string { return strings.Repeat(open, n) + strings.Repeat(shut, n) }
	many := func(n int, one string) string { return strings.Repeat(one+",", n-1) + one }
	value := `{"action_id":"approve","type":"button","value":"{\"r\":\"$REQUEST\",\"d\":\"$DIGEST\"}"}`
	shape := func(actions, blocks, values string) string {
		return `{"type":"block_actions","api_app_id":"A0123456","team":{"id":"T0123456"},"user":{"id":"U0BOB","team_id":"T0123456"},"trigger_id":"1.t",` +
			`"container":{"type":"message","message_ts":"1700000000.000100","channel_id":"C0APPROVE"},"message":{"ts":"1700000000.000100","blocks":` +
			blocks + `},"state":{"values":` + values + `},"actions":[` + actions + `]}`
	}
	for name, tc := range map[string]struct {
		payload string
		writes  []approvals.Kind
	}{
		"blocks within reason":    {shape(value, nest(9_000, "[", "]"), "{}"), []approvals.Kind{approvals.Approved}},
		"blocks 10,001 deep":      {shape(value, nest(10_001, "[", "]"), "{}"), nil},
		"blocks 100,000 deep":     {shape(value, nest(100_000, "[", "]"), "{}"), nil},
		"objects 50,000 deep":     {shape(value, nest(50_000, `{"a":`, "1}")[:50_000*5]+"1"+strings.Repeat("}", 50_000), "{}"), nil},
		"an action 10,001 deep":   {shape(nest(10_001, "[", "]")+","+value, "[]", "{}"), nil},
		"never closed":            {strings.Repeat("[", 300_000), nil},
		"10,000 foreign actions":  {shape(many(10_000, `{"action_id":"x","type":"button"}`)+","+value, "[]", "{}"), []approvals.Kind{approvals.Approved}},
		"3,000 of ours":           {shape(many(3_000, value), "[]", "{}"), nil},
		"20,000 blocks":           {shape(value, "["+many(20_000, `{"type":"section"}`)+"]", "{}"), []approvals.Kind{approvals.Approved}},
		"a key 500,000 long":      {shape(value, "[]", `{"`+strings.Repeat("k", 500_000)+`":1}`), []approvals.Kind{approvals.Approved}},
		"a value over the limit":  {shape(strings.Replace(value, `{\"r\"`, strings.Repeat("x", 2_001)+`{\"r\"`, 1), "[]", "{}"), nil},
		"a number without an end": {shape(value, "["+strings.Repeat("9", 400_000)+"]", "{}"), []approvals.Kind{approvals.Approved}},
	} {
		for transport, deliver := range transports {
			t.Run(name+"/"+transport, func(t *testing.T) {
				t.Parallel()
				p := recorded{Kind: inbound.KindInteraction, Becomes: "nothing", Payload: json.RawMessage(tc.payload)}
				if p.Writes = tc.writes; tc.writes != nil {
					p.Becomes, p.Remembers = "click", true
				}
				p.play(t, deliver)
			})
		}
	}
}

// A click may be changed in any one place by whoever has the signing secret: it never approves what the person did not click on, in nobody
// else's name but the one it carries, and nothing at all for a person or a card that it does not carry whole.
func TestMutatedInteractionsApproveNothing(t *testing.T) {
	t.Parallel()
	p := payloads(t)["click-approve"]
	b := newBot(t, false)
	defer b.end(t)
	told := strings.NewReplacer("$REQUEST", b.request.ID, "$DIGEST", b.request.Digest).Replace(string(p.Payload))
	var whole map[string]any
	if err := json.Unmarshal([]byte(told), &whole); err != nil {
		t.Fatal(err)
	}
	// What decides: taken out or exchanged, nothing is approved. The container and the message both say where it was, so each may be missing.
	deciding := []string{"type", "api_app_id", "team", "user", "actions", "team.id", "user.id", "actions.action_id", "actions.value"}
	for _, path := range deciding {
		for what, to := range map[string]any{"gone": nil, "another text": "X0OTHER", "a number": 7.0, "a list": []any{}, "an object": map[string]any{}} {
			payload, err := json.Marshal(mutated(whole, strings.Split(path, "."), to))
			if err != nil {
				t.Fatal(err)
			}
			raw := inbound.Raw{Kind: inbound.KindInteraction, JSON: payload, Keys: []string{path + what}, At: time.Now()}
			b.intake.Take(context.Background(), raw).Finish(true)
			if _, writes, _ := b.came(); slices.Contains(writes, approvals.Approved) {
				t.Fatalf("%s is %s, and it was approved", path, what)
			}
		}
	}
	raw := inbound.Raw{Kind: inbound.KindInteraction, JSON: []byte(told), Keys: []string{"whole"}, At: time.Now()}
	b.intake.Take(context.Background(), raw).Finish(true)
	if _, writes, _ := b.came(); !slices.Contains(writes, approvals.Approved) {
		t.Errorf("as it was, it is not approved, so nothing was shown: %v", writes)
	}
}

// mutated copies a value with one place exchanged; nil takes it out. Of a list every element is gone through.
func mutated(v any, path []string, to any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			switch {
			case k != path[0]:
				out[k] = x
			case len(path) > 1:
				out[k] = mutated(x, path[1:], to)
			case to != nil:
				out[k] = to
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = mutated(x, path, to)
		}
		return out
	default:
		return v
	}
}
