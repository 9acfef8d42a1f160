package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"offboard/internal/sandbox/browsertest"
	"offboard/internal/sandbox/town"
)

// desk is one person's tab of a sandbox that others act in too.
type desk struct {
	*browsertest.Tab
	t *testing.T
	v visitor
}

// thread is what the thread of a request's card says.
func (s seen) thread(name string) []string {
	var out []string
	for _, m := range s.messages(town.Approvals) {
		if m.Request != name {
			continue
		}
		for _, r := range m.Replies {
			out = append(out, r.Text)
		}
	}
	return out
}

// ask has alice ask for somebody's removal, and waits for the card.
func (d desk) ask(name string, who town.Leaver, provider string) (ts string) {
	d.t.Helper()
	d.v.do("type", map[string]any{"as": town.Alice, "channel": town.General, "text": "/offboard " + who.Email + " provider:" + provider})
	d.v.until(town.Bob, name+" has a card", func(s seen) bool {
		for _, m := range s.messages(town.Approvals) {
			if m.Request == name {
				ts = m.TS
			}
		}
		return ts != ""
	})
	return ts
}

// approve has bob approve it. Where no socket is open, he tries again, as the page tells him.
func (d desk) approve(ts string) {
	d.t.Helper()
	d.Until("the click is taken", func() bool {
		wrong := d.v.try("press", map[string]any{"as": town.Bob, "channel": town.Approvals, "ts": ts, "action": "approve"})
		if wrong != "" && !strings.Contains(wrong, "no_reader") {
			d.t.Fatal(wrong)
		}
		return wrong == ""
	})
}

// told waits until the thread of a request says something that begins so.
func (d desk) told(name, words string) {
	d.t.Helper()
	d.v.until(town.Bob, name+" is told "+words, func(s seen) bool {
		return slices.ContainsFunc(s.thread(name), func(l string) bool { return strings.HasPrefix(l, words) })
	})
}

// once holds that the thread of a request says exactly this, each thing once and in this order.
func (d desk) once(name string, words ...string) {
	d.t.Helper()
	lines := d.v.until(town.Bob, "the page is shown", func(seen) bool { return true }).thread(name)
	ok := len(lines) == len(words)
	for i := range words {
		ok = ok && strings.HasPrefix(lines[i], words[i])
	}
	if !ok {
		d.t.Errorf("%s says:\n%s", name, strings.Join(lines, "\n"))
	}
}

// Not parallel: a browser beside them would take the machine from tests that hold the bot to Slack's three seconds.
func TestFailuresInABrowser(t *testing.T) {
	b := browsertest.Start(t)
	open := func(t *testing.T, w browsertest.Window) desk {
		v, _ := openSandbox(t)
		tab := b.Open(t, v.base+"/#"+town.Bob+"/"+town.Approvals, w)
		if w == browsertest.Narrow {
			tab.Click("button", "The other side")
		}
		tab.See("behaves")
		return desk{tab, t, v}
	}
	t.Run("unknown", func(t *testing.T) { watchUnknown(open(t, browsertest.Wide)) })
	t.Run("down", func(t *testing.T) { watchDown(open(t, browsertest.Narrow)) })
	t.Run("slack", func(t *testing.T) { watchSlack(open(t, browsertest.Wide)) })
}

// An outcome that stays unknown is watched from the call to the two people who record what they saw.
func watchUnknown(d desk) {
	card := d.ask("OFF-1", town.Kim, "torii")
	d.Set("combobox", "How it behaves: Torii", "does it, then never answers")
	d.Set("combobox", "When: Torii", "then, and whatever is asked from then on")
	d.approve(card)
	d.See("OFF-1: Torii was asked ")
	picture(d.t, d.Tab, "watch-asked")
	d.See("OFF-1: outcome unknown")
	d.Set("combobox", "How it behaves: Torii", "does it, answers 500") // it fails faster
	d.See("(2nd look)")
	picture(d.t, d.Tab, "watch-unknown")
	d.Accessible("an unknown outcome")
	for n := 3; n <= 7; n++ {
		d.v.later(11 * 60)
		d.See(fmt.Sprintf("(%d", n))
	}
	d.See("a human must look at Torii")
	picture(d.t, d.Tab, "watch-human")
	for _, who := range []string{town.Bob, town.Carol} {
		d.v.do("type", map[string]any{"as": who, "channel": town.General, "text": "/offboard resolve OFF-1 done it is deleted there"})
	}
	d.See("OFF-1: agreed to by @carol. Done: resolved by hand by two people")
	d.Click("button", "Journal of OFF-1")
	d.See("Every hash follows")
	picture(d.t, d.Tab, "watch-resolved")
	d.Click("button", "Show the card")
	d.Click("button", "Dismiss OFF-1")
	d.Until("the line is gone", func() bool { return !d.Has("button", "Dismiss OFF-1") })
}

// A call that gets no connection is sent again, and done once the provider is back.
func watchDown(d desk) {
	card := d.ask("OFF-1", town.Kim, "torii")
	d.Set("combobox", "How it behaves: Torii", "is down: no connection can be made")
	d.See("For the call itself no connection can be made.")
	d.approve(card)
	d.See("OFF-1: not done: Torii could not be reached; nothing was sent; sent again in ")
	picture(d.t, d.Tab, "down")
	d.Accessible("a provider that is down")
	d.Set("combobox", "How it behaves: Torii", "behaves")
	d.v.later(5)
	d.See("OFF-1: done: Torii answered 204")
	if state, writes := d.v.until(town.Bob, "the page is shown", func(seen) bool { return true }).state("torii", town.Kim.ID); state != "deleted" || writes != 1 {
		d.t.Errorf("the provider has %s after %d calls", state, writes)
	}
	d.Set("combobox", "How it behaves: ECGrid", "is down: no connection can be made")
	card = d.ask("OFF-2", town.Dana, "ecgrid")
	d.Set("combobox", "When: ECGrid", "whatever is asked")
	d.See("Nobody listens there.")
	d.approve(card)
	d.See("OFF-2: not begun: ECGrid did not answer; tried again ")
	picture(d.t, d.Tab, "down-whole")
	d.Set("combobox", "How it behaves: ECGrid", "behaves")
	d.v.later(60)
	d.See("OFF-2: done: ECGrid answered 200")
}

// Whatever Slack does, each thing is told once, and Slack's side recovers.
func watchSlack(d desk) {
	names := []string{"OFF-1", "OFF-2", "OFF-3", "OFF-4"}
	cards := make([]string, len(names))
	for i, l := range []town.Leaver{town.Kim, town.Jonas, town.Omar, town.Lin} {
		cards[i] = d.ask(names[i], l, map[bool]string{true: "torii", false: "zitadel"}[i < 2])
	}
	d.Click("tab", "Slack")
	d.See("sockets of the bot are open")
	to := func(how string) { d.Set("combobox", "How Slack behaves", how) }

	to("takes a message, then never answers")
	d.approve(cards[0])
	d.told(names[0], "Approved by") // it stands there, and the bot does not know: it goes on later, beside the others
	to("takes no message, answers 429")
	d.approve(cards[1])
	d.v.until(town.Bob, "a message was not taken", func(s seen) bool {
		return slices.ContainsFunc(s.Slack.Calls, func(c struct{ Status int }) bool { return c.Status == http.StatusTooManyRequests })
	})
	picture(d.t, d.Tab, "slack-throttled")
	to("behaves")
	d.told(names[1], "Done")

	for i, press := range []string{"Ask for new sockets", "Cut the sockets"} {
		d.Click("button", press)
		d.v.until(town.Bob, "the sockets are back", func(s seen) bool { return s.Slack.Sockets > 0 })
		d.approve(cards[2+i])
		d.told(names[2+i], "Approved by")
	}
	to("is down")
	picture(d.t, d.Tab, "slack-down")
	to("behaves")
	for _, name := range names {
		d.told(name, "Done")
		d.once(name, "Approved by", "Done")
	}
	d.Accessible("Slack's side")
}
