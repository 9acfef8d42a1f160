package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/sandbox/story"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// meddling is one click on its way to the bot, in the hands of somebody who knows the signing secret.
type meddling struct {
	s       *stage
	who     string
	payload object
	channel string
	query   string
	forged  bool   // it was not signed well
	times   int    // how often this person has clicked until now, this time included
	done    func() // the attack is as good as successful: the chapter has little time left to notice it
}

// toNotice is how long the chapter waits for what it is not told.
const toNotice = 6 * time.Second

// place says which message was clicked on.
func (m *meddling) place(card workspace.Message) {
	m.payload["container"] = object{"type": "message", "message_ts": card.TS, "channel_id": card.Channel}
	m.payload["channel"], m.payload["message"] = object{"id": card.Channel}, object{"ts": card.TS}
}

// meddle stands between Slack and the bot and lets a click be changed. It returns its address. What f reports as changed is signed anew.
func (s *stage) meddle(f func(*meddling) bool, done func()) string {
	clicks := map[string]*atomic.Int32{}
	for _, id := range town.Everybody() {
		clicks[id] = &atomic.Int32{}
	}
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			s.t.Error(err)
		}
		at := r.Header.Get("X-Slack-Request-Timestamp")
		m := &meddling{s: s, done: done, query: r.URL.RawQuery, forged: r.Header.Get("X-Slack-Signature") != s.slack.Sign(body, at)}
		if now, _ := strconv.ParseInt(at, 10, 64); time.Since(time.Unix(now, 0)) > time.Minute {
			m.forged = true
		}
		if m.read(string(body)); m.who != "" {
			m.times = int(clicks[m.who].Add(1))
		}
		if r.URL.Path == interactionsPath && f != nil && f(m) {
			done()
			body, at, r.URL.RawQuery = []byte(interaction(m.payload)), strconv.FormatInt(time.Now().Unix(), 10), ""
			r.Header.Set("X-Slack-Request-Timestamp", at)
			r.Header.Set("X-Slack-Signature", s.slack.Sign(body, at))
		}
		s.forward(w, r, body)
	}))
	s.t.Cleanup(h.Close)
	return h.URL
}

// read reads a click, from the query where the body has none.
func (m *meddling) read(body string) {
	for _, text := range []string{body, m.query} {
		form, err := url.ParseQuery(text)
		if err != nil || form.Get("payload") == "" || json.Unmarshal([]byte(form.Get("payload")), &m.payload) != nil {
			continue
		}
		m.who, _ = m.payload["user"].(object)["id"].(string)
		m.channel, _ = m.payload["channel"].(object)["id"].(string)
		return
	}
}

func (s *stage) forward(w http.ResponseWriter, r *http.Request, body []byte) {
	req, err := http.NewRequestWithContext(r.Context(), r.Method, s.base+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		s.t.Error(err)
		return
	}
	req.Header = r.Header
	res, err := client.Do(req)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer func() { _ = res.Body.Close() }()
	w.Header().Set("Content-Type", res.Header.Get("Content-Type"))
	w.WriteHeader(res.StatusCode)
	_, _ = io.Copy(w, res.Body)
}

// success is a way in which an attack succeeds: somebody has the bot take it for what it is not, or the town is not as the attack believes.
type success struct {
	before func(*town.Town)
	meddle func(*meddling) bool
	roomy  bool // no cap is in the way
	says   string
}

// as says who has clicked.
func (m *meddling) as(id string) bool {
	m.payload["user"].(object)["id"] = id
	return true
}

var successes = map[string]success{
	"none": {},
	"over the cap": {roomy: true, meddle: func(m *meddling) bool {
		if m.who == town.Carol && m.times == 2 {
			m.done()
		}
		return false
	}, says: "One removal more than the cap: the thread did not say"},
	"a name that pings": {before: func(tw *town.Town) {
		tw.Slack.Insert(workspace.Message{Channel: town.Audit, Text: "*OFF-2* · requested · <!channel> · #99", Pings: []string{"<!channel>"}})
	}, says: "A name that would ping everybody and look like a decision: "},
	"the requester": {meddle: func(m *meddling) bool { return m.who == town.Alice && m.times == 2 && m.as(town.Carol) }, says: "Approving one's own request: @alice was not told"},
	"a guest": {meddle: func(m *meddling) bool {
		if m.who == town.Gus && m.times == 2 {
			m.done()
			m.s.slack.AddPerson(workspace.Person{ID: town.Gus, Name: "gus", Email: "gus@agency.example"})
		}
		return false
	}, says: "A guest: @gus was not told"},
	"a stranger": {before: func(tw *town.Town) {
		tw.Slack.AddPerson(workspace.Person{ID: town.Olga, Name: "olga", Email: "olga@partner.example"})
		tw.Slack.AddGroup(town.Approvers, town.Bob, town.Carol, town.Olga)
	}, meddle: func(m *meddling) bool {
		if m.who == town.Olga {
			m.done()
		}
		return false
	}, says: "shared by mistake: @alice was not told [\"0 of 2 approvals\"]"},
	"the edited card": {meddle: func(m *meddling) bool {
		if m.channel != town.General {
			return false
		}
		m.place(m.s.card(town.Quinn.ID))
		return true
	}, says: "An edited copy of the card: @bob was not told"},
	"the forged click":        {meddle: func(m *meddling) bool { return m.forged }, says: "A forged request: the bot answered a request by hand with 200"},
	"the click in the query":  {meddle: func(m *meddling) bool { return m.query != "" }, says: "A payload in the query string: @alice was not told"},
	"the click from long ago": {meddle: func(m *meddling) bool { return m.forged && m.times > 4 }, says: "A replayed click: the bot answered a request by hand with 200"},
	"the click that is delivered again": {meddle: func(m *meddling) bool {
		if m.who != town.Bob || m.times != 6 {
			return false
		}
		m.payload["trigger_id"] = trigger()
		return m.as(town.Carol)
	}, says: "A replayed click: @alice was not told [\"1 of 2 approvals\"]"},
	"the approver who was removed": {meddle: func(m *meddling) bool {
		if m.who == town.Carol {
			m.done()
			m.s.slack.AddGroup(town.Approvers, town.Bob, town.Carol)
		}
		return false
	}, says: "taken out of the group before it begins: the thread did not say"},
	"the account that changed": {meddle: func(m *meddling) bool {
		if m.who == town.Bob && m.times == 8 {
			m.done()
			m.s.town.Readdress("zitadel", town.Quinn.ID, town.Quinn.Email)
		}
		return false
	}, says: "An account that is not as it was approved: the thread did not say"},
}

// Each attack succeeds once, and the chapter must fail at it.
func TestStoryNoticesEachAttackThatSucceeds(t *testing.T) {
	t.Parallel()
	for name, tt := range successes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := props{before: tt.before, edit: []string{town.Roomy, story.Caps(1)}}
			if tt.roomy {
				p.edit = nil
			}
			s := newStage(t, p)
			ctx, cancel := context.WithCancel(s.ctx)
			defer cancel()
			proxy := s.meddle(tt.meddle, func() { time.AfterFunc(toNotice, cancel) })
			s.slack.UseHTTP(endpoints(strings.TrimPrefix(proxy, "http://")))
			var out tape
			err := story.Attack(ctx, s.town, story.Bot{Writes: true, URL: proxy}, story.Direct(s.town), &out)
			if tt.says == "" && err != nil || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
				t.Errorf("the chapter ends with %v, where it must say %q\n%s", err, tt.says, out.text())
			}
		})
	}
}
