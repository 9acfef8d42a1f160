package httpin

import (
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"time"

	"offboard/internal/secret"
	"offboard/internal/slackbot/inbound"
)

// The paths that Slack posts to.
const (
	PathCommands     = "/slack/commands"
	PathInteractions = "/slack/interactions"
	PathEvents       = "/slack/events"
)

const largestBody = 1 << 20

// Handler is the http.Handler for the three paths. Any other path is 404.
type Handler struct {
	key    secret.Source
	intake *inbound.Intake
	log    *slog.Logger
	now    func() time.Time
}

// New returns a handler. An empty signing secret is an error, because anybody could sign with it; so is an intake that does not know
// its app (design §9).
func New(signingSecret secret.Source, intake *inbound.Intake, log *slog.Logger) (*Handler, error) {
	switch {
	case secret.Empty(signingSecret):
		return nil, errors.New("slack over http: the signing secret is empty")
	case intake.App() == "":
		return nil, errors.New("slack over http: it is not known which app is ours; set slack.app_id")
	}
	return &Handler{key: signingSecret, intake: intake, log: log, now: time.Now}, nil
}

// Clock sets the clock that timestamps are held against, before anything is served. Without it that is this machine's.
func (h *Handler) Clock(now func() time.Time) { h.now = now }

// route is what a path takes.
type route struct {
	contentType string
	answer      func(*Handler, http.ResponseWriter, *http.Request, inbound.Raw, []byte)
}

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

var routes = map[string]route{
	PathCommands:     {formType, (*Handler).command},
	PathInteractions: {formType, (*Handler).interaction},
	PathEvents:       {jsonType, (*Handler).event},
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := h.now()
	route, ok := routes[r.URL.Path]
	if !ok {
		refuse(w, http.StatusNotFound)
		return
	}
	defer h.survive(w, r.URL.Path)
	body, status, err := h.authentic(w, r, at)
	if err == nil && mediaType(r) != route.contentType {
		status, err = http.StatusUnsupportedMediaType, errors.New("the content type is not "+route.contentType)
	}
	if err != nil {
		h.log.Warn("a request is refused", "path", r.URL.Path, "status", status, "why", err.Error())
		refuse(w, status)
		return
	}
	route.answer(h, w, r, inbound.Raw{Keys: []string{inbound.BodyKey(body)}, At: at}, body)
}

// authentic returns the body of a request that Slack signed, else the status to answer.
func (h *Handler) authentic(w http.ResponseWriter, r *http.Request, at time.Time) ([]byte, int, error) {
	if r.Method != http.MethodPost {
		return nil, http.StatusMethodNotAllowed, errors.New("the method is not POST")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, http.StatusRequestEntityTooLarge, errors.New("the body is over 1 MiB")
	}
	if err != nil {
		return nil, http.StatusBadRequest, errors.New("the body could not be read")
	}
	if err := h.verify(r.Header, body, at); err != nil {
		return nil, http.StatusUnauthorized, err
	}
	return body, 0, nil
}

// verify tries a wrong signature once more with another secret where there is one: the secret may have been exchanged in Slack and in its file.
func (h *Handler) verify(header http.Header, body []byte, at time.Time) error {
	key := h.key.Get()
	err := verify(key, header, body, at)
	if !errors.Is(err, errSignature) {
		return err
	}
	if other, ok := h.key.Instead(key); ok {
		return verify(other, header, body, at)
	}
	return err
}

func mediaType(r *http.Request) string {
	types := r.Header.Values("Content-Type")
	if len(types) != 1 {
		return ""
	}
	t, _, err := mime.ParseMediaType(types[0])
	if err != nil {
		return ""
	}
	return t
}

// refuse ends the connection too: whoever is not Slack does not keep one of them.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Connection", "close")
	if status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	http.Error(w, http.StatusText(status), status)
}

// survive makes a panic cost this request only. The server would survive it too, but would log the panic's value.
func (h *Handler) survive(w http.ResponseWriter, path string) {
	if p := recover(); p != nil {
		inbound.LogPanic(h.log, path, p)
		w.WriteHeader(http.StatusInternalServerError)
	}
}
