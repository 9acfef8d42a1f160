package page

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"offboard/internal/sandbox/browsertest"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// goldens are all that the bot is known to send, as its own tests hold it.
const goldens = "../../slackbot/cards/testdata"

// sent is something that the bot sends, and the words of it that have to be read.
type sent struct {
	name  string
	ts    string
	words []string
}

// Every card, thread, audit line, private answer, list and form that the bot's own tests hold is shown with all its words and nothing as JSON, at both widths.
func TestAllThatTheBotSendsIsShown(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), browsertest.Start(t)
	all := insertGoldens(t, w)
	const least = 80
	if len(all) < least {
		t.Fatalf("there are only %d of them", len(all))
	}
	for name, window := range map[string]browsertest.Window{
		"wide": browsertest.Wide, "narrow": browsertest.Narrow, "narrow at 200 %": {Width: browsertest.Narrow.Width / 2, Height: browsertest.Narrow.Height / 2},
	} {
		tab := b.Open(t, w.page.URL+"/#U0BOB/"+town.Approvals, window)
		tab.See("Reply in thread")
		shown := browsertest.Eval[map[string]string](tab, `Object.fromEntries([...document.querySelectorAll("#messages [data-ts]")].map((m) => [m.dataset.ts, m.textContent]))`)
		for _, s := range all {
			holds(t, name+": "+s.name, shown[s.ts], s.words)
		}
		fits(t, tab, name, window)
		for _, card := range []string{"card_pending_delete", "card_unknown", "digest_busy"} {
			showGolden(t, tab, all, card, strings.ReplaceAll(name, " ", "_"))
		}
	}
	t.Run("forms", func(t *testing.T) { formsAreShown(t, w, b) })
}

func holds(t *testing.T, what, shown string, words []string) {
	t.Helper()
	text := bare(shown)
	for _, w := range words {
		if !strings.Contains(text, bare(w)) {
			t.Errorf("%s: %q is not shown in %.3000q", what, w, text)
		}
	}
	if odd := regexp.MustCompile(`an? (block|element|word|input) of type|rich text of type`).FindString(shown); odd != "" {
		t.Errorf("%s: %s…", what, odd)
	}
}

// bare leaves spaces out: where a line breaks is the page's to decide.
func bare(s string) string { return strings.Join(strings.Fields(s), "") }

func fits(t *testing.T, tab *browsertest.Tab, what string, window browsertest.Window) {
	t.Helper()
	for of, wide := range map[string]int64{
		"page":     browsertest.Eval[int64](tab, "document.documentElement.scrollWidth") - window.Width,
		"messages": browsertest.Eval[int64](tab, `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.getElementById("messages"))`),
	} {
		if wide > 0 {
			t.Errorf("%s: the %s overflow by %d pixels", what, of, wide)
		}
	}
}

// showGolden takes a picture of one of the messages.
func showGolden(t *testing.T, tab *browsertest.Tab, all []sent, name, window string) {
	t.Helper()
	for _, s := range all {
		if s.name == name {
			browsertest.Eval[int](tab, `(document.querySelector("[data-ts='`+s.ts+`']").scrollIntoView(), 0)`)
			picture(t, tab, name+"_"+window)
		}
	}
}

// insertGoldens puts all messages into a channel.
func insertGoldens(t *testing.T, w *world) (all []sent) {
	t.Helper()
	put := func(name, text string, blocks json.RawMessage, words []string) {
		m := w.town.Slack.Insert(workspace.Message{Channel: town.Approvals, User: "U0LOCALBOT", BotID: "B0LOCAL", Text: text, Blocks: blocks})
		all = append(all, sent{name: name, ts: m.TS, words: words})
	}
	for _, path := range golden(t, "lines_*.json") {
		var lines []struct{ Thread, Audit string }
		read(t, path, &lines)
		for _, l := range lines {
			put(filepath.Base(path), l.Thread, nil, fragments(l.Thread))
			put(filepath.Base(path), l.Audit, nil, fragments(l.Audit))
		}
	}
	for _, path := range append(append(golden(t, "card_*.json"), golden(t, "reply_*.json")...), golden(t, "digest_*.json")...) {
		var m struct {
			Text   string
			Blocks json.RawMessage
		}
		read(t, path, &m)
		words := wordsOf(t, m.Blocks)
		if len(m.Blocks) == 0 {
			words = fragments(m.Text)
		}
		put(strings.TrimSuffix(filepath.Base(path), ".json"), m.Text, m.Blocks, words)
	}
	return all
}

func golden(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(goldens, pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %v", pattern, err)
	}
	return found
}

func read(t *testing.T, path string, into any) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// wordsOf lists what is to be read of all texts in blocks, but for what a confirm dialog asks and for the choices of a menu, which are not open.
func wordsOf(t *testing.T, blocks json.RawMessage) (words []string) {
	t.Helper()
	var tree any
	if err := json.Unmarshal(blocks, &tree); err != nil && len(blocks) > 0 {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		case map[string]any:
			if text, ok := v["text"].(string); ok {
				words = append(words, fragments(text)...)
			}
			for key, inner := range v {
				if key != "confirm" && key != "options" && key != "placeholder" {
					walk(inner)
				}
			}
		}
	}
	walk(tree)
	return words
}

var (
	labelled = regexp.MustCompile(`<[^<>|\n]*\|([^<>\n]*)>`)                    // a link, or a date with its words: the page has its own for a date
	pointed  = regexp.MustCompile(`<[^<>\n]*>`)                                 // a person or a channel: by their names
	markup   = regexp.MustCompile("[*_~`\n]|:[a-z_]+:|^>|&gt;|&lt;|&amp;|\x00") // and what is escaped
	aDate    = regexp.MustCompile(`<!date[^<>]*>`)
)

// fragments are the pieces of a text between its marks.
func fragments(text string) (out []string) {
	text = aDate.ReplaceAllString(text, "\x00")
	text = labelled.ReplaceAllString(text, "\x00$1\x00")
	text = pointed.ReplaceAllString(text, "\x00")
	for _, f := range markup.Split(text, -1) {
		if f = strings.TrimSpace(f); f != "" {
			out = append(out, f)
		}
	}
	return out
}

// formsAreShown opens each of the bot's forms.
func formsAreShown(t *testing.T, w *world, b *browsertest.Browser) {
	t.Helper()
	app := newFormApp(t, w)
	tab := b.Open(t, w.page.URL+"/#U0ALICE/C0GENERAL", browsertest.Narrow)
	tab.See("Try it")
	for _, path := range golden(t, "form_*.json") {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		app.form = string(raw)
		var view struct{ Blocks json.RawMessage }
		read(t, path, &view)
		tab.Type("combobox", "Message or command", "/offboard")
		tab.Press(browsertest.Enter)
		tab.Until("the form is open", func() bool { return browsertest.Eval[bool](tab, `document.getElementById("form").open`) })
		holds(t, path, browsertest.Eval[string](tab, `document.getElementById("form").textContent`), wordsOf(t, view.Blocks))
		fits(t, tab, path, browsertest.Narrow)
		tab.Accessible(path)
		picture(t, tab, strings.TrimSuffix(filepath.Base(path), ".json"))
		tab.Press(browsertest.Escape)
		tab.Until("the form is gone", func() bool { return !browsertest.Eval[bool](tab, `document.getElementById("form").open`) })
	}
}
