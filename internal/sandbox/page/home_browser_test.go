package page

import (
	"testing"

	"offboard/internal/sandbox/browsertest"
)

// An app's own page: its Home tab, by mouse and by keyboard, with what is entered there kept and told; its messages, in which what stands in the whole
// card is told; and reactions. On a telephone too. The page of our bot says that nobody can write to it.
func TestTheAppsOwnPage(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	t.Run("home", func(t *testing.T) { atHome(t, b) })
	t.Run("read only", func(t *testing.T) {
		w := newWorld(t)
		tab := b.Open(t, w.page.URL+"/#U0BOB/D0BOB", browsertest.Narrow)
		tab.See("Sending messages to this app has been turned off.")
		if tab.Has("combobox", "Message or command") || tab.Has("tab", "Home") {
			t.Error("it has a composer, or a Home tab")
		}
		tab.Accessible("a conversation that is read only")
		picture(t, tab, "readonly_narrow")
	})
}

func atHome(t *testing.T, b *browsertest.Browser) {
	w := newYours(t)
	newHomeApp(t, w)
	tab := b.Open(t, w.page.URL+"/#U0ALICE/D0ALICE", browsertest.Wide)
	tab.See("Welcome home")
	tab.Type("textbox", "Note (optional)", "remember")
	tab.Click("button", "Count")
	tab.See("Pressed: remember")
	tab.Until("the focus is still at the button", func() bool { return tab.Focused() == "Count" })
	if got := browsertest.Eval[string](tab, `document.querySelector("#home input").value`); got != "remember" {
		t.Errorf("what was entered is %q when the Home tab is drawn anew", got)
	}
	tab.Accessible("a Home tab")
	picture(t, tab, "home")
	tab.Click("tab", "Home")
	tab.Press(browsertest.Right)
	tab.Until("the other tab has the focus", func() bool { return tab.Focused() == "app-tab-messages" })
	tab.Type("combobox", "Message or command", "hello")
	tab.Press(browsertest.Enter)
	tab.See("Hey there")
	tab.Type("textbox", "Mood", "fine")
	tab.Set("combobox", "Size", "Large")
	tab.Click("button", "Tell")
	tab.See("fine, l")
	if got := browsertest.Eval[string](tab, `document.querySelector(".attachment input").value`); got != "fine" {
		t.Errorf("what was entered is %q when the message is drawn anew", got)
	}
	tab.Click("button", "eyes 1 by yourapp")
	tab.Until("the reaction is alice's too", func() bool { return tab.Has("button", "eyes 2 by yourapp, alice") })
	tab.Accessible("a conversation with an app")
	picture(t, tab, "home_messages")
	tab.Reload()
	tab.See("fine, l")
	narrow := b.Open(t, w.page.URL+"/#U0ALICE/D0ALICE/home", browsertest.Window{Width: browsertest.Narrow.Width, Height: browsertest.Narrow.Height, Dark: true})
	narrow.See("Welcome home")
	narrow.Accessible("a Home tab on a telephone")
	picture(t, narrow, "home_narrow")
	if wide := browsertest.Eval[int64](narrow, "document.documentElement.scrollWidth"); wide > browsertest.Narrow.Width {
		t.Errorf("the page is %d pixels wide", wide)
	}
}
