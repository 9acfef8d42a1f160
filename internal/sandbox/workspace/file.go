package workspace

import (
	"bytes"
	"image"
	_ "image/gif"  // what a picture is
	_ "image/jpeg" // what a picture is
	_ "image/png"  // what a picture is
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Files are kept in memory, so the workspace takes less than Slack: Config.MostFile of each, and mostKept times as much of all.
const (
	MostTogether = 10 // files of one message, as Slack's clients take them
	mostKept     = 10
	mostSnippet  = 1 << 20 // bytes of what is uploaded with a snippet_type
	mostAlt      = 1000    // characters of a picture's description
	mostName     = 255     // characters of a name
)

// File is what somebody or the app has uploaded. Name, title and description are as their writer sent them: no path, no header and no HTML may be made of them.
type File struct {
	ID      string
	Name    string
	Title   string
	Alt     string // a picture in words; empty: nobody gave any
	User    string
	At      time.Time
	Size    int
	Kind    FileKind
	Picture string // image/png, image/jpeg or image/gif, by the bytes and not by the name; empty: no picture that a page may show
	Width   int    // of the picture
	Height  int
	Preview string // the first lines of a text; empty: it is none
	More    int    // lines that Preview leaves out
	Deleted bool   // its bytes are gone

	snippet bool
	content []byte
	shares  []share
}

// share is a message that shows a file.
type share struct{ channel, ts, thread string }

// FileKind is what Slack calls a file by its name's end.
type FileKind struct {
	Type string // filetype
	Says string // pretty_type
	MIME string // mimetype
}

var (
	binary    = FileKind{"binary", "Binary", "application/octet-stream"}
	plainText = FileKind{"text", "Plain Text", "text/plain"}
	jpeg      = FileKind{"jpg", "JPEG", "image/jpeg"}
	html      = FileKind{"html", "HTML", "text/html"}
	yaml      = FileKind{"yaml", "YAML", "text/plain"}
)

// fileKinds are those of Slack's file types that people and apps share most, by the end of a name.
var fileKinds = map[string]FileKind{
	".txt": plainText, ".log": plainText, ".md": {"markdown", "Markdown (raw)", "text/plain"}, ".csv": {"csv", "CSV", "text/csv"},
	".json": {"json", "JSON", "application/json"}, ".yaml": yaml, ".yml": yaml, ".html": html, ".htm": html, ".xml": {"xml", "XML", "application/xml"},
	".svg": {"svg", "SVG", "image/svg+xml"}, ".js": {"javascript", "JavaScript", "text/javascript"}, ".go": {"go", "Go", "text/plain"},
	".py": {"python", "Python", "text/plain"}, ".sh": {"shell", "Shell", "text/plain"}, ".png": {"png", "PNG", "image/png"}, ".jpg": jpeg, ".jpeg": jpeg,
	".gif": {"gif", "GIF", "image/gif"}, ".pdf": {"pdf", "PDF", "application/pdf"}, ".zip": {"zip", "Zip", "application/zip"},
}

// fill takes the bytes in, and what they say of the file.
func (f *File) fill(content []byte) {
	f.content, f.Size = content, len(content)
	text := isText(content)
	kind, known := fileKinds[strings.ToLower(path.Ext(f.Name))]
	switch {
	case known:
		f.Kind = kind
	case text:
		f.Kind = plainText
	default:
		f.Kind = binary
	}
	f.look()
	if f.Picture == "" && text {
		f.Preview, f.More = firstLines(string(content))
	}
}

// isText reports whether the bytes can be read as lines.
func isText(content []byte) bool { return utf8.Valid(content) && !bytes.ContainsRune(content, 0) }

// mostPixels is the width and height of the largest picture that is shown: a few bytes can claim to be far larger.
const mostPixels = 8000

// look finds out whether the file is a picture of the kinds that Slack shows in an image block, by its first bytes.
func (f *File) look() {
	c, kind, err := image.DecodeConfig(bytes.NewReader(f.content))
	if err == nil && max(c.Width, c.Height) <= mostPixels && min(c.Width, c.Height) > 0 {
		f.Picture, f.Width, f.Height = "image/"+kind, c.Width, c.Height
	}
}

const (
	previewLines = 5
	previewWidth = 200 // characters of a line
)

// firstLines gives what of a text is seen before it is opened, and how many lines are left out.
func firstLines(text string) (shown string, more int) {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	out := slices.Clone(lines[:min(len(lines), previewLines)])
	for i, l := range out {
		if r := []rune(l); len(r) > previewWidth {
			out[i] = string(r[:previewWidth]) + "…"
		}
	}
	return strings.Join(out, "\n"), len(lines) - len(out)
}

// slug is a file's name in an address, as in Slack's: lower case, and nothing but letters, digits, dots, dashes and underscores.
func slug(name string) string {
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '_'
	}, strings.ToLower(name))
	return strings.ReplaceAll(safe, "..", "__")
}

// file returns a file, deleted ones too; nil: there never was one.
func (w *Workspace) file(id string) *File {
	i := slices.IndexFunc(w.files, func(f *File) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return w.files[i]
}

// mayRead reports whether somebody may read a file: whoever sees a channel that it was shared in, and its owner. The app must be in the channel: what files:read
// gives is the files of the conversations that it was added to (docs.slack.dev/reference/scopes/files.read).
func (w *Workspace) mayRead(userID string, f *File) bool {
	return f.User == userID || slices.ContainsFunc(f.shares, func(s share) bool {
		c := w.channels[s.channel]
		if userID == w.cfg.BotUserID {
			return c != nil && c.in(userID)
		}
		return w.sees(userID, c) == nil
	})
}

// full reports whether there is no room for so many more bytes.
func (w *Workspace) full(more int) bool { return w.stored()+more > mostKept*w.cfg.MostFile }

// stored is how many bytes are kept, and promised to uploads that are under way.
func (w *Workspace) stored() int {
	n := 0
	for _, f := range w.files {
		n += len(f.content)
	}
	for _, u := range w.uploads {
		n += u.length
	}
	return n
}

// attach puts files under a message that is about to be added.
func (w *Workspace) attach(m *Message, files []*File) {
	for _, f := range files {
		m.Files = append(m.Files, f.ID)
	}
	w.add(m)
	for _, f := range files {
		f.shares = append(f.shares, share{m.Channel, m.TS, m.ThreadTS})
		w.tellShared(f, m)
	}
}

// tellShared tells the app of a file in a conversation that it is in.
func (w *Workspace) tellShared(f *File, m *Message) {
	if !w.channels[m.Channel].in(w.cfg.BotUserID) {
		return
	}
	w.emit("file_shared", answer{
		"type": "file_shared", "channel_id": m.Channel, "file_id": f.ID, "user_id": m.User, "file": answer{"id": f.ID}, "event_ts": m.TS,
	})
}

func (w *Workspace) filesJSON(m *Message) []answer {
	var out []answer
	for _, id := range m.Files {
		out = append(out, w.fileJSON(w.file(id)))
	}
	return out
}

func (w *Workspace) fileJSON(f *File) answer {
	if f.Deleted {
		return answer{"id": f.ID, "mode": "tombstone"}
	}
	mode := "hosted"
	if f.snippet {
		mode = "snippet"
	}
	at := f.At.Unix()
	out := answer{
		"id": f.ID, "created": at, "timestamp": at, "name": f.Name, "title": f.Title, "mimetype": f.Kind.MIME, "filetype": f.Kind.Type, "pretty_type": f.Kind.Says,
		"user": f.User, "user_team": w.cfg.TeamID, "editable": f.snippet, "size": f.Size, "mode": mode, "is_external": false, "external_type": "",
		"public_url_shared": false, "display_as_bot": false, "username": "", "url_private": w.fileURL(f, ""), "url_private_download": w.fileURL(f, "download/"),
		"permalink": w.permalinkOf(f), "comments_count": 0, "is_starred": false, "has_rich_preview": false, "file_access": "visible",
	}
	if f.Alt != "" {
		out["alt_txt"] = f.Alt
	}
	if f.Preview != "" {
		out["preview"], out["lines"], out["lines_more"], out["preview_is_truncated"] = f.Preview, f.More+strings.Count(f.Preview, "\n")+1, f.More, f.More > 0
	}
	if f.Picture != "" {
		out["original_w"], out["original_h"] = f.Width, f.Height
	}
	w.sharesJSON(f, out)
	return out
}

func (w *Workspace) permalinkOf(f *File) string {
	return w.teamURL() + "files/" + f.User + "/" + f.ID + "/" + slug(f.Name)
}

// sharesJSON says where a file was shared.
func (w *Workspace) sharesJSON(f *File, out answer) {
	lists := map[string][]string{"channels": {}, "groups": {}, "ims": {}}
	public, private := map[string][]answer{}, map[string][]answer{}
	for _, s := range f.shares {
		c := w.channels[s.channel]
		list, kind := "channels", public
		switch {
		case c.im != "":
			list, kind = "ims", private
		case c.Private:
			list, kind = "groups", private
		}
		if !slices.Contains(lists[list], c.ID) {
			lists[list] = append(lists[list], c.ID)
		}
		shared := answer{"ts": s.ts, "channel_name": c.Name, "team_id": w.cfg.TeamID, "reply_users": []string{}, "reply_users_count": 0, "reply_count": 0}
		if s.thread != "" {
			shared["thread_ts"] = s.thread
		}
		kind[c.ID] = append(kind[c.ID], shared)
	}
	shares := answer{}
	for name, of := range map[string]map[string][]answer{"public": public, "private": private} {
		if len(of) > 0 {
			shares[name] = of
		}
	}
	out["shares"], out["is_public"] = shares, len(public) > 0
	for name, list := range lists {
		out[name] = list
	}
}
