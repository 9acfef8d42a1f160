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

// mostShared is how many bytes a message with its files may have, framing included.
const mostShared = workspace.MostFile + 1<<20

var errTooMuch = fmt.Errorf("the files of a message may have %d MB together", workspace.MostFile>>20)

// share takes a message with files out of a form: its fields are those of a line, and file, any number of times.
func (s *server) share(w http.ResponseWriter, r *http.Request) {
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		refuse(w, http.StatusUnsupportedMediaType, "Send a form with files.")
		return
	}
	l, files, err := readShared(multipart.NewReader(http.MaxBytesReader(w, r.Body, mostShared), params["boundary"]))
	if err == nil {
		err = s.shareLine(l, files)
	}
	switch {
	case errors.Is(err, errTooMuch):
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
	_, err := s.town.Slack.Share(l.As, l.Channel, l.Thread, escape.Replace(text), files...)
	return err
}

func readShared(form *multipart.Reader) (l line, files []workspace.Upload, err error) {
	fields := map[string]*string{"as": &l.As, "channel": &l.Channel, "thread": &l.Thread, "text": &l.Text}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return l, files, nil
		}
		if err != nil {
			return line{}, nil, unread(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return line{}, nil, unread(err)
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

func unread(err error) error {
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return errTooMuch
	}
	return fmt.Errorf("that could not be read: %w", err)
}
