package workspace

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answer is the body of an API answer; ok is added.
type answer map[string]any

// slackError is an answer that is not ok.
type slackError struct {
	code string
	more answer
}

func (e *slackError) Error() string { return e.code }

func refuse(code string) *slackError { return &slackError{code: code} }

// faulty is a refusal with the reasons that Slack lists.
func faulty(code string, messages []string) *slackError {
	return &slackError{code: code, more: answer{"errors": messages, "response_metadata": answer{"messages": messages}}}
}

// method is one method of the Web API. run is called with the lock held.
type method struct {
	scopes    []string // any one of them suffices; empty: none is needed
	app       bool     // wants the app token
	perMinute int      // 0: no limit
	form      bool     // looks for its parameters in a form only, as Slack's documentation says of most reads
	run       func(w *Workspace, c *Call) (answer, *slackError)
}

// Slack's tiers, in calls a minute.
const (
	tier2 = 20
	tier3 = 50
	tier4 = 100
)

// methods are the methods that there are. Scopes that depend on the kind of channel are looked at by the method itself.
var methods = map[string]method{
	"auth.test":             {run: (*Workspace).authTest},
	"team.info":             {run: (*Workspace).teamInfo, scopes: []string{"team:read"}, perMinute: tier3, form: true},
	"bots.info":             {run: (*Workspace).botsInfo, scopes: []string{"users:read"}, perMinute: tier3, form: true},
	"users.info":            {run: (*Workspace).usersInfo, scopes: []string{"users:read"}, perMinute: tier4, form: true},
	"users.list":            {run: (*Workspace).usersList, scopes: []string{"users:read"}, perMinute: tier2, form: true},
	"users.lookupByEmail":   {run: (*Workspace).usersLookup, scopes: []string{"users:read.email"}, perMinute: tier3, form: true},
	"usergroups.list":       {run: (*Workspace).groupsList, scopes: []string{"usergroups:read"}, perMinute: tier2},
	"usergroups.users.list": {run: (*Workspace).groupMembers, scopes: []string{"usergroups:read"}, perMinute: tier2, form: true},
	"conversations.info":    {run: (*Workspace).conversationInfo, perMinute: tier3, form: true},
	"conversations.list":    {run: (*Workspace).conversationsList, perMinute: tier2, form: true},
	"users.conversations":   {run: (*Workspace).usersConversations, perMinute: tier3, form: true},
	"conversations.join":    {run: (*Workspace).conversationsJoin, scopes: []string{"channels:join"}, perMinute: tier3},
	"conversations.members": {run: (*Workspace).conversationMembers, perMinute: tier4, form: true},
	"conversations.history": {run: (*Workspace).history, perMinute: tier3, form: true},
	"conversations.replies": {run: (*Workspace).replies, perMinute: tier3, form: true},
	"conversations.open":    {run: (*Workspace).conversationOpen, scopes: []string{"im:write"}, perMinute: tier3},
	"chat.postMessage":      {run: (*Workspace).postMessage, scopes: []string{"chat:write"}}, // limited for each channel
	"chat.update":           {run: (*Workspace).updateMessage, scopes: []string{"chat:write"}, perMinute: tier3},
	"chat.delete":           {run: (*Workspace).deleteMessage, scopes: []string{"chat:write"}, perMinute: tier3},
	"chat.postEphemeral":    {run: (*Workspace).postEphemeral, scopes: []string{"chat:write"}, perMinute: tier4},
	"chat.getPermalink":     {run: (*Workspace).permalink, form: true},
	"chat.scheduleMessage":  {run: (*Workspace).scheduleMessage, scopes: []string{"chat:write"}, perMinute: tier3},
	"reactions.add":         {run: (*Workspace).reactionsAdd, scopes: []string{"reactions:write"}, perMinute: tier3},
	"reactions.remove":      {run: (*Workspace).reactionsRemove, scopes: []string{"reactions:write"}, perMinute: tier2},
	"reactions.get":         {run: (*Workspace).reactionsGet, scopes: []string{"reactions:read"}, perMinute: tier3, form: true},
	"views.open":            {run: (*Workspace).viewsOpen, perMinute: tier4},
	"views.push":            {run: (*Workspace).viewsPush, perMinute: tier4},
	"views.update":          {run: (*Workspace).viewsUpdate, perMinute: tier4},
	"views.publish":         {run: (*Workspace).viewsPublish, perMinute: tier4},
	"apps.connections.open": {run: (*Workspace).connectionsOpen, scopes: []string{"connections:write"}, app: true},

	"chat.deleteScheduledMessage": {run: (*Workspace).deleteScheduled, scopes: []string{"chat:write"}, perMinute: tier3},
	"chat.scheduledMessages.list": {run: (*Workspace).scheduledList, perMinute: tier3, form: true},

	"files.getUploadURLExternal":   {run: (*Workspace).uploadAddress, scopes: []string{"files:write"}, perMinute: tier4},
	"files.completeUploadExternal": {run: (*Workspace).completeUpload, scopes: []string{"files:write"}, perMinute: tier4},
	"files.info":                   {run: (*Workspace).fileInfo, scopes: []string{"files:read"}, perMinute: tier4, form: true},
	"files.list":                   {run: (*Workspace).listFiles, scopes: []string{"files:read"}, perMinute: tier3, form: true},
	"files.delete":                 {run: (*Workspace).deleteFile, scopes: []string{"files:write"}, perMinute: tier3},
}

// serveAPI answers /api/{method}.
func (w *Workspace) serveAPI(res http.ResponseWriter, req *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(res, req.Body, 4<<20))
	if err != nil {
		http.Error(res, "the body could not be read", http.StatusRequestEntityTooLarge)
		return
	}
	call, bad := readCall(req, raw)
	call.At, call.Method = w.cfg.Clock(), req.PathValue("method")
	fault := w.arrive(call)
	if fault.during(w.noting(res, call, fault), req, w.log) {
		return
	}
	body, status, retry := answer{"ok": false}, http.StatusOK, time.Duration(0)
	if fault.Kind.does() {
		body, status, retry = w.answer(call, bad)
	}
	if fault.after(w.noting(res, call, fault), req) {
		return
	}
	if retry > 0 {
		res.Header().Set("Retry-After", strconv.Itoa(int((retry+time.Second-1)/time.Second)))
	}
	res.Header().Set("X-OAuth-Scopes", strings.Join(w.cfg.Scopes, ","))
	reply(res, status, body)
}

func reply(res http.ResponseWriter, status int, body any) {
	res.Header().Set("Content-Type", "application/json; charset=utf-8")
	res.WriteHeader(status)
	_, _ = res.Write(encode(body))
}

// encode writes JSON as Slack does, without escaping < and >.
func encode(v any) json.RawMessage {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return json.RawMessage("null")
	}
	return json.RawMessage(strings.TrimSuffix(out.String(), "\n"))
}

// answer runs the method and notes what came of it.
func (w *Workspace) answer(c *Call, bad *slackError) (answer, int, time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.touch()
	out, err := answer(nil), bad
	if err == nil {
		out, err = w.run(c)
	}
	if err == nil {
		if out == nil {
			out = answer{}
		}
		out["ok"] = true
		c.Status = http.StatusOK
		return out, http.StatusOK, 0
	}
	c.Error, c.Status = err.code, http.StatusOK
	body := answer{"ok": false, "error": err.code}
	for k, v := range err.more {
		body[k] = v
	}
	if wait, ok := body["retry_after"].(time.Duration); ok {
		delete(body, "retry_after")
		c.Status = http.StatusTooManyRequests
		return body, c.Status, wait
	}
	return body, c.Status, 0
}

func (w *Workspace) run(c *Call) (answer, *slackError) {
	m, known := methods[c.Method]
	if !known {
		return nil, refuse("unknown_method")
	}
	if c.JSON && m.form {
		clear(c.Params)
	}
	if err := w.authorize(c, m); err != nil {
		return nil, err
	}
	if err := w.limit(c, m); err != nil {
		return nil, err
	}
	if err := w.picturesOf(c); err != nil {
		return nil, err
	}
	return m.run(w, c)
}

// authorize holds the call's token to the method.
func (w *Workspace) authorize(c *Call, m method) *slackError {
	granted := w.cfg.Scopes
	switch c.token {
	case "":
		return refuse("not_authed")
	case w.cfg.BotToken:
		if m.app {
			return refuse("not_allowed_token_type")
		}
	case w.cfg.AppToken:
		granted = w.cfg.AppScopes
		if !m.app && c.Method != "auth.test" {
			return refuse("not_allowed_token_type")
		}
	default:
		return refuse("invalid_auth")
	}
	return need(granted, m.scopes...)
}

// need refuses unless one of the scopes was granted; no scopes: nothing is needed.
func need(granted []string, scopes ...string) *slackError {
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(granted, s) }) {
		return nil
	}
	return &slackError{code: "missing_scope", more: answer{"needed": strings.Join(scopes, ","), "provided": strings.Join(granted, ",")}}
}
