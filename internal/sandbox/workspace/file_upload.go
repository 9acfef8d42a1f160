package workspace

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"
)

// UploadURL is the Method of a [Call] that is a post to the address that files.getUploadURLExternal gave.
const UploadURL = "upload_url"

// uploadLife is how long an upload may take from the asking for its address to its completion. Slack says only that what is not completed is discarded.
const uploadLife = time.Hour

// upload is a file under way.
type upload struct {
	file   *File
	length int // as promised
	at     time.Time
	come   bool
}

// framing is how much longer than its file a multipart body may be.
const framing = 64 << 10

var (
	errLarge = errors.New("larger than the workspace takes")
	errParts = errors.New("no file in the form")
)

// serveUpload takes a file's bytes, as they are or as the first file of a multipart form. Whoever has the address may send: it cannot be guessed, and Slack asks
// for no token either. Clients look at the status alone: 200 is success, anything else is not (docs.slack.dev/reference/methods/files.getUploadURLExternal).
func (w *Workspace) serveUpload(res http.ResponseWriter, req *http.Request) {
	content, err := w.readUpload(res, req)
	call := &Call{At: w.cfg.Clock(), Method: UploadURL, Token: TokenNone, Params: map[string]string{}}
	fault := w.arrive(call)
	if fault.during(res, req, w.log) {
		return
	}
	if fault.Kind.does() && err == nil {
		err = w.receive(req.PathValue("ticket"), content)
	}
	w.do(func() {
		call.Status = http.StatusOK
		if err != nil {
			call.Error, call.Status = err.Error(), uploadStatus(err)
		}
	})
	if fault.after(res, req) {
		return
	}
	if err != nil {
		http.Error(res, err.Error(), call.Status)
		return
	}
	res.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprintf(res, "OK - %d", len(content))
}

func uploadStatus(err error) int {
	if errors.Is(err, errLarge) {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

func (w *Workspace) readUpload(res http.ResponseWriter, req *http.Request) ([]byte, error) {
	if req.ContentLength > int64(w.cfg.MostFile+framing) {
		return nil, errLarge // before it is read
	}
	body := http.MaxBytesReader(res, req.Body, int64(w.cfg.MostFile+framing))
	defer func() { _ = body.Close() }()
	kind, params, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		return w.readParts(multipart.NewReader(body, params["boundary"]))
	}
	return w.readFile(body)
}

// readParts reads the first file of a form, whatever its field is called: slack-go calls it file, and Slack's own SDK for JavaScript body.
func (w *Workspace) readParts(form *multipart.Reader) ([]byte, error) {
	for {
		part, err := form.NextPart()
		if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
			return nil, errLarge
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errParts, err)
		}
		if part.FileName() != "" {
			return w.readFile(part)
		}
	}
}

func (w *Workspace) readFile(r io.Reader) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, int64(w.cfg.MostFile)+1))
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) || len(content) > w.cfg.MostFile {
		return nil, errLarge
	}
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return content, nil
}

// receive gives an upload its bytes, once.
func (w *Workspace) receive(ticket string, content []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.uploads[ticket]
	switch {
	case u == nil, w.cfg.Clock().Sub(u.at) > uploadLife:
		return errors.New("no such upload")
	case u.come:
		return errors.New("uploaded already")
	case len(content) != u.length:
		return fmt.Errorf("%d bytes were promised and %d came", u.length, len(content))
	}
	u.file.fill(content)
	u.come = true
	return nil
}
