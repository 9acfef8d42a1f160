package main

import (
	"strings"
	"testing"

	"offboard/internal/sandbox/browsertest"
	"offboard/internal/sandbox/town"
)

// keyboard is a tab that is used by keys alone.
type keyboard struct {
	*browsertest.Tab
	t *testing.T
}

// inside holds that the focus stays in a dialog all the way round, both ways.
func (k keyboard) inside(id string, stops int) {
	k.t.Helper()
	for _, press := range []func(string){k.Press, k.PressShift} {
		for range stops {
			press(browsertest.TabKey)
			if !browsertest.Eval[bool](k.Tab, `document.getElementById("`+id+`").contains(document.activeElement)`) {
				k.t.Fatalf("the focus has left the dialog: it is at %q", k.Labelled())
			}
		}
	}
}

// watch keeps what a screen reader is told from now on, for told.
func (k keyboard) watch() {
	k.t.Helper()
	browsertest.Eval[int](k.Tab, `(() => {
		const news = document.getElementById("news");
		window.told = [];
		return new MutationObserver(() => window.told.push(news.textContent)).observe(news, { childList: true, characterData: true, subtree: true }), 0;
	})()`)
}

func (k keyboard) told(words string) func() bool {
	return func() bool { return strings.Contains(browsertest.Eval[string](k.Tab, `window.told.join("\n")`), words) }
}

// Not parallel: see [TestThreePeopleInABrowser].
//
// A removal from the form to the outcome without a mouse: alice asks, the page becomes bob's, and bob approves. The focus is always somewhere, dialogs keep it
// and give it back, and what comes of it is told to a screen reader.
func TestWithoutAMouse(t *testing.T) {
	b := browsertest.Start(t) // first: the sandbox is up for a while only
	v, _ := openSandbox(t)
	k := keyboard{b.Open(t, v.base+"/#"+town.Alice+"/"+town.General, browsertest.Wide), t}
	k.See("Try it")
	k.watch()
	k.Reach("Message or command")
	k.Press("/offboard" + browsertest.Enter)
	k.Until("the form has the focus", func() bool { return k.Labelled() == "Who" })
	k.inside("form", 14)
	k.Reach("Who")
	k.Press(browsertest.Escape)
	k.Until("the focus is back at the composer", func() bool { return k.Labelled() == "Message or command" })
	k.Press("/offboard" + browsertest.Enter)
	k.Until("the form has the focus", func() bool { return k.Labelled() == "Who" })
	k.Press("kim.park@example.com")
	k.Reach("Provider")
	k.Press("tor")
	picture(t, k.Tab, "keyboard_form")
	k.Press(browsertest.Enter)
	k.Reach("Reason")
	k.Press("left")
	k.Reach("Look up")
	k.Press(browsertest.Enter)
	k.Until("it is told that it is recorded", k.told("OFF-1"))
	k.Until("the form is gone", func() bool { return k.Labelled() == "Message or command" })

	k.ReachBack("A alice")
	k.Press(browsertest.Down)
	k.Until("it is bob's page", func() bool { return strings.Contains(browsertest.Eval[string](k.Tab, "document.title"), "bob") })
	k.watch()
	k.Reach("# offboarding")
	k.Press(browsertest.Enter)
	k.See("waiting for approval")
	k.Reach("Approve")
	k.Press(browsertest.Enter)
	k.Until("it is asked once more", func() bool { return k.Labelled() == "Go back" })
	k.inside("confirm", 3)
	picture(t, k.Tab, "keyboard_confirm")
	k.Press(browsertest.Escape)
	k.Until("the focus is back at the button", func() bool { return k.Labelled() == "Approve" && !k.Has("button", "Go back") })
	k.Press(browsertest.Enter)
	k.Until("it is asked once more", func() bool { return k.Labelled() == "Go back" })
	k.Reach("Approve")
	k.Press(browsertest.Enter)
	k.Until("it is told what came of it", k.told("Done"))
	k.Until("the card has lost its buttons", func() bool { return !k.Has("button", "Approve") })
	if !browsertest.Eval[bool](k.Tab, `document.getElementById("messages").contains(document.activeElement)`) {
		t.Errorf("the focus is at %q, not at the card", k.Labelled())
	}
	picture(t, k.Tab, "keyboard_done")
}
