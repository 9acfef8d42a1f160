package webapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// hooksHost is where Slack's response_urls live.
const hooksHost = "hooks.slack.com"

// MayRespond reports whether a response_url leads to Slack: its host is hooks.slack.com, or that of api_url.
func (c *Client) MayRespond(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Opaque != "" {
		return false
	}
	if u.Scheme == "https" && (strings.EqualFold(u.Host, hooksHost) || strings.EqualFold(u.Host, hooksHost+":443")) {
		return true
	}
	return u.Scheme == c.api.Scheme && strings.EqualFold(u.Host, c.api.Host)
}

// Respond posts a JSON message to a response_url, once and without our token: whoever has the URL may use it. A URL that
// [Client.MayRespond] refuses is not used. Slack gives each five uses in half an hour (facts/slack.md).
func (c *Client) Respond(ctx context.Context, raw string, message any) error {
	fail := &Error{Method: "response_url"}
	if !c.MayRespond(raw) {
		fail.NotSent, fail.Err = true, errors.New("the address is not Slack's")
		return fail
	}
	body, err := json.Marshal(message)
	if err != nil {
		fail.NotSent, fail.Err = true, errors.New("encoding the message")
		return fail
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, raw, bytes.NewReader(body))
	if err != nil {
		fail.NotSent, fail.Err = true, errors.New("building the request")
		return fail
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	got, bad := c.send(ctx, req, fail)
	if bad != nil {
		return bad
	}
	if bad := fail.judgeHook(got); bad != nil {
		return bad
	}
	return nil
}

// judgeHook knows both of the answers that hooks give: the plain word ok, and JSON with ok in it.
func (e *Error) judgeHook(body []byte) *Error {
	var a answer
	readable := json.Unmarshal(body, &a) == nil && a.OK != nil
	said := ""
	if readable {
		said = a.Error
	} else if !strings.HasPrefix(strings.TrimSpace(string(body)), "<") {
		said = strings.TrimSpace(string(body))
	}
	switch {
	case e.Status == http.StatusOK && (!readable && (said == "ok" || said == "") || readable && *a.OK):
		return nil
	case e.Status >= http.StatusInternalServerError:
		e.Maybe = true
	case e.Status == http.StatusOK && !readable:
		e.Maybe, e.Err = true, ErrUnreadable
		return e
	}
	if said != "" {
		e.Code = code(said)
	}
	return e
}
