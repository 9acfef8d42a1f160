package page

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// state is all that the page shows to somebody.
type state struct {
	Me        string            `json:"me"`
	People    []person          `json:"people"`
	Names     map[string]string `json:"names"` // of people, the bot, channels and the group
	Channels  []channel         `json:"channels"`
	App       app               `json:"app"`
	Views     []view            `json:"views"` // the uppermost last
	Providers []provider        `json:"providers"`
	Slack     slack             `json:"slack"`
	Attacks   attacks           `json:"attacks"`
	Requests  []request         `json:"requests"` // the newest first
	Ahead     int64             `json:"ahead"`    // of the machine's clock, in milliseconds
	Rules     rules             `json:"rules"`
	Commands  []command         `json:"commands"`
	Ours      bool              `json:"ours"` // the bot is ours: it has providers and a journal
	Try       string            `json:"try"`  // a first command

	MostFile  int             `json:"mostFile"`            // bytes of a message's files
	Mentioned map[string]file `json:"mentioned,omitempty"` // files that blocks name, by how they name them
}

type person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Part string `json:"part"`
	Zone string `json:"zone"` // as in the IANA database
}

// command is what the composer offers.
type command struct {
	Name string `json:"name"`
	Hint string `json:"hint"`
}

type channel struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Direct   bool      `json:"direct"`
	Shared   bool      `json:"shared"` // with another company
	Messages []message `json:"messages"`
}

type message struct {
	TS      string          `json:"ts"`
	User    string          `json:"user"`
	Bot     bool            `json:"bot"`
	Private bool            `json:"private"` // only this person sees it
	Edited  bool            `json:"edited"`
	Text    string          `json:"text"`
	Blocks  json.RawMessage `json:"blocks,omitempty"`
	Replies []message       `json:"replies,omitempty"`
	Files   []file          `json:"files,omitempty"`

	Attachments json.RawMessage `json:"attachments,omitempty"`
	Reactions   []reaction      `json:"reactions,omitempty"`
	Request     string          `json:"request,omitempty"` // it is the card of OFF-1
}

type view struct {
	ID     string            `json:"id"`
	Hash   string            `json:"hash"`
	Title  string            `json:"title"`
	Submit string            `json:"submit"` // empty: nothing can be submitted
	Close  string            `json:"close"`
	Blocks json.RawMessage   `json:"blocks"`
	Errors map[string]string `json:"errors"`
}

type provider struct {
	Name     string         `json:"name"`
	Accounts []town.Account `json:"accounts"`
	Calls    []call         `json:"calls"` // the newest first
	More     int            `json:"more"`  // calls that are not listed
	Mode     fault.Mode     `json:"mode"`
	Match    string         `json:"match"`
}

type call struct {
	At     string `json:"at"`
	Line   string `json:"line"`
	Write  bool   `json:"write"`
	Status int    `json:"status"` // 0: no answer, or not yet
	Effect string `json:"effect"`
}

// look is the state as somebody sees it now.
func (s *server) look(ctx context.Context, as string) []byte {
	all := s.ledger.read(ctx, s.records)
	out := state{
		Me: as, App: s.app(as), Names: map[string]string{}, Views: []view{}, Commands: []command{}, Providers: []provider{},
		Slack: s.slack(), Requests: []request{}, Ahead: s.town.Clock.Ahead().Milliseconds(), MostFile: s.town.Slack.Config().MostFile, Rules: s.rules(),
		Attacks: s.attacks(folds(all)),
	}
	if s.records != nil {
		out.Ours, out.Try, out.Commands, out.Requests = true, firstCommand, []command{{town.Command, town.Hint}}, requests(all, s.town.Clock.Now())
		for _, name := range town.Providers() {
			out.Providers = append(out.Providers, s.provider(name))
		}
	}
	for _, id := range town.Everybody() {
		out.People = append(out.People, person{ID: id, Name: town.Name(id), Part: s.town.Part(id), Zone: town.Zone(id)})
	}
	for _, id := range slices.Concat(town.Everybody(), town.Channels(), []string{town.Approvers}) {
		out.Names[id] = town.Name(id)
	}
	out.Names[out.App.ID] = out.App.Name
	for _, id := range s.places(as) {
		out.Channels = append(out.Channels, s.channel(as, id, out.Requests))
	}
	for _, v := range s.town.Slack.Views(as) {
		out.Views = append(out.Views, view{
			ID: v.ID, Hash: v.Hash, Title: v.Title, Submit: v.Submit, Close: cmp.Or(v.Close, "Cancel"), Blocks: v.Blocks, Errors: v.Errors,
		})
	}
	raw := out.marshal()
	if out.Mentioned = s.mentioned(as, raw); len(out.Mentioned) > 0 {
		return out.marshal()
	}
	return raw
}

func (s state) marshal() []byte {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // texts, numbers, and blocks that were JSON already
	}
	return raw
}

func (s *server) channel(as, id string, requests []request) channel {
	out := channel{ID: id, Name: town.Name(id), Shared: s.town.Slack.Shared(id), Messages: []message{}}
	if id == town.Direct(as) {
		out.Direct, out.Name = true, s.town.Slack.Config().BotName
	}
	for _, m := range s.town.Slack.Messages(id) {
		shown := s.show(m, false)
		shown.Request = cardOf(requests, id, m.TS)
		for _, reply := range s.town.Slack.Thread(id, m.TS) {
			shown.Replies = append(shown.Replies, s.show(reply, false))
		}
		out.Messages = append(out.Messages, shown)
	}
	for _, e := range s.town.Slack.Ephemerals(as) {
		if e.Channel == id {
			out.Messages = append(out.Messages, s.show(e.Message, true))
		}
	}
	slices.SortStableFunc(out.Messages, func(a, b message) int { return strings.Compare(a.TS, b.TS) })
	return out
}

func (s *server) show(m workspace.Message, private bool) message {
	return message{
		TS: m.TS, User: m.User, Bot: m.BotID != "", Private: private, Edited: m.EditedTS != "", Text: m.Text, Blocks: m.Blocks,
		Attachments: m.Attachments, Reactions: reactions(m), Files: s.files(m),
	}
}

// mostCalls is how many of a provider's calls the page lists.
const mostCalls = 40

func (s *server) provider(name string) provider {
	faults := s.town.Faults(name)
	out := provider{Name: name, Accounts: s.town.Accounts(name), Calls: []call{}, Mode: fault.None, Match: "write"}
	for match, f := range faults.Active() {
		out.Match, out.Mode = match, f.Mode
	}
	if o := s.town.Outage(name); o != town.Up {
		out.Match, out.Mode = string(o), down
	}
	all := faults.Calls()
	slices.Reverse(all)
	out.More = max(0, len(all)-mostCalls)
	for _, c := range all[:len(all)-out.More] {
		out.Calls = append(out.Calls, call{
			At: c.At.UTC().Format(time.RFC3339), Line: c.Method + " " + c.Path, Write: c.Write, Status: c.Status, Effect: c.Effect,
		})
	}
	return out
}

func whose(w http.ResponseWriter, r *http.Request) (string, bool) {
	as := r.URL.Query().Get("as")
	ok := slices.Contains(town.Everybody(), as)
	if !ok {
		refuse(w, http.StatusNotFound, "Nobody here is called that.")
	}
	return as, ok
}

func (s *server) serveState(w http.ResponseWriter, r *http.Request) {
	if as, ok := whose(w, r); ok {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(s.look(r.Context(), as))
	}
}

// How the page is kept up to date: at most so often, and so often for what the workspace does not know of, the providers.
const (
	atMost  = 100 * time.Millisecond
	atLeast = 400 * time.Millisecond
)

// serveEvents sends the state now and whenever it has changed, until the page goes away.
func (s *server) serveEvents(w http.ResponseWriter, r *http.Request) {
	as, ok := whose(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	var seen []byte
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-pause.C:
		}
		if now, changed := s.next(r.Context(), as, seen); changed {
			seen = now
			if _, err := fmt.Fprintf(w, "data: %s\n\n", now); err != nil || out.Flush() != nil {
				return
			}
		}
		pause.Reset(atMost)
	}
}

// next looks, and where nothing has changed waits a little for something that may change the state. It looks once: what changes much and often is not
// looked at each time.
func (s *server) next(ctx context.Context, as string, seen []byte) (now []byte, changed bool) {
	ctx, cancel := context.WithTimeout(ctx, atLeast)
	defer cancel()
	err := s.town.Slack.Wait(ctx, func() bool {
		if now != nil {
			return true
		}
		now = s.look(ctx, as)
		changed = !bytes.Equal(now, seen)
		return changed
	})
	return now, changed && err == nil
}
