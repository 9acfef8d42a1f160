package main

import (
	"strings"

	"offboard/internal/sandbox/town"
)

// hearEvents does what an app of one's own hears of: a message, a mention, a reaction, and what stands in its message when somebody presses.
func hearEvents(v visitor) {
	v.t.Helper()
	v.do("type", map[string]any{"as": town.Carol, "channel": town.Direct(town.Carol), "text": "hello you"})
	var answer shownMessage
	v.until(town.Carol, "the app answers, and reacts", func(s seen) bool {
		all := s.messages(town.Direct(town.Carol))
		if len(all) != 2 || len(all[0].Reactions) != 1 {
			return false
		}
		answer = all[1]
		return all[0].Reactions[0].Name == "wave" && answer.Text == "Hey there <@"+town.Carol+">!"
	})
	v.do("press", map[string]any{
		"as": town.Carol, "channel": town.Direct(town.Carol), "ts": answer.TS, "block": "e", "action": "tell",
		"held": map[string]any{"mood": map[string]string{"text": "fine"}, "e": map[string]string{"size": "l"}},
	})
	replied := func(place int, channel, words string) func(seen) bool {
		return func(s seen) bool {
			for _, r := range s.messages(channel)[place].Replies {
				if r.Text == words {
					return true
				}
			}
			return false
		}
	}
	v.until(town.Carol, "what stands in the message is told", replied(1, town.Direct(town.Carol), "mood fine, size l"))
	v.do("type", map[string]any{"as": town.Carol, "channel": town.Approvals, "text": "what is there, @yourapp?"})
	said := v.until(town.Carol, "the mention is answered", func(s seen) bool {
		return len(s.messages(town.Approvals)) == 1 && replied(0, town.Approvals, "local has offboarding offboarding-audit general partners")(s)
	}).messages(town.Approvals)[0]
	v.do("react", map[string]any{"as": town.Carol, "channel": town.Approvals, "ts": said.TS, "name": "tada", "on": true})
	v.until(town.Carol, "the reaction is answered", replied(0, town.Approvals, "**a party**"))
}

// visitHome comes to the app's Home tab and presses there.
func visitHome(v visitor) {
	v.t.Helper()
	v.do("open", map[string]any{"as": town.Nadia, "tab": "home"})
	shows := func(words string) func(seen) bool {
		return func(s seen) bool { return strings.Contains(string(s.App.Blocks), words) }
	}
	home := v.until(town.Nadia, "it is published", shows("for the first time")).App.Home
	v.do("press", map[string]any{
		"as": town.Nadia, "view": home, "block": "h", "action": "count", "held": map[string]any{"note": map[string]string{"text": "remember"}},
	})
	v.until(town.Nadia, "it has changed", shows("Pressed in a home by @"+town.Nadia+": remember"))
	v.do("open", map[string]any{"as": town.Nadia, "tab": "home"})
	v.until(town.Nadia, "it knows what was there", shows(", again"))
	v.until(town.Bob, "nobody else sees it", func(s seen) bool { return s.App.Home == "" })
}
