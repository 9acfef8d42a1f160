package post_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/commands"
	"offboard/internal/dispatch"
	"offboard/internal/sandbox/workspace"
	"offboard/internal/secret"
	"offboard/internal/slackbot/post"
	"offboard/internal/slackbot/webapi"
)

// local is a strict workspace with the two channels, and a poster in front of it.
func local(t *testing.T) (*workspace.Workspace, *post.Poster, *webapi.Client) {
	t.Helper()
	w := workspace.New(workspace.Config{})
	if err := w.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	cfg := w.Config()
	for _, id := range []string{"U1", "U2"} {
		w.AddPerson(workspace.Person{ID: id, Name: id, Email: id + "@example.com"})
	}
	for _, id := range []string{"C0APPROVE", "C0AUDIT"} {
		w.AddChannel(workspace.Channel{ID: id, Name: id, Members: []string{cfg.BotUserID, "U1", "U2"}})
	}
	c, err := webapi.New(webapi.Options{APIURL: w.APIURL(), Token: secret.New(cfg.BotToken), Timeout: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	self := post.Self{UserID: w.Config().BotUserID, BotID: w.Config().BotID}
	p, err := post.New(c, post.Config{Approvals: "C0APPROVE", Audit: "C0AUDIT", Self: self})
	if err != nil {
		t.Fatal(err)
	}
	return w, p, c
}

// posted posts the request's card.
func posted(t *testing.T, p *post.Poster, r *approvals.Request) approvals.Place {
	t.Helper()
	place, err := p.PostCard(t.Context(), r, dispatch.Mark(r.ID, approvals.KeyCard))
	if err != nil {
		t.Fatal(err)
	}
	r.Fold(approvals.Event{Kind: approvals.Told, Key: approvals.KeyCard, Place: place})
	return place
}

func TestAStrictWorkspaceTakesEverything(t *testing.T) {
	t.Parallel()
	w, p, _ := local(t)
	r := request(false)
	if err := errors.Join(p.FitForCards(t.Context()), p.FitForAudit(t.Context())); err != nil {
		t.Fatal(err)
	}
	place := posted(t, p, r)
	if err := p.UpdateCard(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if _, err := p.PostThread(t.Context(), r, r.Events[1], "m2"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.PostAudit(t.Context(), r, r.Events[1:2], "m3"); err != nil {
		t.Fatal(err)
	}
	for to, mark := range map[dispatch.Channel]string{
		dispatch.ToApprovals: dispatch.Mark(r.ID, approvals.KeyCard), dispatch.ToThread: "m2", dispatch.ToAudit: "m3",
	} {
		got, ok, err := p.Find(t.Context(), r, to, mark, time.Now())
		if err != nil || !ok || to == dispatch.ToApprovals && got != place {
			t.Errorf("%s: got %v, %t, %v", to, got, ok, err)
		}
	}
	for _, c := range w.Calls("") {
		if c.Token != workspace.TokenBearer || c.Error != "" {
			t.Errorf("%s: token in %s, error %q", c.Method, c.Token, c.Error)
		}
	}
}

// Slack takes each kind of message and the answer is lost: it is found again, and stands there once.
func TestALostAnswerIsNoSecondPost(t *testing.T) {
	t.Parallel()
	for _, kind := range []workspace.FaultKind{
		workspace.FaultTimeoutAfter, workspace.FaultCutAfter, workspace.FaultStatusAfter, workspace.FaultHTMLAfter,
	} {
		w, p, _ := local(t)
		r := request(false)
		posted(t, p, r)
		w.Fault(workspace.Fault{Method: "chat.postMessage", Kind: kind, Times: 1})
		_, err := p.PostThread(t.Context(), r, r.Events[1], "m2")
		if got := kindOf(t, err); got != dispatch.TellMaybe {
			t.Errorf("%s: got %s", kind, got)
		}
		if _, ok, err := p.Find(t.Context(), r, dispatch.ToThread, "m2", time.Now()); !ok || err != nil {
			t.Errorf("%s: not found again: %v", kind, err)
		}
		if n := len(w.Calls("chat.postMessage")); n != 2 {
			t.Errorf("%s: %d posts left, want the card and the sentence", kind, n)
		}
	}
}

func TestAThrottledPostCertainlyDidNotHappen(t *testing.T) {
	t.Parallel()
	w, p, _ := local(t)
	w.Fault(workspace.Fault{Method: "chat.postMessage", Kind: workspace.FaultThrottle, RetryAfter: 7})
	r := request(true)
	_, err := p.PostAudit(t.Context(), r, r.Events[1:2], "m")
	if e, ok := errors.AsType[*dispatch.TellError](err); !ok || e.Kind != dispatch.TellLater || e.Wait != 7*time.Second {
		t.Errorf("got %v", err)
	}
}

func TestADeletedCardIsGone(t *testing.T) {
	t.Parallel()
	_, p, c := local(t)
	r := request(false)
	place := posted(t, p, r)
	if err := c.Call(t.Context(), "chat.delete", url.Values{"channel": {place.Channel}, "ts": {place.TS}}, nil); err != nil {
		t.Fatal(err)
	}
	if got := kindOf(t, p.UpdateCard(t.Context(), r)); got != dispatch.TellGone {
		t.Errorf("the card: %s", got)
	}
	if _, err := p.PostThread(t.Context(), r, r.Events[1], "m2"); err != nil && kindOf(t, err) != dispatch.TellGone {
		t.Errorf("the thread: %v", err)
	}
}

func TestWhenTheChannelChanges(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*workspace.Channel)
		update dispatch.TellKind // of the card that stands there; empty: goes on
	}{
		"archived": {func(c *workspace.Channel) { c.Archived = true }, dispatch.TellClosed},
		"shared":   {func(c *workspace.Channel) { c.ExtShared = true }, ""},
		"pending":  {func(c *workspace.Channel) { c.PendingExtShared = true }, ""},
		"removed":  {func(c *workspace.Channel) { c.Members = []string{"U1"} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, first, api := local(t)
			r := request(false)
			posted(t, first, r)
			w.ChangeChannel("C0APPROVE", c.change)
			p, err := post.New(api, post.Config{Approvals: "C0APPROVE", Audit: "C0AUDIT", Self: post.Self{BotID: "B", UserID: "U"}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.PostCard(t.Context(), request(false), "m"); kindOf(t, err) != dispatch.TellClosed {
				t.Errorf("a new card: %v", err)
			}
			if n := len(w.Calls("chat.postMessage")); n != 1 {
				t.Errorf("%d posts left", n)
			}
			err = p.UpdateCard(t.Context(), r)
			if c.update == "" && err != nil || c.update != "" && kindOf(t, err) != c.update {
				t.Errorf("the card that stands there: %v", err)
			}
		})
	}
}

func TestRepliesInTheWorkspace(t *testing.T) {
	t.Parallel()
	w, p, c := local(t)
	place := posted(t, p, request(false))
	if err := post.NewReplier(c, "", "C0APPROVE", "U1").Private(t.Context(), commands.Reply{Text: "hello", Card: place}); err != nil {
		t.Fatal(err)
	}
	calls := w.Calls("chat.postEphemeral")
	if len(calls) != 1 || calls[0].Error != "" || !strings.Contains(calls[0].Params["text"], "Open the card") {
		t.Errorf("got %+v", calls)
	}
	if !slices.ContainsFunc(w.Calls("chat.getPermalink"), func(c workspace.Call) bool { return c.Error == "" }) {
		t.Error("no permalink was asked for")
	}
}
