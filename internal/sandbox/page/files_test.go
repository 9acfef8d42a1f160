package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/journal"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// dot is the smallest picture.
func dot(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// shared lets somebody share a file, and returns what the page says of it.
func (w *world) shared(as, channel, name string, content []byte) file {
	w.t.Helper()
	m, err := w.town.Slack.Share(as, channel, "", "", workspace.Upload{Name: name, Content: content})
	if err != nil {
		w.t.Fatal(err)
	}
	f, _ := w.town.Slack.File(m.Files[0])
	return described(f)
}

// sendForm shares by a form, as the page's composer does.
func (w *world) sendForm(l line, files map[string]string, change func(*http.Request)) (int, string) {
	w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for k, v := range map[string]string{"as": l.As, "channel": l.Channel, "thread": l.Thread, "text": l.Text} {
		_ = form.WriteField(k, v)
	}
	for name, content := range files {
		h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + name + `"`}, "Content-Type": {"text/html"}}
		part, err := form.CreatePart(h)
		if err != nil {
			w.t.Fatal(err)
		}
		_, _ = io.WriteString(part, content)
	}
	_ = form.Close()
	return w.send("share", nil, func(r *http.Request) {
		r.Header.Set("Content-Type", form.FormDataContentType())
		r.Body, r.ContentLength = io.NopCloser(&body), int64(body.Len())
		if change != nil {
			change(r)
		}
	})
}

// Whatever a file is called and whatever is in it: it never becomes HTML, is never shown as a page, and its name is no path, no other header, and reads as it is.
func TestAFileIsADownloadWhateverItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct {
		content    string
		shown, got string // on the page, and by the header
		kind       string
	}{
		"list.csv":                        {"a,b", "list.csv", "list.csv", "application/octet-stream"},
		"../../etc/passwd":                {"root", "_.._etc_passwd", "_.._etc_passwd", "application/octet-stream"},
		`..\..\boot.ini`:                  {"x", `_.._boot.ini`, `_.._boot.ini`, "application/octet-stream"},
		"\"; filename=evil.exe":           {"x", "\"; filename=evil.exe", "\"; filename=evil.exe", "application/octet-stream"},
		"a\r\nSet-Cookie: b=c":            {"x", "a Set-Cookie_ b=c", "a Set-Cookie_ b=c", "application/octet-stream"},
		"invoice\u202efdp.exe":            {"x", "invoicefdp.exe", "invoicefdp.exe", "application/octet-stream"},
		"page.html":                       {"<script>alert(1)</script>", "page.html", "page.html", "application/octet-stream"},
		"drawing.svg":                     {`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "drawing.svg", "drawing.svg", "application/octet-stream"},
		"no picture.png":                  {"<script>alert(1)</script>", "no picture.png", "no picture.png", "application/octet-stream"},
		"picture.html":                    {string(dot(t)), "picture.html", "picture.html", "image/png"},
		"<img src=x>.txt":                 {"x", "<img src=x>.txt", "<img src=x>.txt", "application/octet-stream"},
		"Käse 100%.txt":                   {"x", "Käse 100%.txt", "Käse 100%.txt", "application/octet-stream"},
		".bashrc":                         {"x", "bashrc", "bashrc", "application/octet-stream"},
		" \u200b ":                        {"x", "file", "file", "application/octet-stream"},
		strings.Repeat("ä", 200) + ".tar": {"x", strings.Repeat("ä", 56) + ".tar", strings.Repeat("ä", 56) + ".tar", "application/octet-stream"},
	} {
		f := w.shared(town.Alice, town.General, name, []byte(c.content))
		res := w.get(t.Context(), "/api/file/"+f.ID+"?as="+town.Bob)
		raw, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK || string(raw) != c.content {
			t.Errorf("%q: %d %q %v", name, res.StatusCode, raw, err)
		}
		how, params, err := mime.ParseMediaType(strings.Replace(res.Header.Get("Content-Disposition"), `filename="`, `plain="`, 1))
		if how != "attachment" || params["filename"] != c.got || err != nil || f.Name != c.shown {
			t.Errorf("%q: shown as %q, and %s %v", name, f.Name, res.Header.Get("Content-Disposition"), err)
		}
		if got := res.Header.Get("Content-Type"); got != c.kind || res.Header.Get("X-Content-Type-Options") != "nosniff" || f.Picture != (c.kind == "image/png") {
			t.Errorf("%q: it is served as %s: %v", name, got, res.Header)
		}
		if !strings.HasPrefix(res.Header.Get("Content-Security-Policy"), "sandbox;") || res.Header.Get("Set-Cookie") != "" {
			t.Errorf("%q: %v", name, res.Header)
		}
	}
}

// A file is for those who see where it was shared, and for the page alone.
func TestAFileIsForThoseWhoSeeTheChannel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	inside, partners := w.shared(town.Alice, town.General, "a.txt", []byte("abc")), w.shared(town.Alice, town.Partners, "b.txt", []byte("abc"))
	for path, want := range map[string]int{
		inside.ID + "?as=" + town.Bob: http.StatusOK, inside.ID + "?as=" + town.Gus: http.StatusOK, inside.ID + "?as=" + town.Olga: http.StatusNotFound,
		partners.ID + "?as=" + town.Olga: http.StatusOK, partners.ID + "?as=" + town.Gus: http.StatusNotFound, partners.ID: http.StatusNotFound,
		partners.ID + "?as=U0LOCALBOT": http.StatusNotFound, "F1?as=" + town.Alice: http.StatusNotFound,
	} {
		if got := w.get(t.Context(), "/api/file/"+path).StatusCode; got != want {
			t.Errorf("%s: %d", path, got)
		}
	}
	w.refuseAnotherHost("/api/file/"+inside.ID+"?as="+town.Bob, "/api/journal/OFF-1.json")
}

func TestPeopleShareFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.town.Slack.Say(town.Alice, town.General, "", "the list?")
	if status, wrong := w.sendForm(line{As: town.Bob, Channel: town.General, Thread: first.TS, Text: "here <b>"}, map[string]string{"../list.txt": "one\ntwo"}, nil); status != http.StatusOK {
		t.Fatal(wrong)
	}
	got := w.state(town.Carol).channel(t, town.General).Messages[0].Replies
	if len(got) != 1 || got[0].User != town.Bob || got[0].Text != "here &lt;b&gt;" || len(got[0].Files) != 1 || got[0].Files[0].Name != "_list.txt" || got[0].Files[0].Preview != "one\ntwo" {
		t.Fatalf("the thread: %+v", got)
	}
	good, one := line{As: town.Bob, Channel: town.General}, map[string]string{"a.txt": "a"}
	for name, tt := range map[string]struct {
		l      line
		files  map[string]string
		change func(*http.Request)
		status int
		says   string
	}{
		"another site": {good, one, func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, http.StatusForbidden, "the page itself"},
		"no form":      {good, one, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, http.StatusUnsupportedMediaType, "a form"},
		"no file":      {good, nil, nil, http.StatusConflict, "one to 10 files"},
		"an empty one": {good, map[string]string{"a.txt": ""}, nil, http.StatusConflict, "is empty"},
		"a stranger":   {line{As: "U1", Channel: town.General}, one, nil, http.StatusConflict, "nobody here"},
		"not there":    {line{As: town.Olga, Channel: town.General}, one, nil, http.StatusConflict, "no such channel"},
		"no thread":    {line{As: town.Bob, Channel: town.General, Thread: "1.0"}, one, nil, http.StatusConflict, "no such thread"},
		"a command":    {line{As: town.Bob, Channel: town.General, Text: "/offboard ann"}, one, nil, http.StatusConflict, "takes no files"},
	} {
		if status, wrong := w.sendForm(tt.l, tt.files, tt.change); status != tt.status || !strings.Contains(wrong, tt.says) {
			t.Errorf("%s: %d %q", name, status, wrong)
		}
	}
	if n := len(w.town.Slack.Messages(town.General)); n != 1 {
		t.Errorf("%d messages", n)
	}
}

// What is downloaded of the journal is enough to check its hashes by hand, with the sentence that stands in it.
func TestTheJournalIsDownloaded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice, bob := approvals.Person{ID: town.Alice}, approvals.Person{ID: town.Bob}
	plan := &approvals.Plan{Steps: []approvals.Step{{Vendor: "Torii"}}}
	policy := &approvals.Policy{Approvals: 1, Expires: time.Hour, Window: time.Hour}
	w.logs = []journal.Log{logged(t, 7, approvals.Event{Kind: approvals.Requested, By: alice, Plan: plan, Policy: policy, Reason: "<&>"},
		approvals.Event{Kind: approvals.Told, Key: approvals.KeyCard}, approvals.Event{Kind: approvals.Denied, By: bob})}
	res := w.get(t.Context(), "/api/journal/OFF-7.json")
	if got := res.Header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename="OFF-7.json"`) {
		t.Error(got)
	}
	var got stored
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil || len(got.Records) != 3 || got.Request != "OFF-7" {
		t.Fatalf("%+v, %v", got, err)
	}
	prev := ""
	for _, r := range got.Records {
		if r.Hash == "" {
			continue
		}
		sum := sha256.Sum256([]byte(fmt.Sprintf("offboard/1\n%s\n%d\n%s\n%s\n", got.ID, r.Seq, prev, r.Body)))
		if hash := hex.EncodeToString(sum[:]); r.Prev != prev || r.Hash != hash {
			t.Errorf("record %d: %+v hashes to %s", r.Seq, r, hash)
		}
		prev = r.Hash
	}
	for _, path := range []string{"OFF-8.json", "OFF-7", "..%2fOFF-7.json"} {
		if got := w.get(t.Context(), "/api/journal/"+path).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
}

func TestTooLargeAFormIsNotTaken(t *testing.T) {
	t.Parallel()
	const most = 1000
	form := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n" + strings.Repeat("x\n", framing)
	for _, length := range []int64{most + framing + 1, -1} { // said beforehand, or found out
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/share", strings.NewReader(form))
		req.ContentLength = length
		if _, files, err := readShared(httptest.NewRecorder(), req, "x", most); !errors.Is(err, tooMuch(most)) || files != nil {
			t.Errorf("%d files, %v", len(files), err)
		}
	}
	if got := tooMuch(20 << 20).Error(); !strings.Contains(got, "20 MB together") {
		t.Error(got)
	}
}
