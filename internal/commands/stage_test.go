package commands_test

import (
	"encoding/json"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/commands"
	"offboard/internal/journal/embedded"
	"offboard/internal/providers"
)

// The people: Alice asks; Bob and Bea approve, Bea through a group; Carol may do neither; Dana is to be removed and is an approver too;
// Gus is a guest and Sid a stranger.
const (
	alice, bob, bea, carol, dana, gus, sid = "U0ALICE", "U0BOB", "U0BEA", "U0CAROL", "U0DANA", "U0GUS", "U0SID"
	nomail                                 = "U0NOMAIL"
)

func deletes() providers.ActionInfo { return providers.ActionInfo{Action: providers.Delete} }

func deactivates() providers.ActionInfo {
	return providers.ActionInfo{Action: providers.Deactivate, Reversible: true, Warning: "w", Undo: "u"}
}

func account(provider, id, email string) providers.Account {
	return providers.Account{
		Provider: provider, Tenant: "t1", ID: id, Name: "Name of " + id, Email: email, State: providers.StateActive, StateWord: "ACTIVE",
	}
}

// stage is the service over the real book and journal, with everybody and everything else played.
type stage struct {
	t     *testing.T
	store *store
	book  *shelf
	dir   *directory
	forms *forms
	eins  *idp // knows dana (101), twin (102, 103) and both (104); deletes
	zwei  *idp // knows both (201) and pat (202); deactivates, and deletes
	set   commands.Settings
	at    time.Time // the clock
	sent  int       // deliveries
}

func newStage(t *testing.T) *stage {
	t.Helper()
	j, err := embedded.Open(filepath.Join(t.TempDir(), "offboard.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &stage{t: t, store: &store{Journal: j}, forms: &forms{}, dir: workspace(), at: time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC)}
	s.book = &shelf{Book: book.New(s.store, s.now)}
	s.eins = &idp{name: "eins", vendor: "Eins", self: "999", actions: []providers.ActionInfo{deletes()}, accounts: []providers.Account{
		account("eins", "101", "dana@example.com"), account("eins", "102", "twin@example.com"), account("eins", "103", "TWIN@example.com"),
		account("eins", "104", "both@example.com"), account("eins", "999", "bot@example.com"), account("eins", "105", ""),
	}}
	s.zwei = &idp{name: "zwei", vendor: "Zwei", actions: []providers.ActionInfo{deactivates(), deletes()}, accounts: []providers.Account{
		account("zwei", "201", "both@example.com"), account("zwei", "202", "pat@example.com"), account("zwei", "203", "alice@example.com"),
	}}
	s.set = commands.Settings{
		Command: "/goodbye", Writes: true, Requesters: commands.Rights{Users: []string{alice, bea}},
		Approvers: commands.Rights{Users: []string{alice, bob, dana}, Groups: []string{"S1"}},
	}
	return s
}

func workspace() *directory {
	d := &directory{people: map[string]approvals.Person{}, groups: map[string][]string{"S1": {bea}}}
	for id, email := range map[string]string{
		alice: "alice@example.com", bob: "bob@example.com", bea: "bea@example.com", carol: "carol@example.com", dana: "dana@example.com", nomail: "",
	} {
		d.people[id] = approvals.Person{ID: id, Email: email}
	}
	d.unwelcome = map[string]*commands.Unwelcome{
		gus: {Why: "guest", Say: "Guests cannot.", Person: approvals.Person{ID: gus}},
		sid: {Why: "stranger", Say: "Strangers cannot.", Silent: true},
	}
	return d
}

func (s *stage) now() time.Time { return s.at }

func (s *stage) service() *commands.Service {
	return commands.New(s.book, s.dir, s.forms, []providers.Provider{s.eins, s.zwei}, s.set, s.now, slog.New(slog.DiscardHandler))
}

// delivery is one that was never seen before.
func (s *stage) delivery() commands.Delivery {
	s.sent++
	return commands.Delivery{Keys: []string{"trigger/" + strconv.Itoa(s.sent), "body/" + strconv.Itoa(s.sent)}}
}

// outcome is everything that the sender got to see.
type outcome struct {
	ack  commands.Ack
	told []commands.Reply
	err  error
}

func (o outcome) text() string {
	parts := []string{o.ack.Text}
	for _, r := range o.told {
		parts = append(parts, r.Text)
	}
	for field, text := range o.ack.Errors {
		parts = append(parts, field+": "+text)
	}
	return strings.Join(parts, "\n")
}

// finish carries out what follows the acknowledgement.
func (s *stage) finish(to *replies, ack commands.Ack, later commands.Later, err error) outcome {
	if later != nil {
		later(s.t.Context())
	}
	return outcome{ack: ack, told: to.got, err: err}
}

func (s *stage) types(user, text string) outcome {
	s.t.Helper()
	to := &replies{}
	ack, later, err := s.service().Command(s.t.Context(), commands.Command{
		From: commands.Sender{UserID: user}, Delivery: s.delivery(), Channel: "C1", Text: text, TriggerID: "t", Reply: to,
	})
	return s.finish(to, ack, later, err)
}

// click is a click on a request's card.
func (s *stage) click(user string, b approvals.Button, r *approvals.Request) commands.Click {
	value, err := json.Marshal(map[string]string{"r": r.ID, "d": r.Digest})
	if err != nil {
		s.t.Fatal(err)
	}
	return commands.Click{
		From: commands.Sender{UserID: user}, Delivery: s.delivery(), Action: string(b), Value: string(value),
		Channel: home.Channel, TS: home.TS, TriggerID: "t",
	}
}

func (s *stage) send(c commands.Click) outcome {
	s.t.Helper()
	to := &replies{}
	c.Reply = to
	ack, later, err := s.service().Click(s.t.Context(), c)
	return s.finish(to, ack, later, err)
}

func (s *stage) submit(v commands.Submit) outcome {
	s.t.Helper()
	to := &replies{}
	v.Reply = to
	if v.Delivery.Keys == nil {
		v.Delivery = s.delivery()
	}
	ack, later, err := s.service().Submit(s.t.Context(), v)
	return s.finish(to, ack, later, err)
}

// requested is Alice's request for Dana's account, its card on record.
func (s *stage) requested() *approvals.Request {
	s.t.Helper()
	if o := s.types(alice, "dana@example.com reason:left"); o.err != nil {
		s.t.Fatal(o.err)
	}
	return s.number(1)
}

func (s *stage) number(n int) *approvals.Request {
	s.t.Helper()
	r, err := s.book.Numbered(s.t.Context(), n)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// recorded is how many requests there are.
func (s *stage) recorded() int {
	s.t.Helper()
	info, err := s.store.Info(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return info.Length
}

// happens puts events on record as if other parts of the bot had.
func (s *stage) happens(r *approvals.Request, events ...approvals.Event) {
	s.t.Helper()
	_, err := s.book.Update(s.t.Context(), r.ID, func(*approvals.Request, time.Time) ([]approvals.Event, error) { return events, nil })
	if err != nil {
		s.t.Fatal(err)
	}
}

// decisions are a request's events but for its beginning and receipts.
func decisions(r *approvals.Request) []approvals.Event {
	var out []approvals.Event
	for _, e := range r.Events {
		if !e.Kind.Receipt() && e.Kind != approvals.Requested {
			out = append(out, e)
		}
	}
	return out
}

// check fails unless the outcome is acknowledged and has the text in it.
func check(t *testing.T, o outcome, want string) {
	t.Helper()
	if o.err != nil {
		t.Errorf("err = %v", o.err)
	}
	checkText(t, o, want)
}

// checkUndecided fails unless the outcome is not acknowledged and the person is told the text.
func checkUndecided(t *testing.T, o outcome, want string) {
	t.Helper()
	if o.err == nil {
		t.Error("acknowledged, though nothing is on record")
	}
	checkText(t, o, want)
}

func checkText(t *testing.T, o outcome, want string) {
	t.Helper()
	if !strings.Contains(o.text(), want) {
		t.Errorf("said %q, want %q in it", o.text(), want)
	}
	if strings.Contains(o.text(), "/offboard") {
		t.Errorf("said %q, though the command is called /goodbye here", o.text())
	}
}
