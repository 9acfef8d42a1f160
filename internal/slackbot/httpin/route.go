package httpin

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"offboard/internal/commands"
	"offboard/internal/slackbot/inbound"
)

func (h *Handler) command(w http.ResponseWriter, r *http.Request, raw inbound.Raw, body []byte) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		form = url.Values{} // no command at all, which the decoder finds malformed
	}
	if form.Get("ssl_check") == "1" && !form.Has("command") {
		h.write(w, http.StatusOK, "", nil)
		return
	}
	raw.Kind, raw.Form = inbound.KindCommand, form
	h.take(w, r, raw)
}

func (h *Handler) interaction(w http.ResponseWriter, r *http.Request, raw inbound.Raw, body []byte) {
	raw.Kind = inbound.KindInteraction
	form, err := url.ParseQuery(string(body))
	// One payload and nothing of a command: a body made for another path does not fit here (facts/slack.md).
	if err == nil && len(form["payload"]) == 1 && !form.Has("command") {
		raw.JSON = []byte(form["payload"][0])
	}
	h.take(w, r, raw)
}

// event answers the challenge by which Slack checks the address. The bot subscribes to no event: any other is acknowledged.
func (h *Handler) event(w http.ResponseWriter, r *http.Request, raw inbound.Raw, body []byte) {
	var e struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(body, &e) == nil && e.Type == "url_verification" {
		h.write(w, http.StatusOK, "text/plain; charset=utf-8", []byte(e.Challenge))
		return
	}
	raw.Kind, raw.JSON = inbound.KindEvent, body
	h.take(w, r, raw)
}

func (h *Handler) take(w http.ResponseWriter, r *http.Request, raw inbound.Raw) {
	result := h.intake.Take(r.Context(), raw)
	status, body, told := answer(raw.Kind, result)
	written := h.write(w, status, "application/json; charset=utf-8", body)
	result.Finish(told && written)
}

// answer is what a delivery's outcome is to Slack. told: the answer itself says to the person what there is to say. A command that
// failed is answered with a sentence, because for any other status Slack shows the person a word for engineers.
func answer(kind inbound.Kind, result inbound.Result) (status int, body []byte, told bool) {
	sorry := func(text string, otherwise int) (int, []byte, bool) {
		if kind == inbound.KindCommand {
			return http.StatusOK, inbound.AckBody(commands.Ack{Text: text}), true
		}
		return otherwise, nil, false
	}
	switch result.Outcome {
	case inbound.Handled:
		return http.StatusOK, inbound.AckBody(result.Ack), true
	case inbound.Ignored:
		return http.StatusOK, nil, true
	case inbound.Unavailable:
		return sorry(result.Ack.Text, http.StatusServiceUnavailable)
	case inbound.Busy:
		return sorry(inbound.SayBusy, http.StatusServiceUnavailable)
	case inbound.Panicked:
		return http.StatusInternalServerError, nil, false
	default:
		return http.StatusInternalServerError, nil, false
	}
}

// write puts the whole answer on the wire before it returns, and reports whether it could.
func (h *Handler) write(w http.ResponseWriter, status int, contentType string, body []byte) bool {
	if len(body) > 0 {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("X-Content-Type-Options", "nosniff")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, err := w.Write(body)
	if err == nil {
		err = http.NewResponseController(w).Flush()
	}
	if err != nil {
		h.log.Warn("an acknowledgement could not be written", "error", err)
	}
	return err == nil
}
