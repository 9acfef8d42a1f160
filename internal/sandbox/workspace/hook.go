package workspace

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"offboard/internal/sandbox/workspace/limits"
)

// A response_url takes five posts in half an hour (facts/slack.md).
const (
	hookUses = 5
	hookLife = 30 * time.Minute
)

// hook is a response_url.
type hook struct {
	user, channel string
	source        *Message // the message that was clicked in; nil: a command
	at            time.Time
	uses          int
}

// newHook returns the address of a new response_url. The lock is held.
func (w *Workspace) newHook(kind string, h *hook) string {
	h.at = w.cfg.Clock()
	u := fmt.Sprintf("%s/%s/%s/%d/%s", w.base, kind, w.cfg.TeamID, len(w.hooks)+1, word("")+word(""))
	w.hooks[u] = h
	return u
}

// hookBody is what may be posted to a response_url.
type hookBody struct {
	Text            string          `json:"text"`
	Blocks          json.RawMessage `json:"blocks"`
	Attachments     json.RawMessage `json:"attachments"`
	Metadata        json.RawMessage `json:"metadata"`
	ResponseType    string          `json:"response_type"`
	ReplaceOriginal loose           `json:"replace_original"`
	DeleteOriginal  loose           `json:"delete_original"`
	ThreadTS        string          `json:"thread_ts"`
	Parse           string          `json:"parse"`
	LinkNames       loose           `json:"link_names"`
}

// loose is a boolean that may stand in quotes, as in Slack's own examples.
type loose bool

// UnmarshalJSON takes true and "true", 1 and "1".
func (l *loose) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `true`, `"true"`, `1`, `"1"`:
		*l = true
	default:
		*l = false
	}
	return nil
}

func (b hookBody) draft() draft {
	return draft{
		text: b.Text, blocks: b.Blocks, attachments: b.Attachments, metadata: b.Metadata, hasMeta: b.Metadata != nil, thread: b.ThreadTS,
		parse: b.Parse, linkNames: bool(b.LinkNames), inChannel: b.ResponseType == "in_channel", replace: bool(b.ReplaceOriginal),
		deleteBefore: bool(b.DeleteOriginal),
	}
}

func (w *Workspace) serveHook(res http.ResponseWriter, req *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(res, req.Body, 1<<20))
	if err != nil {
		http.Error(res, "invalid_payload", http.StatusRequestEntityTooLarge)
		return
	}
	call := &Call{At: w.cfg.Clock(), Method: ResponseURL, Token: TokenNone, JSON: true, Params: map[string]string{"body": string(raw)}}
	if req.Header.Get("Authorization") != "" {
		call.Token = TokenBearer
	}
	fault := w.arrive(call)
	if fault.during(w.noting(res, call, fault), req, w.log) {
		return
	}
	if fault.Kind.does() {
		err = w.respond(call, req, raw)
	}
	if fault.after(w.noting(res, call, fault), req) {
		return
	}
	if err != nil {
		status := http.StatusBadRequest
		if err.Error() == "used_url" || err.Error() == "expired_url" {
			status = http.StatusNotFound
		}
		reply(res, status, answer{"ok": false, "error": err.Error()})
		return
	}
	res.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(res, "ok")
}

func (w *Workspace) respond(c *Call, req *http.Request, raw []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.touch()
	h := w.hooks[w.base+req.URL.Path]
	err := w.useHook(h, req.Header.Get("Content-Type"), raw)
	c.Status = http.StatusOK
	if err != nil {
		c.Error, c.Status = err.code, http.StatusBadRequest
		return err
	}
	return nil
}

func (w *Workspace) useHook(h *hook, contentType string, raw []byte) *slackError {
	switch {
	case h == nil, w.cfg.Clock().Sub(h.at) > hookLife:
		return refuse("expired_url")
	case h.uses >= hookUses:
		return refuse("used_url")
	}
	if kind, _, _ := mime.ParseMediaType(contentType); kind == "application/x-www-form-urlencoded" {
		form, _ := url.ParseQuery(string(raw))
		raw = []byte(form.Get("payload"))
	}
	var body hookBody
	if json.Unmarshal(raw, &body) != nil {
		return refuse("invalid_payload")
	}
	d := body.draft()
	if !d.deleteBefore {
		if err := d.check(limits.MostText); err != nil {
			return err
		}
	}
	h.uses++
	w.show(h, d)
	return nil
}

// show makes an answer to somebody's act seen: in the place of what was clicked in, for everybody, or for them alone. It passes over
// posting permissions.
func (w *Workspace) show(h *hook, d draft) {
	switch {
	case d.deleteBefore && h.source != nil:
		w.deletes(h.source)
	case d.replace && h.source != nil:
		before := *h.source
		h.source.Earlier = append(h.source.Earlier, Version{Text: h.source.Text, Blocks: h.source.Blocks})
		h.source.say(d)
		w.heardChange(before, h.source)
	case d.inChannel:
		w.add(w.botMessage(h.channel, d))
	default:
		w.tell(h.user, h.channel, d)
	}
}
