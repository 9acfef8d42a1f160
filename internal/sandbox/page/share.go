package page

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"offboard/internal/sandbox/workspace"
)

// framing is what a form may have beside its files.
const framing = 1 << 20

// tooMuch is how many bytes the files of a message may have, and have not.
type tooMuch int

func (t tooMuch) Error() string {
	return fmt.Sprintf("the files of a message may have %d MB together", t>>20)
}

// share takes a message with files out of a form: its fields are those of a line, and file, any number of times.
func (s *server) share(w http.ResponseWriter, r *http.Request) {
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		refuse(w, http.StatusUnsupportedMediaType, "Send a form with files.")
		return
	}
	l, files, err := readShared(w, r, params["boundary"], s.town.Slack.Config().MostFile)
	if err == nil {
		err = s.shareLine(l, files)
	}
	switch {
	case errors.As(err, new(tooMuch)):
		refuse(w, http.StatusRequestEntityTooLarge, err.Error())
	case err != nil:
		refuse(w, http.StatusConflict, err.Error())
	default:
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "{}\n")
	}
}

func (s *server) shareLine(l line, files []workspace.Upload) error {
	if err := s.known(l); err != nil {
		return err
	}
	text := strings.TrimSpace(l.Text)
	if strings.HasPrefix(text, "/") {
		return errors.New("a command takes no files: remove them, or send them on their own")
	}
	_, err := s.town.Slack.Share(l.As, l.Channel, l.Thread, s.town.Slack.Escaped(text), files...)
	return err
}

// readShared reads a form with files of at most so many bytes together.
func readShared(w http.ResponseWriter, r *http.Request, boundary string, most int) (l line, files []workspace.Upload, err error) {
	if r.ContentLength > int64(most+framing) {
		return line{}, nil, tooMuch(most) // before it is read
	}
	form := multipart.NewReader(http.MaxBytesReader(w, r.Body, int64(most+framing)), boundary)
	fields := map[string]*string{"as": &l.As, "channel": &l.Channel, "thread": &l.Thread, "text": &l.Text}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return l, files, nil
		}
		if err != nil {
			return line{}, nil, unread(err, most)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return line{}, nil, unread(err, most)
		}
		switch field := fields[part.FormName()]; {
		case field != nil:
			*field = string(content)
		case part.FormName() == "file":
			files = append(files, workspace.Upload{Name: givenName(part), Content: content})
		default:
			return line{}, nil, fmt.Errorf("there is no field %q", part.FormName())
		}
	}
}

// givenName is a file's name as the browser sends it, whole: what becomes of it is decided where it is shown.
func givenName(part *multipart.Part) string {
	_, params, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	return params["filename"]
}

func unread(err error, most int) error {
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return tooMuch(most)
	}
	return fmt.Errorf("that could not be read: %w", err)
}
