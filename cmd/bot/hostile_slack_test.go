package main

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// Whatever Slack does with a post, there is one card, and each line of the thread and of the audit channel is there once.
func TestHostilePosts(t *testing.T) {
	t.Parallel()
	post := func(f workspace.Fault) workspace.Fault { f.Method = "chat.postMessage"; return f }
	for name, f := range map[string]workspace.Fault{
		"429":                     post(workspace.Fault{Kind: workspace.FaultThrottle, RetryAfter: 1, Times: 2}),
		"accepted, never answers": post(workspace.Fault{Kind: workspace.FaultTimeoutAfter, Times: 2}),
		"accepted, then 500":      post(workspace.Fault{Kind: workspace.FaultStatusAfter, Times: 3}),
		"accepted, then cut":      post(workspace.Fault{Kind: workspace.FaultCutAfter, Times: 3}),
		"accepted, then a page":   post(workspace.Fault{Kind: workspace.FaultHTMLAfter, Times: 3}),
		"not accepted, cut":       post(workspace.Fault{Kind: workspace.FaultCut, Times: 2}),
		"not accepted, 503":       post(workspace.Fault{Kind: workspace.FaultStatus, Status: 503, Times: 2}),
		"ok and nothing more":     post(workspace.Fault{Kind: workspace.FaultOKWithNothing, Times: 2}),
		"fatal_error":             post(workspace.Fault{Kind: workspace.FaultRefuse, Error: "fatal_error", Times: 2}),
	} {
		for _, where := range []string{town.Approvals, town.Audit} {
			t.Run(name+"/"+where, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, props{patience: 2 * time.Minute})
				meets := f
				meets.With = map[string]string{"channel": where}
				s.slack.Fault(meets)
				card := s.ask(town.Dana, "")
				s.told(town.Alice, "is recorded")
				s.pressUntilTaken(card)
				s.thread(card, "Done")
				s.until("the end is audited", func() bool { return len(s.audited("completed")) > 0 })
				s.stop()
				s.onceTold(card)
			})
		}
	}
}

// pressUntilTaken approves as Bob. While the card's place is not on record his click is not acknowledged, and he is told to click again.
func (s *stage) pressUntilTaken(card workspace.Message) {
	s.t.Helper()
	told, status := 0, 0
	press := func() {
		status, _ = s.send(hand{path: interactionsPath, body: interaction(s.click(town.Bob, card, "approve"))})
	}
	press()
	s.until("the approval is taken", func() bool {
		if now := s.heard(town.Bob); len(now) > told && status == http.StatusServiceUnavailable {
			told = len(now)
			press()
		}
		return slices.ContainsFunc(s.lines(card), func(l string) bool { return strings.HasPrefix(l, "Approved") })
	})
}

// onceTold holds that nothing stands anywhere twice, and that all of it is there.
func (s *stage) onceTold(card workspace.Message) {
	s.t.Helper()
	if n := len(s.slack.Messages(town.Approvals)); n != 1 {
		s.t.Errorf("there are %d cards", n)
	}
	for where, lines := range map[string][]string{"the thread": s.lines(card), "the audit channel": s.audited("OFF-1")} {
		seen := map[string]bool{}
		for _, l := range lines {
			if seen[l] {
				s.t.Errorf("%s says %q twice", where, l)
			}
			seen[l] = true
		}
	}
	for _, kind := range []string{" requested ", " approved ", " call begun ", " ended ", " completed "} {
		if n := len(s.audited(kind)); n != 1 {
			s.t.Errorf("%q is audited %d times", kind, n)
		}
	}
}

// A card that an administrator deletes: the request goes on, is told in the audit channel, and an alarm is raised.
func TestHostileCardDeleted(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: []string{"approvals: 1", "approvals: 2"}})
	card := s.ask(town.Dana, "")
	s.press(town.Bob, card, "approve")
	s.thread(card, "1 of 2")
	s.slack.Remove(card.Channel, card.TS)
	s.press(town.Carol, card, "approve")
	s.until("the outcome is in the audit channel", func() bool { return len(s.audited("Done")) > 0 })
	s.until("there is an alarm", func() bool { return len(s.audited("alarm")) > 0 })
	s.until("the end is audited", func() bool { return len(s.audited(" completed ")) == 1 })
	s.stop()
	if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 1 {
		t.Errorf("ECGrid got %d calls", r.Writes)
	}
}

// The approvals channel is archived after the card: no card of another request, what is under way is told elsewhere, readiness says so.
func TestHostileApprovalsArchived(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	card := s.ask(town.Dana, "")
	s.told(town.Alice, "is recorded")
	s.slack.ChangeChannel(town.Approvals, func(c *workspace.Channel) { c.Archived = true })
	s.press(town.Bob, card, "approve") // a click can cross the archiving
	s.until("the outcome is in the audit channel", func() bool { return len(s.audited("Done")) > 0 })
	s.until("there is an alarm", func() bool { return len(s.audited("alarm")) > 0 })
	s.until("readiness says so", func() bool { return s.readiness() == http.StatusServiceUnavailable })
	if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 1 {
		t.Errorf("ECGrid got %d calls", r.Writes)
	}
}

func (s *stage) readiness() int {
	status, _ := s.send(hand{method: http.MethodGet, path: "/readyz"})
	return status
}

// The audit channel goes away after the start: what is under way goes on, the thread is told, readiness says so; once it is back it
// gets every line.
func TestHostileAuditArchived(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	card := s.ask(town.Dana, "")
	s.until("the request is audited", func() bool { return len(s.audited("requested")) == 1 })
	s.slack.ChangeChannel(town.Audit, func(c *workspace.Channel) { c.Archived = true })
	s.press(town.Bob, card, "approve")
	s.thread(card, "Done")
	s.thread(card, "audit channel cannot be written")
	s.until("readiness says so", func() bool { return s.readiness() == http.StatusServiceUnavailable })
	s.slack.ChangeChannel(town.Audit, func(c *workspace.Channel) { c.Archived = false })
	s.until("the audit channel has caught up", func() bool { return len(s.audited(" completed ")) == 1 })
	s.until("the bot is ready again", func() bool { return s.readiness() == http.StatusOK })
	s.onceTold(card)
}

// The approvals channel is shared with the outside after the start, right after a card: no new card, and the person who asks is told.
func TestHostileSharedLater(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	s.ask(town.Rosa, "")
	s.told(town.Alice, "is recorded")
	s.slack.ChangeChannel(town.Approvals, func(c *workspace.Channel) { c.ExtShared = true })
	s.deliver(commandsPath, s.command(town.Alice, town.Dana.Email))
	s.told(town.Alice, "No card can be posted")
	s.until("readiness says so", func() bool { return s.readiness() == http.StatusServiceUnavailable })
	s.until("the audit channel is told", func() bool { return len(s.audited("approvals channel")) > 0 })
	if n := len(s.cards(town.Dana.ID)); n != 0 {
		t.Errorf("%d cards went into a channel that outsiders see", n)
	}
	s.slack.ChangeChannel(town.Approvals, func(c *workspace.Channel) { c.ExtShared = false })
	card := s.ask(town.Dana, "")
	s.until("the bot is ready again", func() bool { return s.readiness() == http.StatusOK })
	s.press(town.Bob, card, "deny")
	s.thread(card, "Denied")
	s.stop()
}

// A response_url is used only when it is Slack's. Anybody can write another into a body that is otherwise well signed only with the
// secret; but it must not take what the bot says elsewhere.
func TestHostileResponseURL(t *testing.T) {
	t.Parallel()
	var visits atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	t.Cleanup(elsewhere.Close)
	s := newStage(t, props{})
	home := strings.TrimPrefix(s.slack.URL(), "http://")
	for i, u := range []string{
		elsewhere.URL + "/commands/T0LOCAL/1/x", strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1),
		strings.Replace(elsewhere.URL, "//", "//"+home+"@", 1), "http://hooks.slack.com.evil.test/x", "http://hooks.slack.com/x", "://", "file:///etc/passwd",
		"https://" + home + "/commands/T0LOCAL/1/x",
	} {
		s.deliver(commandsPath, s.command(town.Alice, "list", "response_url", u))
		s.until("Alice is answered otherwise than by "+u, func() bool { return len(s.heard(town.Alice)) == i+1 })
	}
	s.stop()
	if n := visits.Load(); n != 0 {
		t.Errorf("a foreign address was called %d times", n)
	}
	if n := len(s.slack.Calls(workspace.ResponseURL)); n != 0 {
		t.Errorf("%d response_urls were called", n)
	}
}

// What Slack hands out itself is used, and without the token; the token never travels in a body.
func TestHostileTokens(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	s.slack.UseHTTP(endpoints(strings.TrimPrefix(s.base, "http://")))
	if ack, err := s.slack.Command(s.ctx, town.Alice, town.General, "/offboard", town.Dana.Email); err != nil || ack.Error != "" {
		t.Fatal(err, ack.Error)
	}
	card := s.card(town.Dana.ID)
	if ack, err := s.slack.Click(s.ctx, town.Nadia, card.Channel, card.TS, "approve"); err != nil || ack.Error != "" {
		t.Fatal(err, ack.Error)
	}
	s.told(town.Nadia, "not one of the approvers")
	if ack, err := s.slack.Click(s.ctx, town.Bob, card.Channel, card.TS, "approve"); err != nil || ack.Error != "" {
		t.Fatal(err, ack.Error)
	}
	s.thread(card, "Done")
	s.stop()
	hooks := s.slack.Calls(workspace.ResponseURL)
	if len(hooks) < 2 {
		t.Errorf("%d response_urls were used, not Alice's and Nadia's", len(hooks))
	}
	for _, c := range s.slack.Calls("") {
		want := workspace.TokenBearer
		if c.Method == workspace.ResponseURL {
			want = workspace.TokenNone
		}
		nobody := c.Method == "users.lookupByEmail" && c.Error == "users_not_found" // Dana is not in Slack
		if c.Token != want || c.Error != "" && !nobody {
			t.Errorf("%s was called with the token %s, refused %q", c.Method, c.Token, c.Error)
		}
	}
}
