package main

import (
	"fmt"
	"strings"
	"testing"

	"offboard/internal/sandbox/browsertest"
	"offboard/internal/sandbox/town"
)

// intruder is one tab on the panel of attacks.
type intruder struct {
	*browsertest.Tab
}

// be is somebody else from now on, with the channel of the cards before them.
func (i intruder) be(who, part string) {
	i.Click("radio", who+" "+part)
	i.Until("it is the page of "+who, func() bool {
		return strings.Contains(browsertest.Eval[string](i.Tab, "document.title"), "– "+who+" –")
	})
}

// came waits for what came of an attack to say this.
func (i intruder) came(do string, words ...string) {
	for _, w := range words {
		i.Until(fmt.Sprintf("of %s came %q", do, w), func() bool {
			return strings.Contains(browsertest.Eval[string](i.Tab, `document.getElementById("journal-`+do+`")?.closest(".came").innerText || ""`), w)
		})
	}
}

func (i intruder) counted(n int) { i.See(fmt.Sprintf("%d of 2 approvals count.", n)) }

// approves clicks the card's Approve, and that of the dialog.
func (i intruder) approves() {
	i.Click("button", "Show the card")
	i.Click("button", "Approve")
	i.Until("it is asked once more", func() bool { return i.Has("button", "Go back") })
	i.Click("button", "Approve")
}

// Not parallel, as TestThreePeopleInABrowser.
//
// A security lead tries every attack of the panel by hand. Each is refused, and says so; in the end nothing was called.
func TestEveryAttackOfThePanelIsRefused(t *testing.T) {
	v, _ := openSandbox(t)
	i := intruder{browsertest.Start(t).Open(t, v.base+"/#"+town.Alice+"/"+town.General, browsertest.Wide)}
	i.Click("tab", "Attacks")
	i.See("No request is open.")
	i.Click("button", "Ask for quinn.ash")
	i.Press(browsertest.Enter)
	i.See("OFF-1 is recorded")
	i.counted(0)

	i.Click("button", "Sign with a guess")
	i.came("forge", "A click in bob's name. The bot answered 401: nothing was counted.")
	i.Click("button", "Hide it in the query")
	i.came("query", "A click in bob's name. The bot answered 200 and counted nothing.")
	i.approves() // alice herself
	i.See("a second person must decide")
	i.came("query", "@alice was refused: own request")
	copied(i)
	replayed(t, i)
	unentitled(i)
	changed(t, i)
	strangers(i)

	i.be("alice", "may ask")
	i.Click("button", "Show the card")
	i.See("<!channel> ∗approved by∗")
	i.Click("button", "Withdraw")
	i.See("No request is open.")
	i.See("Calls to remove somebody at the providers so far: 0")
	if state, writes := v.until(town.Bob, "the page is shown", func(seen) bool { return true }).state("zitadel", town.Quinn.ID); state != "USER_STATE_ACTIVE" || writes != 0 {
		t.Errorf("the provider has %s after %d calls", state, writes)
	}
}

// copied: an approver believes a copy of the card's buttons.
func copied(i intruder) {
	i.Click("button", "Post the copy")
	i.came("copy", "It stands in #general.")
	i.be("bob", "may approve")
	i.Click("button", "Show #general")
	i.Click("button", "Approve")
	i.See("This is not the card of OFF-1")
	i.came("copy", "@bob was refused: wrong place")
	i.counted(0)
}

// replayed: bob has approved, and his click comes again.
func replayed(t *testing.T, i intruder) {
	i.approves()
	i.counted(1)
	i.Click("button", "Deliver it again")
	i.came("again", "bob's click on Approve was delivered again. The bot acknowledged it and counted it once.")
	i.Click("button", "Deliver an old one")
	i.came("old", "A click in carol's name. The bot answered 401: nothing was counted.")
	i.counted(1)
	i.Accessible("the panel of attacks")
	picture(t, i.Tab, "attacks")
}

// unentitled: bob loses his right after he has approved, first by the group and then as a guest.
func unentitled(i intruder) {
	i.Click("checkbox", "bob is in the group of approvers")
	i.came("may", "bob is in the group no more.")
	i.be("carol", "may approve")
	i.approves()
	i.came("may", "The approval of @bob counts no more")
	i.counted(1)
	i.Until("the list of people says so", func() bool { return i.Has("radio", "bob may do neither") })
	i.Click("checkbox", "bob is in the group of approvers")
	i.came("may", "bob is in the group of approvers again.")
	i.Click("checkbox", "bob is a guest")
	i.came("guest", "bob is a guest now.")
	i.be("bob", "a guest")
	i.approves()
	i.See("Guests")
	i.Click("checkbox", "bob is a guest")
	i.came("guest", "bob is a member again.")
	i.counted(1)
}

// changed: the account is another one when the second approval comes.
func changed(t *testing.T, i intruder) {
	i.Click("button", "Change the address")
	i.came("address", "At ZITADEL the account has the address somebody.else@example.com now.")
	i.be("bob", "may approve")
	i.approves()
	i.came("address", "e-mail")
	i.counted(0)
	picture(t, i.Tab, "attacks_changed")
	i.Click("tab", "Providers")
	i.See("e-mail: somebody.else@example.com")
	i.Click("button", "Bring everybody back")
	i.Until("the address is the old one", func() bool { return !strings.Contains(i.Text(), "e-mail: somebody.else@example.com") })
	i.Click("tab", "Attacks")
}

// strangers: olga, of another company, sees the card and clicks.
func strangers(i intruder) {
	i.Click("checkbox", "#offboarding is shared with another company")
	i.came("share", "olga, of the other company, sees the cards now.")
	i.be("olga", "from another company")
	i.approves()
	i.came("share", "@olga was refused: other team")
	i.counted(0)
	i.Click("checkbox", "#offboarding is shared with another company")
	i.came("share", "The channel is shared no more.")
}
