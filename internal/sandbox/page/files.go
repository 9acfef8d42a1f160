package page

import (
	"net/http"

	"offboard/internal/mrkdwn"
	"offboard/internal/sandbox/workspace"
)

// file is what is said of a file before it is downloaded.
type file struct {
	ID      string `json:"id"`
	Name    string `json:"name"` // one line, without what cannot be seen or turns the order of letters
	Kind    string `json:"kind"`
	Size    int    `json:"size"` // bytes
	Deleted bool   `json:"deleted,omitempty"`
	Preview string `json:"preview,omitempty"` // the first lines of a text
	More    int    `json:"more,omitempty"`    // lines that preview leaves out
	Picture bool   `json:"picture,omitempty"`
	Width   int    `json:"width,omitempty"` // of a picture
	Height  int    `json:"height,omitempty"`
	Alt     string `json:"alt,omitempty"`
}

// files lists what was shared with a message.
func (s *server) files(m workspace.Message) []file {
	var out []file
	for _, id := range m.Files {
		if f, ok := s.town.Slack.File(id); ok {
			out = append(out, described(f))
		}
	}
	return out
}

func described(f workspace.File) file {
	if f.Deleted {
		return file{ID: f.ID, Deleted: true}
	}
	return file{
		ID: f.ID, Name: fileName(f.Name), Kind: f.Kind.Says, Size: f.Size, Preview: f.Preview, More: f.More,
		Picture: f.Picture != "", Width: f.Width, Height: f.Height, Alt: mrkdwn.Clean(f.Alt),
	}
}

// serveFile gives a file to somebody who sees where it was shared. It is an attachment whatever it is, so that no browser shows it as a page; only what its bytes say
// is a picture has a type, by which an img element shows it.
func (s *server) serveFile(w http.ResponseWriter, r *http.Request) {
	as, ok := whose(w, r)
	if !ok {
		return
	}
	f, content, ok := s.town.Slack.FileFor(as, r.PathValue("id"))
	if !ok {
		refuse(w, http.StatusNotFound, "There is no such file, or it is not yours to see.")
		return
	}
	kind := "application/octet-stream"
	if f.Picture != "" {
		kind = f.Picture
	}
	attach(w, kind, f.Name)
	_, _ = w.Write(content)
}
