package workspace

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// TokenPlace is how a token travelled.
type TokenPlace string

// The places of a token.
const (
	TokenBearer TokenPlace = "bearer"
	TokenForm   TokenPlace = "form"
	TokenNone   TokenPlace = "none"
)

// ResponseURL is the Method of a [Call] that is a post to a response_url.
const ResponseURL = "response_url"

// Call is one call of the Web API, or one post to a response_url.
type Call struct {
	At     time.Time
	Method string
	Token  TokenPlace
	JSON   bool              // the body was JSON
	Params map[string]string // without the token; what was not a string, as JSON
	Error  string            // Slack's word, when it was refused; empty when it was not, or a fault answered
	Status int               // what was answered; 0: nothing, or not yet
	Fault  FaultKind         // the fault it met; empty: none

	token string
}

// Calls returns the calls of a method in the order of their arrival; "" means all.
func (w *Workspace) Calls(method string) []Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []Call
	for _, c := range w.calls {
		if method == "" || c.Method == method {
			out = append(out, *c)
		}
	}
	return out
}

// readCall takes the token and the parameters from where Slack takes them: the body as a form or as JSON, the query, the header. A token
// in the query or in a JSON body does not count.
func readCall(req *http.Request, raw []byte) (*Call, *slackError) {
	c := &Call{Token: TokenNone, Params: map[string]string{}}
	for k, v := range req.URL.Query() {
		c.Params[k] = v[0]
	}
	bad := c.readBody(req.Header.Get("Content-Type"), raw)
	if token, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer "); ok {
		c.token, c.Token = token, TokenBearer
	} else if !c.JSON && c.Params["token"] != "" && !req.URL.Query().Has("token") {
		c.token, c.Token = c.Params["token"], TokenForm
	}
	delete(c.Params, "token")
	return c, bad
}

func (c *Call) readBody(contentType string, raw []byte) *slackError {
	if len(raw) == 0 {
		return nil
	}
	kind, _, _ := mime.ParseMediaType(contentType)
	switch kind {
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			return refuse("invalid_form_data")
		}
		for k, v := range form {
			c.Params[k] = v[0]
		}
		return nil
	case "application/json":
		c.JSON = true
		return c.readJSON(raw)
	default:
		return refuse("invalid_post_type")
	}
}

func (c *Call) readJSON(raw []byte) *slackError {
	var body map[string]json.RawMessage
	if json.Unmarshal(raw, &body) != nil {
		return refuse("invalid_json")
	}
	for k, v := range body {
		var s string
		if json.Unmarshal(v, &s) == nil && string(v) != "null" {
			c.Params[k] = s
		} else if string(v) != "null" {
			c.Params[k] = string(v)
		}
	}
	return nil
}

func (c *Call) param(name string) string { return c.Params[name] }

func (c *Call) has(name string) bool {
	_, ok := c.Params[name]
	return ok
}

// raw gives a parameter that is JSON; nil: it was not given, or is empty.
func (c *Call) raw(name string) json.RawMessage {
	if c.Params[name] == "" {
		return nil
	}
	return json.RawMessage(c.Params[name])
}

func (c *Call) flag(name string) bool { return slices.Contains([]string{"true", "1"}, c.Params[name]) }

// number reads a whole number of at least one.
func (c *Call) number(name string, absent int) (int, bool) {
	if c.Params[name] == "" {
		return absent, true
	}
	n, err := strconv.Atoi(c.Params[name])
	return n, err == nil && n > 0
}
