package main

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/town"
)

// Design §9, "Statuses": what is not authentic gets its status, what is authentic and not for us gets 200 with nothing. None of it is
// written down, posted or called.
func TestHostileStatuses(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	good := s.command(town.Alice, town.Dana.Email)
	type test struct {
		name   string
		hand   hand
		status int
		body   string
	}
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i+1 < len(pairs); i += 2 {
			h.Add(pairs[i], pairs[i+1])
		}
		return h
	}
	without := func(name string) http.Header { return http.Header{name: nil} }
	for _, x := range []test{
		{"no signature", hand{body: good, header: without("X-Slack-Signature")}, 401, "Unauthorized\n"},
		{"no timestamp", hand{body: good, header: without("X-Slack-Request-Timestamp")}, 401, "Unauthorized\n"},
		{"empty signature", hand{body: good, header: header("X-Slack-Signature", "")}, 401, "Unauthorized\n"},
		{"another body's signature", hand{body: good, reader: strings.NewReader(good + "&x=1")}, 401, "Unauthorized\n"},
		{"another secret", hand{body: good, header: header("X-Slack-Signature", "v0="+strings.Repeat("0", 64))}, 401, "Unauthorized\n"},
		{"two signatures", hand{body: good, header: header("X-Slack-Signature", "v0=1", "X-Slack-Signature", "v0=2")}, 401, "Unauthorized\n"},
		{"a timestamp of words", hand{body: good, header: header("X-Slack-Request-Timestamp", "now")}, 401, "Unauthorized\n"},
		{"stale", hand{body: good, at: time.Now().Add(-302 * time.Second)}, 401, "Unauthorized\n"},
		{"from the future", hand{body: good, at: time.Now().Add(10 * time.Minute)}, 401, "Unauthorized\n"},
		{"GET", hand{method: http.MethodGet}, 405, ""},
		{"PUT", hand{method: http.MethodPut, body: good}, 405, ""},
		{"JSON", hand{body: good, header: header("Content-Type", "application/json")}, 415, ""},
		{"plain text", hand{body: good, header: header("Content-Type", "text/plain")}, 415, ""},
		{"no content type", hand{body: good, header: without("Content-Type")}, 415, ""},
		{"over 1 MiB", hand{body: "text=" + strings.Repeat("x", 1<<20)}, 413, ""},
		{"over 1 MiB in chunks", hand{body: "x", reader: io.MultiReader(strings.NewReader("text="), endless(1<<20))}, 413, ""},
		{"a fork of the path", hand{path: commandsPath + "/x", body: good}, 404, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			if x.hand.path == "" {
				x.hand.path = commandsPath
			}
			status, body := s.send(x.hand)
			if status != x.status || x.body != "" && body != x.body {
				t.Errorf("answered with %d %q, not %d %q", status, body, x.status, x.body)
			}
		})
	}
	s.untouched(town.Dana)
}

func endless(n int64) io.Reader { return io.LimitReader(zeros{}, n) }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

// untouched stops the bot, and holds that nothing was recorded, posted, told or called for somebody.
func (s *stage) untouched(l town.Leaver) {
	s.t.Helper()
	s.stop()
	if r := s.requests(); len(r) != 0 {
		s.t.Errorf("the journal has %q, not nothing", r)
	}
	if posts := s.slack.Calls("chat.postMessage"); len(posts) != 0 {
		s.t.Errorf("%d messages were posted, not none", len(posts))
	}
	s.uncalled(l)
}

// untouchedBut is untouched, but people may have been told things in direct messages.
func (s *stage) untouchedBut(l town.Leaver) {
	s.t.Helper()
	s.stop()
	if r := s.requests(); len(r) != 0 {
		s.t.Errorf("the journal has %q, not nothing", r)
	}
	if n := len(s.slack.Messages(town.Approvals)) + len(s.slack.Messages(town.Audit)); n != 0 {
		s.t.Errorf("%d messages were posted, not none", n)
	}
	s.uncalled(l)
}

// uncalled holds that ECGrid was not asked to remove somebody.
func (s *stage) uncalled(l town.Leaver) {
	s.t.Helper()
	if r := s.town.Record("ecgrid", l.ID); r.State != "Active" || r.Writes != 0 {
		s.t.Errorf("ECGrid has %+v on record", r)
	}
}

// Just inside five minutes is fresh, both ways.
func TestHostileFreshEnough(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	for _, off := range []time.Duration{-298 * time.Second, 298 * time.Second} {
		status, answer := s.send(hand{path: commandsPath, body: s.command(town.Alice, "help"), at: time.Now().Add(off)})
		if status != http.StatusOK || !strings.Contains(answer, "/offboard") {
			t.Errorf("%s off: answered with %d %q, not with the help", off, status, answer)
		}
	}
}

// Authentic, but not for us.
func TestHostileNotForUs(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	who := town.Dana.Email
	bodies := map[string][2]string{
		"command of another team":       {commandsPath, s.command(town.Alice, who, "team_id", "T0OTHER")},
		"command without a team":        {commandsPath, s.command(town.Alice, who, "team_id", "-")},
		"command of another app":        {commandsPath, s.command(town.Alice, who, "api_app_id", "A0OTHER")},
		"command without an app":        {commandsPath, s.command(town.Alice, who, "api_app_id", "-")},
		"another command":               {commandsPath, s.command(town.Alice, who, "command", "/onboard")},
		"command without a name":        {commandsPath, s.command(town.Alice, who, "command", "-")},
		"command without a person":      {commandsPath, s.command(town.Alice, who, "user_id", "-")},
		"a person twice":                {commandsPath, s.command(town.Alice, who) + "&user_id=" + town.Bob},
		"a text twice":                  {commandsPath, s.command(town.Alice, who) + "&text=other"},
		"an empty body":                 {commandsPath, ""},
		"a broken form":                 {commandsPath, s.command(town.Alice, who) + "&x=%zz"},
		"ssl_check":                     {commandsPath, "ssl_check=1&token=legacy"},
		"a command at interactions":     {interactionsPath, s.command(town.Alice, who)},
		"an interaction at commands":    {commandsPath, interaction(object{"type": "block_actions"})},
		"no payload":                    {interactionsPath, "a=b"},
		"a payload that is not JSON":    {interactionsPath, url.Values{"payload": {"{"}}.Encode()},
		"a payload that is a list":      {interactionsPath, interaction([]string{"block_actions"})},
		"an empty payload":              {interactionsPath, interaction(object{})},
		"a type that nobody knows":      {interactionsPath, interaction(object{"type": "block_suggestion"})},
		"two payloads":                  {interactionsPath, interaction(object{}) + "&" + interaction(object{})},
		"a message shortcut":            {interactionsPath, interaction(object{"type": "message_action", "api_app_id": "A0LOCAL"})},
		"a view that nobody opened":     {interactionsPath, interaction(object{"type": "view_submission", "view": object{"callback_id": "ask"}})},
		"an action list that is a word": {interactionsPath, interaction(object{"type": "block_actions", "actions": "approve"})},
	}
	for name, b := range bodies {
		t.Run(name, func(t *testing.T) {
			if status, answer := s.send(hand{path: b[0], body: b[1]}); status != http.StatusOK || answer != "" {
				t.Errorf("answered with %d %q, not 200 with nothing", status, answer)
			}
		})
	}
	s.untouched(town.Dana)
}

// Slack checks the events address with a challenge, which anybody with the signing secret may have back.
func TestHostileChallenge(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	body := `{"type":"url_verification","token":"legacy","challenge":"c-123"}`
	asJSON := http.Header{"Content-Type": {"application/json"}}
	if status, answer := s.send(hand{path: eventsPath, body: body, header: asJSON}); status != http.StatusOK || answer != "c-123" {
		t.Errorf("the challenge is answered with %d %q", status, answer)
	}
	forged := asJSON.Clone()
	forged.Set("X-Slack-Signature", "v0=00")
	if status, answer := s.send(hand{path: eventsPath, body: body, header: forged}); status != http.StatusUnauthorized || answer == "c-123" {
		t.Errorf("a forged challenge is answered with %d %q", status, answer)
	}
	event := `{"type":"event_callback","team_id":"T0LOCAL","api_app_id":"A0LOCAL","event":{"type":"app_mention"}}`
	if status, answer := s.send(hand{path: eventsPath, body: event, header: asJSON}); status != http.StatusOK || answer != "" {
		t.Errorf("an event is answered with %d %q, not 200 with nothing", status, answer)
	}
	s.untouched(town.Dana)
}
