package main

import (
	"encoding/json"
	"strings"

	"offboard/internal/sandbox/town"
)

// useBoltMenus types into a menu whose choices the app gives, and chooses.
func useBoltMenus(v visitor) {
	v.t.Helper()
	v.do("type", map[string]any{"as": town.Carol, "channel": town.Audit, "text": "/town"})
	ts := v.until(town.Carol, "the menu stands there", func(s seen) bool { return len(s.messages(town.Audit)) == 1 }).messages(town.Audit)[0].TS
	press := map[string]any{"as": town.Carol, "channel": town.Audit, "ts": ts, "block": "towns", "action": "town", "value": "be"}
	const want = `{"options":[{"text":{"text":"Berlin","type":"plain_text"},"value":"Berlin for U0CAROL"},{"text":{"text":"Bern","type":"plain_text"},"value":"Bern for U0CAROL"}]}`
	if got := v.ask("suggest", press); got != want {
		v.t.Errorf("the app gives %s, not %s", got, want)
	}
	press["value"] = "Bern for U0CAROL"
	v.do("press", press)
	v.until(town.Carol, "the thread says what was chosen", func(s seen) bool {
		all := s.messages(town.Audit)[0].Replies
		return len(all) == 1 && all[0].Text == "chosen: Bern, Bern for U0CAROL"
	})
}

// ask does what is answered, and gives the answer with its keys in order.
func (v visitor) ask(what string, body map[string]any) string {
	v.t.Helper()
	_, said := v.send(what, body)
	var given any
	if err := json.Unmarshal(said, &given); err != nil {
		v.t.Fatalf("%s: %v: %s", what, err, said)
	}
	ordered, err := json.Marshal(given)
	if err != nil {
		v.t.Fatal(err)
	}
	return strings.TrimSpace(string(ordered))
}
