package page

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/journal"
	"offboard/internal/providers"
	"offboard/internal/sandbox/browsertest"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// openRequest is a bot with one open request, which holds to what it is made to answer.
type openRequest struct {
	*world
	card workspace.Message

	mu       sync.Mutex
	events   []approvals.Event
	status   int
	gullible bool // it counts a click, whatever else it answers
	got      []string
}

// Each gives the journal.
func (b *openRequest) Each(_ context.Context, f func(journal.Log) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return f(logged(b.t, 1, b.events...))
}

// ServeHTTP takes in what Slack signs, and what it does not.
func (b *openRequest) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		b.t.Error(err)
	}
	at := r.Header.Get("X-Slack-Request-Timestamp")
	signed := "ill"
	if r.Header.Get("X-Slack-Signature") == b.town.Slack.Sign(raw, at) {
		signed = "well"
	}
	when, _ := strconv.ParseInt(at, 10, 64)
	age := b.town.Clock.Now().Sub(time.Unix(when, 0)).Round(time.Minute)
	where := "query"
	form, _ := url.ParseQuery(string(raw))
	if form.Has("payload") {
		where = "body"
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, strings.Join([]string{r.URL.Path, "signed", signed, age.String(), "ago, in the", where}, " "))
	if b.gullible {
		b.events = append(b.events, approvals.Event{Kind: approvals.Approved, By: approvals.Person{ID: town.Bob}})
	}
	w.WriteHeader(b.status)
}

func newOpenRequest(t *testing.T) *openRequest {
	t.Helper()
	b := &openRequest{status: http.StatusOK}
	app := httptest.NewServer(b)
	t.Cleanup(app.Close)
	b.world = newWorldWith(t, func(w *world) Bot {
		b.world = w
		return Bot{Records: b, URL: app.URL}
	})
	b.town.Slack.UseHTTP(workspace.Endpoints{Interactions: app.URL + "/slack/interactions"})
	b.card = b.town.Slack.Insert(workspace.Message{Channel: town.Approvals, User: "U0LOCALBOT", BotID: "B0LOCAL", Text: "a card", Blocks: json.RawMessage(
		`[{"type":"header","text":{"type":"plain_text","text":"deactivate an account"}},` +
			`{"type":"actions","block_id":"decide","elements":[{"type":"button","action_id":"approve","value":"r1","text":{"type":"plain_text","text":"Approve"},` +
			`"confirm":{"title":{"type":"plain_text","text":"Really?"}}}]}]`)})
	plan := &approvals.Plan{Steps: []approvals.Step{{
		Vendor: "ZITADEL", Action: providers.Deactivate, Account: providers.Account{Provider: "zitadel-v1", ID: town.Quinn.ID, Email: town.Quinn.Email},
	}}}
	b.events = []approvals.Event{
		{Kind: approvals.Requested, By: approvals.Person{ID: town.Alice}, Plan: plan, Policy: &approvals.Policy{Approvals: 2, Expires: time.Hour, Window: time.Hour}},
		{Kind: approvals.Told, Key: approvals.KeyCard, Upto: 1, Place: approvals.Place{Channel: town.Approvals, TS: b.card.TS}},
	}
	return b
}

func (b *openRequest) set(status int, gullible bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status, b.gullible = status, gullible
}

// try attacks, and returns what the page says came of it.
func (b *openRequest) try(a attack) tried {
	b.t.Helper()
	if status, wrong := b.send("attack", a, nil); status != http.StatusOK {
		b.t.Fatalf("%+v: %d %s", a, status, wrong)
	}
	all := b.state(town.Nadia).Attacks.Tried
	if len(all) == 0 || all[0].Do != a.Do {
		b.t.Fatalf("%+v is not the last that was tried: %+v", a, all)
	}
	return all[0]
}

// What is sent by hand is what it says, and what came of it is told as it was, also where the bot believes it.
func TestWhatIsSentByHandAndWhatCameOfIt(t *testing.T) {
	t.Parallel()
	const deaf, gullible = http.StatusUnauthorized, true
	for name, tt := range map[string]struct {
		do       string
		status   int
		gullible bool
		sent     string
		says     string
	}{
		"forged":                {"forge", deaf, false, "signed ill 0s ago, in the body", "A click in bob's name. The bot answered 401: nothing was counted."},
		"old":                   {"old", deaf, false, "signed well 10m0s ago, in the body", "A click in bob's name. The bot answered 401: nothing was counted."},
		"in the query":          {"query", http.StatusOK, false, "signed well 0s ago, in the query", "A click in bob's name. The bot answered 200 and counted nothing."},
		"again":                 {"again", http.StatusOK, false, "signed well 0s ago, in the body", "bob's click on Approve was delivered again. The bot answered 200 and counted it once."},
		"forged, and believed":  {"forge", http.StatusOK, gullible, "signed ill", "The bot answered 200 and counted it: the attack succeeded."},
		"old, and believed":     {"old", http.StatusOK, gullible, "signed well", "The bot answered 200 and counted it: the attack succeeded."},
		"query, and believed":   {"query", http.StatusOK, gullible, "signed well", "The bot answered 200 and counted it: the attack succeeded."},
		"again, and twice":      {"again", http.StatusOK, gullible, "signed well", "The bot answered 200 and counted it: the attack succeeded."},
		"refused, yet believed": {"forge", deaf, gullible, "signed ill", "The bot answered 401 and counted it: the attack succeeded."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newOpenRequest(t)
			if tt.do == "again" {
				if status, wrong := b.send("attack", attack{Do: "again"}, nil); status != http.StatusConflict || !strings.Contains(wrong, "nobody has clicked yet") {
					t.Errorf("before a click: %d %s", status, wrong)
				}
				if _, err := b.town.Slack.Click(t.Context(), town.Bob, town.Approvals, b.card.TS, "approve"); err != nil {
					t.Fatal(err)
				}
			}
			b.set(tt.status, tt.gullible)
			got := b.try(attack{Do: tt.do, Request: "OFF-1"})
			if !strings.HasSuffix(got.Says, tt.says) || got.Succeeded != tt.gullible {
				t.Errorf("the page says %q, succeeded: %t", got.Says, got.Succeeded)
			}
			if sent := b.got[len(b.got)-1]; !strings.HasPrefix(sent, "/slack/interactions") || !strings.Contains(sent, tt.sent) {
				t.Errorf("sent was %q", sent)
			}
		})
	}
}

// A forged click is in the name of somebody whose approval is missing, so that it would count.
func TestAForgedClickWouldCount(t *testing.T) {
	t.Parallel()
	b := newOpenRequest(t)
	b.events = append(b.events, approvals.Event{Kind: approvals.Approved, By: approvals.Person{ID: town.Bob}})
	b.set(http.StatusUnauthorized, false)
	if got := b.try(attack{Do: "forge", Request: "OFF-1"}); !strings.HasPrefix(got.Says, "A click in carol's name.") {
		t.Errorf("it says %q", got.Says)
	}
	if on := b.state(town.Bob).Attacks.Open; len(on) != 1 || on[0].What != "deactivate quinn.ash@example.com at ZITADEL" || on[0].Given != 1 || on[0].Of != 2 {
		t.Errorf("what can be attacked: %+v", on)
	}
}

// The copy has the card's button, a harmless text, and no dialog that asks once more.
func TestACopyOfTheButtons(t *testing.T) {
	t.Parallel()
	b := newOpenRequest(t)
	got := b.try(attack{Do: "copy", Request: "OFF-1"})
	m, ok := b.town.Slack.Message(got.Channel, got.TS)
	if blocks := string(m.Blocks); !ok || m.User != town.Nadia || m.Channel != town.General || !strings.Contains(blocks, `"value":"r1"`) ||
		strings.Contains(blocks, "Really?") || strings.Contains(blocks, "account") {
		t.Errorf("it is %+v", m)
	}
	b.mu.Lock()
	b.events = append(b.events, approvals.Event{Kind: approvals.Refused, By: approvals.Person{ID: town.Bob}, Button: approvals.ButtonApprove, Reason: "this is not the card"})
	b.mu.Unlock()
	if since := b.state(town.Bob).Attacks.Tried[0].Since; len(since) != 1 || !strings.Contains(since[0], "this is not the card") {
		t.Errorf("since then: %q", since)
	}
	b.try(attack{Do: "share", On: true, Request: "OFF-1"})
	b.mu.Lock()
	b.events = append(b.events, approvals.Event{Kind: approvals.Denied, By: approvals.Person{ID: town.Bob}})
	b.mu.Unlock()
	for _, one := range b.state(town.Bob).Attacks.Tried {
		if want := map[string]string{"copy": "this is not the card", "share": "enied"}[one.Do]; len(one.Since) != 1 || !strings.Contains(one.Since[0], want) {
			t.Errorf("since %s: %q", one.Do, one.Since)
		}
	}
}

// The list of people, and the note over a channel, are true whatever was changed.
func TestThePageSaysWhoMayWhatNow(t *testing.T) {
	t.Parallel()
	b := newOpenRequest(t)
	part := func(id string) string {
		all := b.state(town.Olga).People
		return all[slices.IndexFunc(all, func(p person) bool { return p.ID == id })].Part
	}
	for _, tt := range []struct {
		a    attack
		part string
	}{
		{attack{Do: "may", Who: town.Bob}, "may do neither"}, {attack{Do: "guest", Who: town.Bob, On: true}, "a guest"},
		{attack{Do: "may", Who: town.Bob, On: true}, "a guest"}, {attack{Do: "guest", Who: town.Bob}, "may approve"},
	} {
		b.try(tt.a)
		if got := part(town.Bob); got != tt.part {
			t.Errorf("after %+v bob is said to be %q", tt.a, got)
		}
	}
	if group := b.town.Slack.Group(town.Approvers); len(group) != 2 {
		t.Errorf("the group is %v", group)
	}
	for _, on := range []bool{true, false} {
		b.try(attack{Do: "share", On: on})
		seen := slices.ContainsFunc(b.state(town.Olga).Channels, func(c channel) bool { return c.ID == town.Approvals })
		if now := b.state(town.Bob); seen != on || now.Attacks.Shared != on || now.channel(t, town.Approvals).Shared != on {
			t.Errorf("shared: %t, and olga sees it: %t", on, seen)
		}
	}
}

func TestTheAccountGetsAnotherAddress(t *testing.T) {
	t.Parallel()
	b := newOpenRequest(t)
	email := func() string {
		all := b.state(town.Bob).provider(t, "zitadel").Accounts
		return all[slices.IndexFunc(all, func(a town.Account) bool { return a.ID == town.Quinn.ID })].Email
	}
	if got := b.try(attack{Do: "address", Request: "OFF-1"}); email() != elsewhere || got.TS != b.card.TS {
		t.Errorf("the account has %s; look at %+v", email(), got)
	}
	if status, _ := b.send("rehire", struct{}{}, nil); status != http.StatusOK || email() != town.Quinn.Email {
		t.Errorf("afterwards it has %s", email())
	}
}

// The panel at both widths: what came of an attack stands under it, one that succeeded is told apart, and everything can be read.
func TestThePanelOfAttacks(t *testing.T) {
	t.Parallel()
	w, chromium := newOpenRequest(t), browsertest.Start(t)
	w.set(http.StatusUnauthorized, false)
	w.try(attack{Do: "forge", Request: "OFF-1"})
	w.try(attack{Do: "address", Request: "OFF-1"})
	w.events = append(w.events, approvals.Event{Kind: approvals.Refused, By: approvals.Person{ID: town.Gus}, Button: approvals.ButtonApprove, Reason: "a guest"})
	windows := map[string]browsertest.Window{"wide": browsertest.Wide, "narrow_dark": {Width: browsertest.Narrow.Width, Height: browsertest.Narrow.Height, Dark: true}}
	if *pictures != "" {
		windows["narrow"], windows["wide_dark"] = browsertest.Narrow, browsertest.Window{Width: browsertest.Wide.Width, Height: browsertest.Wide.Height, Dark: true}
	}
	for name, window := range windows {
		t.Run(name, func(t *testing.T) {
			tab := chromium.Open(t, w.page.URL+"/#U0BOB/C0APPROVALS", window)
			if window.Width == browsertest.Narrow.Width {
				tab.Click("button", "The other side")
			}
			tab.Click("tab", "Attacks")
			tab.See("A click in bob's name. The bot answered 401: nothing was counted.")
			tab.See("A click on Approve by @gus was refused")
			picture(t, tab, "attacks_"+name)
			tab.Click("checkbox", "carol is a guest")
			tab.See("carol is a guest now.")
			if got := tab.Focused(); got != "guest-U0CAROL" {
				t.Errorf("the focus is at %q", got)
			}
			w.set(http.StatusOK, true)
			tab.Click("button", "Deliver an old one")
			tab.Until("the bot has believed it", func() bool {
				w.mu.Lock()
				defer w.mu.Unlock()
				return len(w.events) == 4
			})
			tab.See("and counted it: the attack succeeded.")
			tab.See("Approved by @bob (1 of 2).")
			w.set(http.StatusUnauthorized, false)
			tab.Accessible("the panel of attacks, " + name)
			if wide := browsertest.Eval[int64](tab, "document.documentElement.scrollWidth"); wide > window.Width {
				t.Errorf("the page is %d pixels wide in a window of %d", wide, window.Width)
			}
			picture(t, tab, "attacks_succeeded_"+name)
			tab.Click("button", "Fill in /offboard withdraw OFF-1")
			tab.Until("the command stands in the composer", func() bool {
				return browsertest.Eval[string](tab, `document.getElementById("line").value`) == "/offboard withdraw OFF-1"
			})
			w.try(attack{Do: "guest", Who: town.Carol})
			w.mu.Lock()
			w.events = w.events[:3] // the approval that was believed is gone
			w.mu.Unlock()
		})
	}
}

func TestWhatCannotBeTried(t *testing.T) {
	t.Parallel()
	b := newOpenRequest(t)
	for _, a := range []attack{
		{Do: "nothing"}, {Do: "forge"}, {Do: "copy", Request: "OFF-2"}, {Do: "may", Who: town.Alice, On: true}, {Do: "guest", Who: town.Olga, On: true},
	} {
		if status, wrong := b.send("attack", a, nil); status != http.StatusConflict || wrong == "" {
			t.Errorf("%+v: %d %q", a, status, wrong)
		}
	}
	evil := func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }
	if status, _ := b.send("attack", attack{Do: "share", On: true}, evil); status != http.StatusForbidden || b.town.Slack.Shared(town.Approvals) {
		t.Errorf("another site: %d", status)
	}
	b.events = append(b.events, approvals.Event{Kind: approvals.Denied, By: approvals.Person{ID: town.Bob}})
	if status, _ := b.send("attack", attack{Do: "forge", Request: "OFF-1"}, nil); status != http.StatusConflict || len(b.state(town.Bob).Attacks.Open) != 0 {
		t.Errorf("a request that is over: %d", status)
	}
}
