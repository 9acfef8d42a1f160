package page

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/journal"
	"offboard/internal/sandbox/browsertest"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// onDisk writes files for a browser to choose, and returns their paths.
func onDisk(t *testing.T, files map[string][]byte) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// picture240 is a picture that is large enough to be looked at.
func picture240(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 240, 90))
	for x := range 240 {
		for y := range 90 {
			img.Set(x, y, color.RGBA{uint8(x), uint8(2 * y), 120, 255})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// One person chooses files beside the line and sends them; another sees them at once, on a telephone, and downloads what was sent. What is called and written like HTML stays text.
func TestFilesAreSharedAndDownloaded(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), browsertest.Start(t)
	open := func(who string, window browsertest.Window) *browsertest.Tab {
		tab := b.Open(t, w.page.URL+"/#"+who+"/"+town.General, window)
		tab.See("Try it")
		return tab
	}
	bob, alice := open(town.Bob, browsertest.Wide), open(town.Alice, browsertest.Narrow)
	const list = "name,account\nkim,torii-1\ndana,ecgrid-7\nlee,-\nann,-\nbea,-\ncy,-\n"
	bob.Attach("button", "Attach files", onDisk(t, map[string][]byte{"people.csv": []byte(list)})...)
	bob.Attach("button", "Attach files", onDisk(t, map[string][]byte{"sunset.png": picture240(t), "wrong.txt": []byte("x")})...)
	bob.Click("button", "Remove wrong.txt")
	if got := bob.Focused(); got != "line" {
		t.Errorf("after a file was removed the focus is at %q", got)
	}
	bob.Press(browsertest.TabKey)
	if got := bob.Focused(); got != "Attach files" {
		t.Errorf("a key from the line leads to %q", got)
	}
	bob.Accessible("files that are to be sent")
	picture(t, bob, "files_chosen")
	bob.Type("combobox", "Message or command", "Who is leaving")
	bob.Press(browsertest.Enter)
	bob.See("CSV, 62 bytes")
	bob.Until("the list of chosen files is empty", func() bool { return !bob.Has("button", "Remove people.csv") })

	hostile := []byte(`<script>document.title = "taken"</script><img src=x onerror="document.title = 'taken'">`)
	for _, name := range []string{`<img src=x onerror=alert(1)>.html`, "../../etc/passwd", "invoice\u202efdp.exe"} {
		if _, err := w.town.Slack.Share(town.Carol, town.General, "", "", workspace.Upload{Name: name, Content: hostile}); err != nil {
			t.Fatal(err)
		}
	}
	alice.See("Who is leaving")
	alice.See("2 more lines")
	alice.See("invoicefdp.exe")
	alice.See(`<img src=x onerror=alert(1)>.html`)
	alice.See("<script>document.title")
	alice.Until("the picture is there, and nothing but pictures of the sandbox's own", func() bool {
		return browsertest.Eval[string](alice, `[...document.images].map((i) => i.alt + " " + i.naturalWidth).join()`) == "Picture sunset.png 240"
	})
	alice.Until("it is announced", func() bool {
		return strings.Contains(browsertest.Eval[string](alice, `document.getElementById("news").textContent`), "the file invoicefdp.exe") // the last of them
	})
	for button, want := range map[string]struct{ name, content string }{
		"Download people.csv":                        {"people.csv", list},
		"Download invoicefdp.exe":                    {"invoicefdp.exe", string(hostile)},
		"Download <img src=x onerror=alert(1)>.html": {"_img src=x onerror=alert(1)_.html", string(hostile)},
	} {
		if name, content := alice.Download("link", button); name != want.name || string(content) != want.content {
			t.Errorf("%s: %q with %q", button, name, content)
		}
	}
	for name, tab := range map[string]*browsertest.Tab{"files_wide": bob, "files_narrow": alice} {
		if browsertest.Eval[bool](tab, `document.documentElement.scrollWidth > innerWidth || document.title === "taken"`) {
			t.Errorf("%s: the page is wider than its window, or a file's script ran", name)
		}
		tab.Accessible(name)
		picture(t, tab, name)
	}
	bob.Reload()
	bob.See("CSV, 62 bytes")
}

// A block shows a file of the workspace to whoever may see it, and nothing from elsewhere is loaded; beside it the journal's records are downloaded.
func TestBlocksShowFilesAndTheJournalIsDownloaded(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), browsertest.Start(t)
	w.logs = []journal.Log{logged(t, 1, approvals.Event{Kind: approvals.Requested, By: approvals.Person{ID: town.Alice},
		Plan: &approvals.Plan{Steps: []approvals.Step{{Vendor: "Torii"}}}, Policy: &approvals.Policy{Approvals: 1, Expires: time.Hour, Window: time.Hour}})}
	plan := w.shared(town.Bob, town.Partners, "plan.png", picture240(t)) // where alice is, and gus is not
	w.town.Slack.Insert(workspace.Message{Channel: town.General, User: "U0LOCALBOT", BotID: "B0LOCAL", Text: "a plan", Blocks: json.RawMessage(
		`[{"type":"image","slack_file":{"id":"` + plan.ID + `"},"alt_text":"The plan"},{"type":"image","slack_file":{"id":"F1"},"alt_text":"of nobody"},` +
			`{"type":"image","image_url":"https://example.com/a.png","alt_text":"elsewhere"},{"type":"file","external_id":"` + plan.ID + `","source":"remote"},` +
			`{"type":"file","external_id":"far away","source":"remote"}]`)})
	alice, gus := b.Open(t, w.page.URL+"/#"+town.Alice+"/"+town.General, browsertest.Wide), b.Open(t, w.page.URL+"/#"+town.Gus+"/"+town.General, browsertest.Narrow)
	alice.Until("the pictures are there", func() bool {
		return browsertest.Eval[string](alice, `[...document.images].map((i) => i.alt + " " + i.naturalWidth).join()`) == "The plan 240,Picture plan.png 240"
	})
	for _, want := range []string{"Image: of nobody", "Image: elsewhere", "a file that is kept elsewhere: far away", "plan.png"} {
		alice.See(want)
	}
	gus.See("Image: The plan")
	if strings.Contains(gus.Text(), "plan.png") {
		t.Error("gus sees the name of a file that is not his to see")
	}
	alice.Click("tab", "Journal")
	if name, content := alice.Download("link", "Download OFF-1"); name != "OFF-1.json" || !strings.Contains(string(content), journal.Head(w.logs[0])) {
		t.Errorf("of the journal there is %q: %s", name, content)
	}
	alice.Accessible("the journal's download")
	picture(t, alice, "files_journal")
}
