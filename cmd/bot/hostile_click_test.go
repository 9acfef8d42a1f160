package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// edited is a click whose button carries something else than the card gave it.
func (s *stage) edited(user string, card workspace.Message, change func(value object)) object {
	s.t.Helper()
	value := object{}
	if err := json.Unmarshal([]byte(valueOf(card)), &value); err != nil {
		s.t.Fatal(err)
	}
	change(value)
	raw, err := json.Marshal(value)
	if err != nil {
		s.t.Fatal(err)
	}
	p := s.click(user, card, "approve")
	p["actions"].([]object)[0]["value"] = string(raw)
	return p
}

// A click belongs to the message that it was made on; its value is only cross-checked (design §9).
func TestHostileClicks(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	card, other := s.ask(town.Dana, ""), s.ask(town.Rosa, "")
	copied := s.slack.Insert(workspace.Message{Channel: town.General, User: town.Nadia, Text: card.Text, Blocks: card.Blocks})
	same := s.slack.Insert(workspace.Message{Channel: town.Approvals, User: town.Nadia, Text: card.Text, Blocks: card.Blocks})
	from := func(m workspace.Message) object { return s.click(town.Bob, m, "approve") }
	contradicts := from(card)
	contradicts["message"] = object{"ts": other.TS}
	noPlace := from(card)
	noPlace["container"], noPlace["channel"], noPlace["message"] = object{"type": "message"}, nil, nil
	cases := []struct {
		name    string
		payload object
		told    string // empty: not for us, or nobody to tell
	}{
		{"a copy in another channel", from(copied), "not the card of OFF-1"},
		{"a copy in the approvals channel", from(same), "not the card of OFF-1"},
		{"another request's id", s.edited(town.Bob, card, func(v object) { v["r"] = requestOf(t, other) }), "not the card of OFF-2"},
		{"another digest", s.edited(town.Bob, card, func(v object) { v["d"] = strings.Repeat("0", 64) }), "has changed since"},
		{"no digest", s.edited(town.Bob, card, func(v object) { delete(v, "d") }), "has changed since"},
		{"an unknown request", s.edited(town.Bob, card, func(v object) { v["r"] = "NOSUCHREQUEST" }), "no request on record"},
		{"no request", s.edited(town.Bob, card, func(v object) { delete(v, "r") }), ""},
		{"places that contradict each other", contradicts, ""},
		{"no place", noPlace, "not the card of OFF-1"},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			before := len(s.heard(town.Bob))
			s.deliver(interactionsPath, interaction(x.payload))
			if x.told == "" {
				return
			}
			s.until("Bob is answered", func() bool { return len(s.heard(town.Bob)) > before })
			if got := s.heard(town.Bob)[before]; !strings.Contains(got, x.told) {
				t.Errorf("told %q, not %q", got, x.told)
			}
		})
	}
	s.shapes(card)
	if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 0 {
		t.Fatalf("ECGrid got %d calls", r.Writes)
	}
	s.press(town.Bob, card, "approve")
	s.thread(card, "Done")
	if r := s.town.Record("ecgrid", town.Rosa.ID); r.Writes != 0 {
		t.Errorf("ECGrid got %d calls for somebody else", r.Writes)
	}
}

func requestOf(t *testing.T, card workspace.Message) any {
	t.Helper()
	var v object
	if err := json.Unmarshal([]byte(valueOf(card)), &v); err != nil {
		t.Fatal(err)
	}
	return v["r"]
}

// shapes delivers clicks of shapes that are odd or not ours. None of them has an effect or an answer.
func (s *stage) shapes(card workspace.Message) {
	s.t.Helper()
	before := len(s.heard(town.Bob))
	with := func(key string, value any) object {
		p := s.click(town.Bob, card, "approve")
		p[key] = value
		return p
	}
	approve := s.click(town.Bob, card, "approve")["actions"].([]object)[0]
	deny := s.click(town.Bob, card, "deny")["actions"].([]object)[0]
	for _, p := range []object{
		with("actions", []object{}), with("actions", nil), with("actions", []any{nil}), with("actions", []any{"approve"}),
		with("actions", []object{approve, deny}), with("actions", []object{{"action_id": "explode", "type": "button"}}),
		with("team", object{"id": "T0OTHER"}), with("team", nil), with("api_app_id", "A0OTHER"), with("api_app_id", ""),
		with("user", object{}), with("user", object{"id": "<!channel>"}), with("type", "interactive_message"), with("type", 7),
		with("container", object{"type": "view", "view_id": "V1"}),
	} {
		if answer := s.deliver(interactionsPath, interaction(p)); answer != "" {
			s.t.Errorf("answered with %q, not with nothing", answer)
		}
	}
	payload := interaction(s.click(town.Bob, card, "approve"))
	s.deliver(interactionsPath+"?"+payload, "a=b")               // facts/slack.md: a payload in the query string forged approvals
	s.deliver(interactionsPath+"?"+payload, payload+"&"+payload) // twice
	if got := s.heard(town.Bob)[before:]; len(got) > 0 {
		s.t.Errorf("told %q, not nothing", got)
	}
}

// A malformed block beside ours does not cost the click (facts/slack.md).
func TestHostileMalformedBlock(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	card := s.ask(town.Dana, "")
	p := s.click(town.Bob, card, "approve")
	p["message"] = object{"ts": card.TS, "blocks": []any{object{"type": "actions", "elements": "none"}, 7, nil, object{"type": "section", "text": 1}}}
	actions := p["actions"].([]object)
	delete(actions[0], "block_id")
	p["actions"] = []any{object{"type": "button", "action_id": 9}, actions[0]}
	p["state"] = object{"values": "none"}
	s.deliver(interactionsPath, interaction(p))
	s.thread(card, "Done")
}

// A click that is faster than Slack's answer to the card's own post waits for it, inside Slack's three seconds.
func TestHostileEarlyClick(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{between: late(1500 * time.Millisecond)})
	s.deliver(commandsPath, s.command(town.Alice, town.Dana.Email))
	card := s.card(town.Dana.ID)
	start := time.Now()
	s.press(town.Bob, card, "approve")
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("acknowledged after %s: Slack waits for three seconds", took)
	}
	s.thread(card, "Done")
	if got := s.heard(town.Bob); len(got) > 0 {
		t.Errorf("Bob was told %q, not nothing", got)
	}
}

// late lets Slack do what chat.postMessage asks for at once, and answer later.
func late(by time.Duration) func(next http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/chat.postMessage") {
				next.ServeHTTP(w, r)
				return
			}
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			hold := time.NewTimer(by)
			defer hold.Stop()
			select {
			case <-hold.C:
			case <-r.Context().Done():
			}
			w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
			w.WriteHeader(answer.Code)
			_, _ = w.Write(answer.Body.Bytes())
		})
	}
}

// What was approved is what is done: an account that is not as it was shown voids the approvals, shows what is different and asks again.
func TestHostileDrift(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	card := s.ask(town.Dana, "")
	u, _ := s.town.ECGrid.User(1201)
	u.Email, u.LastName = "dana.new@example.com", "Mountain"
	s.town.ECGrid.Put(u)
	s.press(town.Bob, card, "approve")
	s.thread(card, "approvals are void")
	s.until("the card asks again", func() bool {
		now := string(s.now(card).Blocks)
		return strings.Contains(now, "dana.new@example.com") && strings.Contains(now, "0 of 1 approvals") && buttonsOn(s.now(card))
	})
	if now := string(s.now(card).Blocks); !strings.Contains(now, "e-mail: dana.hill@example.com → dana.new@example.com") {
		t.Errorf("the card does not say what is different: %s", now)
	}
	if r := s.town.Record("ecgrid", "1201"); r.Writes != 0 {
		t.Fatalf("ECGrid got %d calls", r.Writes)
	}
	s.press(town.Carol, card, "approve") // still with the buttons of the card as it was
	s.told(town.Carol, "has changed since")
	s.press(town.Carol, s.now(card), "approve")
	s.thread(card, "Done")
	if r := s.town.Record("ecgrid", "1201"); r.Writes != 1 || r.State != "Terminated" {
		t.Errorf("ECGrid has %+v on record", r)
	}
}

// Gone before the call is already done, without a call; and what only changes with a sign-in voids nothing.
func TestHostileRecheck(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		change func(*localecgrid.User)
		ends   string
		writes int
	}{
		"terminated meanwhile": {func(u *localecgrid.User) { u.Status = localecgrid.Terminated }, "Already terminated", 0},
		"not visible any more": {func(u *localecgrid.User) { u.Invisible = true }, "Outcome unknown", 0},
		"signed in meanwhile":  {func(u *localecgrid.User) { u.LastLogin, u.Modified = time.Now(), time.Now() }, "Done", 1},
		"suspended meanwhile":  {func(u *localecgrid.User) { u.Status = localecgrid.Suspended }, "approvals are void", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{})
			card := s.ask(town.Dana, "")
			u, _ := s.town.ECGrid.User(1201)
			x.change(&u)
			s.town.ECGrid.Put(u)
			s.press(town.Bob, card, "approve")
			s.thread(card, x.ends)
			s.stop()
			if r := s.town.Record("ecgrid", "1201"); r.Writes != x.writes {
				t.Errorf("ECGrid got %d calls, not %d", r.Writes, x.writes)
			}
		})
	}
}
