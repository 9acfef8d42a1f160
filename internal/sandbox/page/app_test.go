package page

import (
	"net/http"
	"strings"
	"testing"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// Our bot has no Home tab, and nobody can write to it: no message, no command, no reply (its manifest says so).
func TestNobodyWritesToOurBot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	direct := town.Direct(town.Alice)
	m := w.town.Slack.Insert(workspace.Message{Channel: direct, User: "U0LOCALBOT", BotID: "B0LOCAL", Text: "for alice"})
	for _, l := range []line{
		{As: town.Alice, Channel: direct, Text: "hello"}, {As: town.Alice, Channel: direct, Text: "/offboard help"},
		{As: town.Alice, Channel: direct, Thread: m.TS, Text: "hello"},
	} {
		if status, wrong := w.send("type", l, nil); status != http.StatusConflict || !strings.Contains(wrong, "has been turned off") {
			t.Errorf("%+v: %d %q", l, status, wrong)
		}
	}
	if status, wrong := w.send("open", opened{As: town.Alice, Tab: "home"}, nil); status != http.StatusConflict || !strings.Contains(wrong, "no Home tab") {
		t.Errorf("%d %q", status, wrong)
	}
	if status, wrong := w.send("open", opened{As: town.Alice, Tab: "messages"}, nil); status != http.StatusOK {
		t.Error(wrong)
	}
	if got := w.state(town.Alice); got.App.HomeTab || got.App.Writable || got.App.Name != "offboard" || len(got.channel(t, direct).Messages) != 1 {
		t.Errorf("%+v", got.App)
	}
	if n := len(w.town.Slack.Delivered()); n != 0 {
		t.Errorf("it was told of %d events", n)
	}
}

// What an app asks of the sandbox that it does not have, and what it was told of, can be seen.
func TestAnOwnerSeesWhatTheSandboxLacks(t *testing.T) {
	t.Parallel()
	w := newYours(t)
	for _, method := range []string{"canvases.create", "auth.test", "canvases.create", "bookmarks.add"} {
		w.call(method, nil)
	}
	if status, wrong := w.send("type", line{As: town.Bob, Channel: town.General, Text: "hi @yourapp & all"}, nil); status != http.StatusOK {
		t.Fatal(wrong)
	}
	if err := w.town.Slack.Wait(t.Context(), func() bool { return len(w.town.Slack.Delivered()) >= 2 }); err != nil {
		t.Fatal(err)
	}
	got := w.state(town.Bob)
	if l := got.Slack.Lacks; len(l) != 2 || l[0] != (lack{"bookmarks.add", 1}) || l[1] != (lack{"canvases.create", 2}) {
		t.Errorf("%+v", l)
	}
	if e := got.Slack.Events; len(e) < 2 || e[0].Error != workspace.NoReader {
		t.Errorf("%+v", e)
	}
	if m := got.channel(t, town.General).Messages; len(m) != 1 || m[0].Text != "hi <@U0LOCALBOT> &amp; all" {
		t.Errorf("%+v", m)
	}
	if got.Ours || !got.App.HomeTab || !got.App.Writable || got.Names["U0LOCALBOT"] != "yourapp" {
		t.Errorf("%+v", got.App)
	}
	for _, r := range []struct {
		body reacted
		says string
	}{
		{reacted{As: town.Bob, Channel: town.General, TS: "1.0", Name: "wave", On: true}, "no such message"},
		{reacted{As: "U9", Channel: town.General, TS: "1.0", Name: "wave", On: true}, "no person"},
	} {
		if status, wrong := w.send("react", r.body, nil); status != http.StatusConflict || !strings.Contains(wrong, r.says) {
			t.Errorf("%+v: %d %q", r.body, status, wrong)
		}
	}
}
