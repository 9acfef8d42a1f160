package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// Requests made by hand, the way Slack makes them, without the workspace's own deliveries.

// serial makes trigger ids that are used once.
var serial atomic.Int64

func trigger() string { return "9." + strconv.FormatInt(serial.Add(1), 10) + ".hand" }

// hand is one request by hand. The zero value of a field is what Slack would send.
type hand struct {
	method string // empty: POST
	path   string
	body   string
	reader io.Reader // instead of body, which is still what is signed
	header http.Header
	at     time.Time // of the signature
}

const formType = "application/x-www-form-urlencoded"

// send sends one request, and returns its status and body. Headers that are set replace Slack's; a nil value leaves one out.
func (s *stage) send(h hand) (int, string) {
	s.t.Helper()
	if h.method == "" {
		h.method = http.MethodPost
	}
	if h.at.IsZero() {
		h.at = time.Now()
	}
	if h.reader == nil {
		h.reader = strings.NewReader(h.body)
	}
	req, err := http.NewRequestWithContext(s.ctx, h.method, s.base+h.path, h.reader)
	if err != nil {
		s.t.Fatal(err)
	}
	at := strconv.FormatInt(h.at.Unix(), 10)
	req.Header.Set("Content-Type", formType)
	req.Header.Set("X-Slack-Request-Timestamp", at)
	req.Header.Set("X-Slack-Signature", s.slack.Sign([]byte(h.body), at))
	for name, values := range h.header {
		req.Header.Del(name)
		for _, v := range values {
			req.Header.Add(name, v)
		}
	}
	res, err := client.Do(req)
	if err != nil {
		s.t.Error(err)
		return 0, ""
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Error(err)
	}
	return res.StatusCode, string(raw)
}

// client keeps no connection, so that none outlives its test.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error {
	return http.ErrUseLastResponse
}}

// deliver sends a well-signed body, which must be acknowledged, and returns what was answered.
func (s *stage) deliver(path, body string) string {
	s.t.Helper()
	status, answer := s.send(hand{path: path, body: body})
	if status != http.StatusOK {
		s.t.Errorf("%s was answered with %d %q, not 200", path, status, answer)
	}
	return answer
}

const (
	commandsPath     = "/slack/commands"
	interactionsPath = "/slack/interactions"
	eventsPath       = "/slack/events"
)

// command is the body of a slash command. changes are pairs of a parameter and its value; "-" leaves one out.
func (s *stage) command(user, text string, changes ...string) string {
	w := s.slack.Config()
	form := url.Values{
		"token": {"legacy"}, "team_id": {w.TeamID}, "team_domain": {"local"}, "channel_id": {town.General}, "channel_name": {"general"},
		"user_id": {user}, "user_name": {"somebody"}, "command": {"/offboard"}, "text": {text}, "api_app_id": {w.AppID},
		"is_enterprise_install": {"false"}, "trigger_id": {trigger()},
	}
	for i := 0; i+1 < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
		if changes[i+1] == "-" {
			form.Del(changes[i])
		}
	}
	return form.Encode()
}

type object = map[string]any

// click is the payload of a click on a card's button, as Slack sends it.
func (s *stage) click(user string, card workspace.Message, button string) object {
	w := s.slack.Config()
	return object{
		"type": "block_actions", "api_app_id": w.AppID, "token": "legacy", "trigger_id": trigger(),
		"user":      object{"id": user, "username": "somebody", "team_id": w.TeamID},
		"team":      object{"id": w.TeamID, "domain": "local"},
		"container": object{"type": "message", "message_ts": card.TS, "channel_id": card.Channel, "is_ephemeral": false},
		"channel":   object{"id": card.Channel, "name": "offboarding"},
		"message":   object{"ts": card.TS, "text": card.Text, "blocks": card.Blocks, "bot_id": w.BotID},
		"actions": []object{{
			"type": "button", "block_id": "decide", "action_id": button, "value": valueOf(card), "action_ts": card.TS,
		}},
	}
}

// interaction is the body that carries a payload.
func interaction(payload any) string {
	raw, err := json.Marshal(payload)
	if err != nil {
		panic(err) // only plain values are put in
	}
	return url.Values{"payload": {string(raw)}}.Encode()
}

// press delivers a click on a card's button.
func (s *stage) press(user string, card workspace.Message, button string) {
	s.t.Helper()
	s.deliver(interactionsPath, interaction(s.click(user, card, button)))
}

var buttonValue = regexp.MustCompile(`"value":"((?:[^"\\]|\\.)*)"`)

// valueOf is the value of a card's buttons, which all carry the same.
func valueOf(m workspace.Message) string {
	found := buttonValue.FindStringSubmatch(string(m.Blocks))
	if found == nil {
		return ""
	}
	var v string
	if json.Unmarshal([]byte(`"`+found[1]+`"`), &v) != nil {
		return ""
	}
	return v
}

func buttonsOn(m workspace.Message) bool { return strings.Contains(string(m.Blocks), `"button"`) }

// ask types a request for an account as Alice, and returns its card. more goes behind the address.
func (s *stage) ask(l town.Leaver, more string) workspace.Message {
	s.t.Helper()
	s.deliver(commandsPath, s.command(town.Alice, l.Email+" "+more))
	return s.card(l.ID)
}

// asksInVain types a request as Alice, and holds that she is told why it is none, and that nothing was done.
func (s *stage) asksInVain(t *testing.T, line, told string) {
	t.Helper()
	before := len(s.heard(town.Alice))
	s.deliver(commandsPath, s.command(town.Alice, line))
	s.until("Alice is answered", func() bool { return len(s.heard(town.Alice)) > before })
	if got := s.heard(town.Alice)[before]; !strings.Contains(got, told) || !strings.Contains(got, "Nothing was done") {
		t.Errorf("told %q, not %q and that nothing was done", got, told)
	}
}

// card waits for the newest card of an account.
func (s *stage) card(id string) workspace.Message {
	s.t.Helper()
	var card workspace.Message
	s.until("there is a card for "+id, func() bool {
		cards := s.cards(id)
		if len(cards) > 0 {
			card = cards[len(cards)-1]
		}
		return len(cards) > 0
	})
	return card
}

// cards are the messages in the approvals channel that name an account.
func (s *stage) cards(id string) []workspace.Message {
	return slices.DeleteFunc(s.slack.Messages(town.Approvals), func(m workspace.Message) bool { return !strings.Contains(m.Text, "id "+id) })
}

// now is the card as it stands.
func (s *stage) now(card workspace.Message) workspace.Message {
	m, _ := s.slack.Message(card.Channel, card.TS)
	return m
}

// thread waits until the card's thread says the words.
func (s *stage) thread(card workspace.Message, words string) {
	s.t.Helper()
	s.until("the thread says "+words, func() bool {
		return slices.ContainsFunc(s.lines(card), func(l string) bool { return strings.Contains(l, words) })
	})
}

func (s *stage) lines(card workspace.Message) []string {
	var out []string
	for _, m := range s.slack.Thread(card.Channel, card.TS) {
		out = append(out, m.Text)
	}
	return out
}

// told waits until somebody was privately told the words, and returns the message.
func (s *stage) told(user, words string) workspace.Message {
	s.t.Helper()
	var found workspace.Message
	s.until(user+" is told "+words, func() bool {
		for _, m := range s.private(user) {
			if strings.Contains(m.Text, words) {
				found = m
			}
		}
		return found.Text != ""
	})
	return found
}

// private is everything that somebody was privately told.
func (s *stage) private(user string) []workspace.Message {
	var out []workspace.Message
	for _, e := range s.slack.Ephemerals(user) {
		out = append(out, e.Message)
	}
	return append(out, s.slack.Messages("D"+strings.TrimPrefix(user, "U"))...)
}

// heard is what somebody was privately told, in words.
func (s *stage) heard(user string) []string {
	var out []string
	for _, m := range s.private(user) {
		out = append(out, m.Text)
	}
	return out
}

// audited are the lines of the audit channel that hold all the words.
func (s *stage) audited(words ...string) []string {
	var out []string
	for _, m := range s.slack.Messages(town.Audit) {
		for line := range strings.Lines(m.Text) {
			if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) }) {
				out = append(out, line)
			}
		}
	}
	return out
}

// choice is the payload of a click in a private list, on the button of an account.
func (s *stage) choice(user string, list workspace.Message, id string) object {
	value := ""
	for _, found := range buttonValue.FindAllStringSubmatch(string(list.Blocks), -1) {
		var v string
		if json.Unmarshal([]byte(`"`+found[1]+`"`), &v) == nil && strings.Contains(v, `"`+id+`"`) {
			value = v
		}
	}
	if value == "" {
		s.t.Fatalf("the list has no button for %s: %s", id, list.Blocks)
	}
	p := s.click(user, list, "choose")
	p["container"] = object{"type": "message", "message_ts": list.TS, "channel_id": list.Channel, "is_ephemeral": true}
	p["actions"] = []object{{"type": "button", "block_id": "choose_1", "action_id": "choose", "value": value}}
	delete(p, "message")
	return p
}
