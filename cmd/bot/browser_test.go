package main

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"offboard/internal/sandbox/browsertest"
	"offboard/internal/sandbox/town"
)

var pictures = flag.String("pictures", "", "a folder for pictures of the sandbox as the tests see it")

func picture(t *testing.T, tab *browsertest.Tab, name string) {
	t.Helper()
	if *pictures != "" {
		tab.Screenshot(filepath.Join(*pictures, name+".png"))
	}
}

// Not parallel: a browser beside them would take the machine from tests that hold the bot to Slack's three seconds.
//
// Three people in three tabs: one asks and is refused as her own approver, a guest is refused, another approves while the provider does it and never
// answers. The page is loaded again in the middle. Everything by clicking, with the bot behind it.
func TestThreePeopleInABrowser(t *testing.T) {
	v, _ := openSandbox(t)
	b := browsertest.Start(t)
	open := func(who string, w browsertest.Window) *browsertest.Tab {
		tab := b.Open(t, v.base+"/#"+who+"/"+town.General, w)
		tab.See("Try it")
		return tab
	}
	alice, gus, bob := open(town.Alice, browsertest.Wide), open(town.Gus, browsertest.Narrow), open(town.Bob, browsertest.Wide)

	alice.Click("button", "Offboard Kim Park at Torii")
	alice.Press(browsertest.Enter)
	alice.See("OFF-1 is recorded")
	alice.Click("button", "# offboarding 1 unread")
	approve := func(tab *browsertest.Tab) {
		tab.Click("button", "Approve")
		tab.Until("it is asked once more", func() bool { return tab.Has("button", "Go back") })
		tab.Click("button", "Approve") // of the dialog: the card lies behind it
	}
	approve(alice)
	alice.See("a second person must decide")
	gus.Click("button", "# offboarding 1 unread")
	gus.See("waiting for approval")
	gus.Accessible("a card on a telephone")
	browsertest.Eval[any](gus, `document.querySelector("#messages article").scrollIntoView()`)
	picture(t, gus, "telephone")
	approve(gus)
	gus.See("Guests")

	bob.Click("button", "# offboarding 1 unread")
	bob.See("waiting for approval")
	if text := bob.Text(); strings.Contains(text, "a second person must decide") || strings.Contains(text, "Guests") {
		t.Error("bob sees what others were told privately")
	}
	picture(t, bob, "card")
	bob.Set("combobox", "How it behaves: Torii", "does it, then never answers")
	bob.Reload()
	bob.See("waiting for approval")
	approve(bob)
	bob.See("Outcome unknown")
	bob.See("read back: deleted")
	bob.Until("the card has lost its buttons", func() bool { return !bob.Has("button", "Approve") })
	bob.Click("tab", "Journal")
	bob.See("OFF-1: done")
	bob.See("Every hash follows")
	bob.Accessible("the end of a request")
	picture(t, bob, "outcome")
	if state, writes := v.until(town.Bob, "the journal is shown", func(seen) bool { return true }).state("torii", town.Kim.ID); state != "deleted" || writes != 1 {
		t.Errorf("the provider has %s after %d calls", state, writes)
	}
}
