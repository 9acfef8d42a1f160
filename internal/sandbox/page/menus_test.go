package page

import (
	"encoding/json"
	"strings"
	"testing"

	"offboard/internal/sandbox/browsertest"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

const (
	thingsToChoose = `"options":[{"text":{"type":"plain_text","text":"Apple"},"value":"a"},{"text":{"type":"plain_text","text":"Crème brûlée"},"value":"c",` +
		`"description":{"type":"plain_text","text":"a sweet"}},{"text":{"type":"plain_text","text":"Pineapple"},"value":"p"}]`
	groupsToChoose = `"option_groups":[{"label":{"type":"plain_text","text":"Fruit"},"options":[{"text":{"type":"plain_text","text":"Fig"},"value":"f"}]},` +
		`{"label":{"type":"plain_text","text":"Nuts"},"options":[{"text":{"type":"plain_text","text":"Almond"},"value":"al"}]}]`
	// A message with menus, of which one asks once more.
	menusInAMessage = `[{"type":"section","block_id":"one","text":{"type":"mrkdwn","text":"A thing"},"accessory":{"type":"static_select","action_id":"thing",` +
		`"placeholder":{"type":"plain_text","text":"A thing"},"initial_option":{"text":{"type":"plain_text","text":"Apple"},"value":"a"},` +
		`"confirm":{"title":{"type":"plain_text","text":"Really?"},"text":{"type":"plain_text","text":"It is sweet."},"confirm":{"type":"plain_text","text":"Yes"},` +
		`"deny":{"type":"plain_text","text":"No"}},` + thingsToChoose + `}},` +
		`{"type":"section","block_id":"two","text":{"type":"mrkdwn","text":"Two of them"},"accessory":{"type":"multi_static_select","action_id":"two",` +
		`"placeholder":{"type":"plain_text","text":"Some things"},"max_selected_items":2,` + groupsToChoose + `}},` +
		`{"type":"section","block_id":"far","text":{"type":"mrkdwn","text":"From the app"},"accessory":{"type":"external_select","action_id":"far",` +
		`"placeholder":{"type":"plain_text","text":"Ask the app"},"min_query_length":2}}]`
	// A form that is higher than a telephone's dialog, with a menu at its end.
	menusInAForm = `{"type":"modal","title":{"type":"plain_text","text":"Menus"},"submit":{"type":"plain_text","text":"Go on"},"blocks":[` +
		`{"type":"input","block_id":"thing","label":{"type":"plain_text","text":"Thing"},"element":{"type":"static_select","action_id":"v",` + thingsToChoose + `}},` +
		`{"type":"input","block_id":"some","label":{"type":"plain_text","text":"Some"},"element":{"type":"multi_static_select","action_id":"v",` + groupsToChoose + `}},` +
		`{"type":"input","block_id":"people","label":{"type":"plain_text","text":"People"},"element":{"type":"multi_users_select","action_id":"v",` +
		`"initial_users":["U0BOB"]}},` +
		`{"type":"input","block_id":"room","optional":true,"label":{"type":"plain_text","text":"Room"},"element":{"type":"conversations_select","action_id":"v",` +
		`"filter":{"include":["public"]}}},` +
		`{"type":"input","block_id":"far","optional":true,"label":{"type":"plain_text","text":"Far"},"element":{"type":"multi_external_select","action_id":"v",` +
		`"min_query_length":0}}]}`
)

// suggested is what the app has to choose from.
func suggested(payload string) string {
	switch {
	case strings.Contains(payload, `"value":"nothing"`):
		return `{"options":[]}`
	case strings.Contains(payload, `"value":"odd"`):
		return `{"odd":1}`
	default:
		return `{"options":[{"text":{"type":"plain_text","text":"From the app"},"value":"x1"},{"text":{"type":"plain_text","text":"Also"},"value":"x2"}]}`
	}
}

// menuTab is a tab in which a menu is looked at.
type menuTab struct {
	*browsertest.Tab
	t *testing.T
}

// sees holds the field that has the focus, whether its list is open, what is marked in it, and what a screen reader is told.
func (m menuTab) sees(text string, open bool, marked, told string) {
	m.t.Helper()
	look := func() string {
		return browsertest.Eval[string](m.Tab, `(() => {
			const e = document.activeElement, at = document.getElementById(e.getAttribute("aria-activedescendant"));
			const said = e.closest(".combobox")?.querySelector("[role=status]").textContent;
			return [e.value, e.getAttribute("aria-expanded"), at ? at.firstChild.textContent : "", said].join("|");
		})()`)
	}
	want := strings.Join([]string{text, map[bool]string{true: "true", false: "false"}[open], marked, told}, "|")
	got := ""
	defer func() {
		if m.t.Failed() {
			m.t.Logf("the field says %s", got)
		}
	}()
	m.Until("the field says "+want, func() bool { got = look(); return got == want })
}

// hears waits for what the app gets.
func (m menuTab) hears(app <-chan string) (got string) {
	m.t.Helper()
	m.Until("the app is told", func() bool {
		select {
		case got = <-app:
		default:
		}
		return got != ""
	})
	return got
}

// Menus narrow as one types, in messages and in forms, by keyboard and by mouse.
func TestMenusNarrowAsOneTypes(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	t.Run("in a message", func(t *testing.T) { menusOfAMessage(t, b) })
	t.Run("the app's own choices", func(t *testing.T) { menusOfTheApp(t, b) })
	t.Run("in a form", func(t *testing.T) { menusOfAForm(t, b) })
	t.Run("a form by keys alone", func(t *testing.T) { formByKeys(t, b) })
}

func openMenus(t *testing.T, b *browsertest.Browser, window browsertest.Window) (menuTab, *formApp, *world) {
	t.Helper()
	w := newWorld(t)
	app := newFormApp(t, w)
	w.town.Slack.Insert(workspace.Message{Channel: town.General, User: "U0LOCALBOT", BotID: "B0LOCAL", Text: "menus", Blocks: json.RawMessage(menusInAMessage)})
	tab := menuTab{b.Open(t, w.page.URL+"/#U0BOB/C0GENERAL", window), t}
	tab.See("From the app")
	return tab, app, w
}

func menusOfAMessage(t *testing.T, b *browsertest.Browser) {
	tab, app, w := openMenus(t, b, browsertest.Window{Width: browsertest.Wide.Width, Height: browsertest.Wide.Height, Dark: true})
	tab.Click("combobox", "A thing")
	tab.sees("Apple", true, "Apple", "3 choices")
	tab.Accessible("an open menu")
	picture(t, tab.Tab, "menu_wide_dark")
	tab.Press("apple")
	tab.sees("apple", true, "Apple", "2 choices")
	tab.Press(browsertest.Down)
	tab.sees("apple", true, "Pineapple", "2 choices")
	tab.Press(browsertest.Escape)
	tab.sees("Apple", false, "", "")
	tab.Press(browsertest.Down + browsertest.End + browsertest.Home + browsertest.Up + browsertest.Up)
	tab.sees("Apple", true, "Crème brûlée", "3 choices")

	// What stands there is what was chosen; somebody who says no has chosen nothing.
	tab.Press(browsertest.Enter)
	tab.Until("it is asked", func() bool { return tab.Has("dialog", "Really?") })
	tab.Press(browsertest.Escape)
	tab.sees("Apple", false, "", "")
	tab.Press("creme BRU")
	tab.sees("creme BRU", true, "Crème brûlée", "1 choice")
	w.town.Slack.Say(town.Carol, town.General, w.town.Slack.Messages(town.General)[0].TS, "the message is drawn anew")
	tab.See("the message is drawn anew")
	tab.sees("creme BRU", true, "Crème brûlée", "1 choice")
	tab.Press(browsertest.Enter)
	tab.Click("button", "Yes")
	if got := tab.hears(app.pressed); !strings.Contains(got, `"selected_option":{`) || !strings.Contains(got, `"value":"c"`) {
		t.Errorf("the app got %s", got)
	}
	tab.Until("the choice stands there", func() bool { return tab.Focused() == "A thing" })
	tab.sees("Crème brûlée", false, "", "")

	tab.Press(browsertest.TabKey + "f")
	tab.sees("f", true, "Fig", "1 choice")
	tab.Press(browsertest.Enter + "al" + browsertest.Enter)
	tab.sees("", true, "", "2 chosen, no more can be")
	picture(t, tab.Tab, "menu_full_wide_dark")
	if !tab.Has("group", "Nuts") || !tab.Has("button", "Remove Fig") {
		t.Error("it shows no groups, or not what is chosen")
	}
	tab.Press(browsertest.Escape)
	if got := tab.hears(app.pressed); !strings.Contains(got, `"value":"f"`) || !strings.Contains(got, `"value":"al"`) {
		t.Errorf("the app got %s", got)
	}
	tab.Press(browsertest.Backspace)
	got := tab.hears(app.pressed)
	if _, acted, _ := strings.Cut(got, `"actions"`); !strings.Contains(got, `"value":"f"`) || acted == "" || strings.Contains(acted[:min(len(acted), 400)], `"value":"al"`) {
		t.Errorf("the app got %s", got)
	}
}

func menusOfTheApp(t *testing.T, b *browsertest.Browser) {
	tab, app, _ := openMenus(t, b, browsertest.Narrow)
	tab.Click("combobox", "Ask the app")
	tab.sees("", true, "", "Type 2 more characters")
	tab.Press("fr")
	tab.sees("fr", true, "From the app", "2 choices")
	picture(t, tab.Tab, "menu_narrow")
	tab.Type("combobox", "Ask the app", "nothing")
	tab.sees("nothing", true, "", "Nothing fits")
	tab.Type("combobox", "Ask the app", "odd")
	tab.Until("the app's fault is told", func() bool { return strings.Contains(tab.Text(), "invalid_response") })
	if got := tab.Expected("409"); got != 1 {
		t.Errorf("%d requests were refused", got)
	}
	tab.Type("combobox", "Ask the app", "also")
	tab.sees("also", true, "From the app", "2 choices")
	tab.Click("option", "Also")
	if got := tab.hears(app.pressed); !strings.Contains(got, `"value":"x2"`) || !strings.Contains(got, `"text":"Also"`) {
		t.Errorf("the app got %s", got)
	}
	if wide := browsertest.Eval[int64](tab.Tab, "document.documentElement.scrollWidth"); wide > browsertest.Narrow.Width {
		t.Errorf("the page is %d pixels wide", wide)
	}
}

func menusOfAForm(t *testing.T, b *browsertest.Browser) {
	tab, app, _ := openMenus(t, b, browsertest.Window{Width: browsertest.Narrow.Width, Height: 520})
	app.form = menusInAForm
	tab.Type("combobox", "Message or command", "/offboard")
	tab.Press(browsertest.Enter)
	tab.Until("the form is there", func() bool { return tab.Has("dialog", "Menus") })
	tab.Click("button", "Go on")
	tab.See("Please fill this in.")
	if got := browsertest.Eval[bool](tab.Tab, `document.activeElement.matches("[role=combobox][aria-invalid=true][aria-required=true]")`); !got {
		t.Error("the focus is not at the menu that is missing")
	}
	tab.Choose("Thing", "pine", "Pineapple")
	tab.sees("Pineapple", false, "", "")
	tab.Choose("Some", "", "Almond")
	tab.Press("zzz")
	tab.sees("zzz", true, "", "Nothing fits")
	tab.Press(browsertest.Escape)
	if !tab.Has("dialog", "Menus") {
		t.Error("Escape closed the form with the list")
	}
	tab.Choose("People", "car", "@carol")
	tab.Choose("Far (optional)", "", "Also")
	tab.Accessible("a form with an open menu")
	tab.Until("the list is whole, beside its field", func() bool {
		return browsertest.Eval[bool](tab.Tab, `(() => {
			const r = document.querySelector(":popover-open").getBoundingClientRect(), f = document.activeElement.getBoundingClientRect();
			return r.top >= 0 && r.bottom <= innerHeight && r.left >= 0 && r.right <= innerWidth && r.height > 60 && (r.bottom <= f.top || r.top >= f.bottom);
		})()`)
	})
	picture(t, tab.Tab, "menu_form_narrow")
	tab.Press(browsertest.Escape)
	tab.Click("button", "Go on")
	got := tab.hears(app.filled)
	for _, want := range []string{
		`"selected_option":{"text":{"text":"Pineapple"`, `"value":"al"`, `"selected_users":["U0BOB","U0CAROL"]`, `"selected_conversation":null`, `"value":"x2"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the app got no %s: %s", want, got)
		}
	}
}

// formByKeys fills a form in without a mouse, after it was told what is missing.
func formByKeys(t *testing.T, b *browsertest.Browser) {
	tab, app, _ := openMenus(t, b, browsertest.Wide)
	tab.Type("combobox", "Message or command", "/offboard")
	tab.Press(browsertest.Enter)
	tab.Until("the form has the focus", func() bool { return tab.Labelled() == "Who" })
	tab.Press(browsertest.Enter)
	tab.Until("the field says what is wrong, and a screen reader with it", func() bool {
		return browsertest.Eval[bool](tab.Tab, `((e) => e.getAttribute("aria-invalid") === "true" &&
			e.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id).textContent).includes("Please fill this in."))(document.activeElement)`)
	})
	tab.Press("bea")
	tab.Reach("Provider")
	tab.Press("sec")
	tab.Reach("Day") // to leave takes what is marked
	tab.Press("07072026")
	tab.Reach("Hour")
	tab.Press("0730AM")
	tab.Reach("Loudly")
	tab.Press(" ")
	tab.Reach("Fast")
	tab.Press(browsertest.Down)
	tab.Reach("Colleague")
	tab.Press("ca" + browsertest.Enter)
	picture(t, tab.Tab, "form_by_keys")
	tab.Reach("Go on")
	tab.Press(browsertest.Enter)
	got := tab.hears(app.filled)
	for _, want := range []string{
		`"value":"bea"`, `"value":"2"`, `"selected_date":"2026-07-07"`, `"selected_time":"07:30"`, `"value":"loud"`, `"value":"slow"`, `"selected_user":"U0CAROL"`,
		`"selected_date_time":null`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the app got no %s: %s", want, got)
		}
	}
	tab.Until("the focus is back at the composer", func() bool { return tab.Labelled() == "Message or command" })
}
