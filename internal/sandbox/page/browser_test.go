package page

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"offboard/internal/sandbox/browsertest"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

var pictures = flag.String("pictures", "", "a folder for pictures of the page as the tests see it")

// picture keeps what a tab shows, when pictures are asked for.
func picture(t *testing.T, tab *browsertest.Tab, name string) {
	t.Helper()
	if *pictures != "" {
		tab.Screenshot(filepath.Join(*pictures, name+".png"))
	}
}

// gallery is a message with every kind of block and element that the page has a picture for, and some that it has not.
func gallery(t *testing.T) json.RawMessage {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "gallery.json"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestEveryBlockIsShown(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), browsertest.Start(t)
	w.town.Slack.Insert(workspace.Message{Channel: town.General, User: "U0LOCALBOT", BotID: "B0LOCAL", Text: "all of it", Blocks: gallery(t)})
	for name, window := range map[string]browsertest.Window{
		"wide": browsertest.Wide, "narrow": browsertest.Narrow,
		"wide_dark":   {Width: browsertest.Wide.Width, Height: browsertest.Wide.Height, Dark: true},
		"narrow_dark": {Width: browsertest.Narrow.Width, Height: browsertest.Narrow.Height, Dark: true},
	} {
		t.Run(name, func(t *testing.T) {
			tab := b.Open(t, w.page.URL+"/#U0BOB/C0GENERAL", window)
			tab.See("a block of type hologram")
			text := tab.Text()
			for _, want := range []string{
				"A header", "bold and @bob and #offboarding", "<b>not HTML</b>", "left field", "right field", "in a context", "Image: a cat", "ordered one",
				"quoted", "an element of type antenna", "in a cell", "⚠️",
			} {
				if !strings.Contains(text, want) {
					t.Errorf("it does not show %q:\n%s", want, text)
				}
			}
			for _, c := range []struct{ role, name string }{
				{"button", "A button"}, {"combobox", "Choose a thing"}, {"group", "checkboxes"}, {"radiogroup", "radio buttons"}, {"Date", "datepicker"},
				{"InputTime", "timepicker"}, {"DateTime", "datetimepicker"}, {"combobox", "More actions"}, {"combobox", "Choose a person"}, {"combobox", "Choose many"},
			} {
				if !tab.Has(c.role, c.name) {
					t.Errorf("there is no %s %q", c.role, c.name)
				}
			}
			if wide := browsertest.Eval[int64](tab, "document.documentElement.scrollWidth"); wide > window.Width {
				t.Errorf("the page is %d pixels wide in a window of %d", wide, window.Width)
			}
			tab.Accessible(name)
			picture(t, tab, "gallery_"+name)
		})
	}
}

// Who is looked at as, what is unread, what is typed and where: all of it is there after a reload. Nothing of it needs a mouse.
func TestWhatAPersonSeesOutlivesAReload(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), browsertest.Start(t)
	tab := b.Open(t, w.page.URL+"/#U0BOB/C0GENERAL", browsertest.Wide)
	tab.See("Try it")
	w.town.Slack.Say(town.Carol, town.Approvals, "", "look here")
	w.town.Slack.Say(town.Bob, town.Approvals, "", "my own is not unread")
	unread := func() bool { return tab.Has("button", "# offboarding 1 unread") }
	tab.Until("one message is unread", unread)
	tab.Until("it is announced", func() bool {
		return browsertest.Eval[string](tab, `document.getElementById("news").textContent`) == "#offboarding: look here"
	})
	tab.Type("combobox", "Message or command", "half a sen")
	tab.Reload()
	tab.Until("one message is still unread", unread)
	if got := browsertest.Eval[string](tab, `document.getElementById("line").value`); got != "half a sen" {
		t.Errorf("the draft is %q", got)
	}
	tab.Click("button", "# offboarding 1 unread")
	tab.See("look here")
	tab.Until("nothing is unread", func() bool { return tab.Has("button", "# offboarding") })
	if got := tab.Focused(); got != "channel-name" {
		t.Errorf("the focus is at %q", got)
	}
	tab.Reload()
	tab.See("look here")
	if tab.Has("button", "# offboarding 1 unread") {
		t.Error("what was read is unread again")
	}
	tab.Click("radio", "carol may approve")
	tab.Until("it is carol's page", func() bool { return strings.Contains(browsertest.Eval[string](tab, "document.title"), "carol") })
	tab.Accessible("a channel")
}

func TestTheComposerKnowsTheCommandAndPeople(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), browsertest.Start(t)
	tab := b.Open(t, w.page.URL+"/#U0ALICE/C0GENERAL", browsertest.Wide)
	line := func() string { return browsertest.Eval[string](tab, `document.getElementById("line").value`) }
	tab.Type("combobox", "Message or command", "/off")
	tab.Until("the command is offered", func() bool { return tab.Has("option", "/offboard "+town.Hint) })
	picture(t, tab, "composer")
	tab.Accessible("suggestions")
	tab.Press(browsertest.Enter)
	tab.Until("the command stands there", func() bool { return line() == "/offboard " })
	tab.See(town.Command + " " + town.Hint)
	tab.Press("@ga")
	tab.Press(browsertest.Backspace)
	tab.Until("people are offered", func() bool { return tab.Has("option", "@gus a guest") })
	tab.Press(browsertest.TabKey)
	tab.Until("the person stands there", func() bool { return line() == "/offboard @gus " })
	tab.Press(browsertest.Enter)
	tab.See("the bot did not take it: no_reader") // there is no bot here
	if got := tab.Expected("409"); got != 1 {
		t.Errorf("%d requests were refused", got)
	}
	if got := line(); got != "/offboard @gus " {
		t.Errorf("what was not taken is gone: %q stands there", got)
	}
}

func TestThreads(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), browsertest.Start(t)
	first := w.town.Slack.Say(town.Alice, town.General, "", "a question")
	tab := b.Open(t, w.page.URL+"/#U0BOB/C0GENERAL", browsertest.Narrow)
	tab.See("a question")
	tab.Click("DisclosureTriangle", "Reply in thread")
	tab.Type("textbox", "Reply in thread", "an answer")
	w.town.Slack.Say(town.Carol, town.General, first.TS, "I was faster")
	tab.See("I was faster")
	if got := browsertest.Eval[string](tab, "document.activeElement.value"); got != "an answer" {
		t.Errorf("what was typed is gone when the thread grows: %q", got)
	}
	tab.Press(browsertest.Enter)
	tab.See("2 replies")
	if got := w.town.Slack.Thread(town.General, first.TS); len(got) != 2 || got[1].Text != "an answer" || got[1].User != town.Bob {
		t.Errorf("the thread: %+v", got)
	}
	picture(t, tab, "thread_narrow")
	tab.Accessible("a thread")
}

// Whatever a form asks for can be entered, by its labels; what is wrong is said at the field, and a date is meant in the person's time zone.
func TestAFormIsFilledIn(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), browsertest.Start(t)
	app := newFormApp(t, w)
	tab := b.Open(t, w.page.URL+"/#U0ALICE/C0GENERAL", browsertest.Narrow)
	tab.See("Try it")
	tab.Type("combobox", "Message or command", "/offboard")
	tab.Press(browsertest.Enter)
	tab.Click("button", "Go on")
	tab.See("Please fill this in.")
	if got := tab.Focused(); !strings.HasPrefix(got, "field-") {
		t.Errorf("the focus is at %q, not at the field that is missing", got)
	}
	tab.Type("textbox", "Who", "ann")
	tab.Choose("Provider (optional)", "con", "Second")
	tab.Set("DateTime", "When (optional)", "2026-07-01T18:00")
	tab.Set("Date", "Day (optional)", "2026-07-02")
	tab.Set("InputTime", "Hour (optional)", "07:30")
	tab.Click("checkbox", "Loudly")
	tab.Click("radio", "Slowly")
	tab.Choose("Colleague (optional)", "ca", "@carol")
	tab.Accessible("a form")
	picture(t, tab, "form_narrow")
	tab.Click("button", "Go on")
	tab.See("nobody is called ann") // what the app answers at first
	if got := browsertest.Eval[string](tab, `document.querySelector("[aria-invalid]").value`); got != "ann" {
		t.Errorf("the field that is blamed has %q", got)
	}
	tab.Type("textbox", "Who", "bea")
	tab.Click("button", "Go on")
	tab.Until("the form is gone", func() bool { return !tab.Has("dialog", "A form") })
	got := <-app.filled
	for _, want := range []string{
		`"value":"bea"`, `"selected_date_time":1782921600`, // 18:00 in Berlin in summer is 16:00 UTC
		`"selected_date":"2026-07-02"`, `"selected_time":"07:30"`, `"selected_user":"U0CAROL"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the app got no %s: %s", want, got)
		}
	}
	for _, want := range []string{`"value":"2"`, `"value":"loud"`, `"value":"slow"`} {
		if !strings.Contains(got, want) {
			t.Errorf("the app was not told of the choice %s: %s", want, got)
		}
	}
}

// A confirm dialog has the focus, gives it back, and nothing is pressed unless it is confirmed.
func TestConfirmDialogs(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), browsertest.Start(t)
	app := newFormApp(t, w)
	w.town.Slack.Insert(workspace.Message{Channel: town.General, User: "U0LOCALBOT", BotID: "B0LOCAL", Text: "a card", Blocks: json.RawMessage(
		`[{"type":"actions","block_id":"b","elements":[{"type":"button","action_id":"go","text":{"type":"plain_text","text":"Go"},"confirm":{` +
			`"title":{"type":"plain_text","text":"Really?"},"text":{"type":"plain_text","text":"It cannot be undone."},` +
			`"confirm":{"type":"plain_text","text":"Yes"},"deny":{"type":"plain_text","text":"No"},"style":"danger"}}]}]`)})
	tab := b.Open(t, w.page.URL+"/#U0BOB/C0GENERAL", browsertest.Wide)
	tab.Click("button", "Go")
	tab.Until("it is asked", func() bool { return tab.Has("dialog", "Really?") })
	if got := tab.Focused(); got != "No" {
		t.Errorf("the focus is at %q", got)
	}
	tab.Accessible("a confirm dialog")
	picture(t, tab, "confirm")
	tab.Press(browsertest.Escape)
	tab.Until("the focus is back at the button", func() bool { return tab.Focused() == "Go" })
	tab.Press(browsertest.Enter)
	tab.Click("button", "Yes")
	if got := <-app.pressed; !strings.Contains(got, `"action_id":"go"`) || !strings.Contains(got, `"id":"U0BOB"`) {
		t.Errorf("the app got %s", got)
	}
	if n := len(app.pressed); n != 0 {
		t.Errorf("%d presses too many", n)
	}
}
