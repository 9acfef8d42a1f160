package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"offboard/internal/sandbox/town"
)

// seenRequest is a request as the page has it from the bot's journal.
type seenRequest struct {
	Name   string
	State  string
	Coming []struct{ At, Says string }
	Events []struct{ Says string }
}

func (s seen) request(name string) seenRequest {
	for _, r := range s.Requests {
		if r.Name == name {
			return r
		}
	}
	return seenRequest{}
}

// cardOf is the card of a request, as it stands now.
func (s seen) cardOf(name string) (shownMessage, bool) {
	for _, m := range s.messages(town.Approvals) {
		if strings.Contains(string(m.Blocks), name+" ") {
			return m, true
		}
	}
	return shownMessage{}, false
}

// replies counts the messages in a request's thread that begin so.
func (s seen) replies(name, words string) int {
	card, _ := s.cardOf(name)
	n := 0
	for _, r := range card.Replies {
		if strings.HasPrefix(r.Text, words) {
			n++
		}
	}
	return n
}

// look is the page as somebody sees it this moment.
func (v visitor) look(as string) seen {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.ctx, http.MethodGet, v.base+"/api/state?as="+as, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var now seen
	if err := json.NewDecoder(res.Body).Decode(&now); err != nil {
		v.t.Fatal(err)
	}
	return now
}

// types has somebody type what comes after /offboard.
func (v visitor) types(as, line string) {
	v.t.Helper()
	v.do("type", map[string]any{"as": as, "channel": town.General, "text": "/offboard " + line})
}

// asks has Alice ask for a removal, and waits for its card.
func (v visitor) asks(line, name string) {
	v.t.Helper()
	v.types(town.Alice, line)
	v.until(town.Bob, "the card of "+name+" is there", func(s seen) bool {
		_, ok := s.cardOf(name)
		return ok
	})
}

// presses has somebody press a button of a request's card, once it has it.
func (v visitor) presses(as, name, action string) {
	v.t.Helper()
	now := v.until(as, name+" can be pressed", func(s seen) bool {
		card, ok := s.cardOf(name)
		return ok && strings.Contains(string(card.Blocks), `"action_id":"`+action+`"`)
	})
	card, _ := now.cardOf(name)
	v.do("press", map[string]any{"as": as, "channel": town.Approvals, "ts": card.TS, "action": action})
}

// hears waits until the thread of a request says so.
func (v visitor) hears(name, words string) seen {
	v.t.Helper()
	return v.until(town.Bob, name+" is told "+words, func(s seen) bool { return s.replies(name, words) > 0 })
}

// goes waits until the page says that this comes to a request, and goes there.
func (v visitor) goes(name, says string) {
	v.t.Helper()
	to := ""
	v.until(town.Bob, says+" comes to "+name, func(s seen) bool {
		for _, c := range s.request(name).Coming {
			if c.Says == says {
				to = c.At
			}
		}
		return to != ""
	})
	v.do("clock", map[string]any{"to": to})
}

// moves moves the time on by a little or much.
func (v visitor) moves(by time.Duration) {
	v.t.Helper()
	v.do("clock", map[string]any{"by": int64(by / time.Second)})
}

// ahead is a moment of the sandbox's time as /offboard takes it.
func (v visitor) ahead(by time.Duration) string {
	v.t.Helper()
	return time.Now().Add(time.Duration(v.look(town.Bob).Ahead)*time.Millisecond + by).UTC().Format("2006-01-02T15:04Z")
}

// writes is how many destructive calls a provider has received.
func (v visitor) writes(provider string) int {
	v.t.Helper()
	_, n := v.look(town.Bob).state(provider, "")
	return n
}
