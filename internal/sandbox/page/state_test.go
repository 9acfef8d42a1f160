package page

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

func TestEverybodySeesWhatIsTheirs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	card := w.town.Slack.Insert(workspace.Message{Channel: town.Approvals, User: "U0LOCALBOT", BotID: "B0LOCAL", Text: "a card",
		Blocks: json.RawMessage(`[{"type":"section","text":{"type":"mrkdwn","text":"<b>&lt;x&gt;</b>"}}]`)})
	w.town.Slack.Say("U0LOCALBOT", town.Approvals, card.TS, "in the thread")
	w.town.Slack.Say("U0LOCALBOT", town.Direct(town.Alice), "", "for alice")
	if status, wrong := w.send("type", line{As: town.Bob, Channel: town.General, Text: " <script> & co "}, nil); status != http.StatusOK {
		t.Fatal(wrong)
	}

	alice, bob := w.state(town.Alice), w.state(town.Bob)
	shown := bob.channel(t, town.Approvals).Messages
	if len(shown) != 1 || !shown[0].Bot || len(shown[0].Replies) != 1 || shown[0].Replies[0].Text != "in the thread" {
		t.Errorf("the card: %+v", shown)
	}
	if got := bob.channel(t, town.General).Messages; len(got) != 1 || got[0].Text != "&lt;script&gt; &amp; co" || got[0].User != town.Bob {
		t.Errorf("what bob said: %+v", got)
	}
	if got := alice.channel(t, town.Direct(town.Alice)).Messages; len(got) != 1 || got[0].Text != "for alice" {
		t.Errorf("alice's direct messages: %+v", got)
	}
	for _, c := range bob.Channels {
		if c.ID == town.Direct(town.Alice) {
			t.Error("bob sees alice's direct messages")
		}
	}
}

func TestPrivateMessagesAreForOnePersonInOnePlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := url.Values{"channel": {town.General}, "user": {town.Alice}, "text": {"for your eyes"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.town.Slack.APIURL()+"chat.postEphemeral", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+w.town.Slack.Config().BotToken)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	for _, as := range town.Everybody() {
		for _, c := range w.state(as).Channels {
			want := 0
			if as == town.Alice && c.ID == town.General {
				want = 1
			}
			if len(c.Messages) != want || want == 1 && (!c.Messages[0].Private || c.Messages[0].Text != "for your eyes") {
				t.Errorf("%s sees %+v in %s", as, c.Messages, c.ID)
			}
		}
	}
}

func TestWhatIsRefusedSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.town.Slack.Say(town.Alice, town.General, "", "hello")
	for _, tt := range []struct {
		path string
		body any
		says string
	}{
		{"type", line{As: "USLACKBOT", Channel: town.General, Text: "hello"}, "nobody here"},
		{"type", line{As: town.Bob, Channel: town.Direct(town.Alice), Text: "hello"}, "no such channel"},
		{"type", line{As: town.Bob, Channel: town.General, Text: "  "}, "type something"},
		{"type", line{As: town.Bob, Channel: town.General, Text: "/onboard ann"}, "there is /offboard"},
		{"type", line{As: town.Bob, Channel: town.General, Text: "/offboard ann"}, "the bot did not take it: no_reader"},
		{"type", line{As: town.Olga, Channel: town.General, Text: "hello"}, "no such channel"},
		{"type", line{As: town.Bob, Channel: town.General, Thread: first.TS, Text: "/offboard ann"}, "do not work in threads"},
		{"type", line{As: town.Bob, Channel: town.General, Thread: "1.0", Text: "hello"}, "no such thread"},
		{"press", pressed{As: town.Bob, Channel: town.General, TS: "1.0", Action: "approve"}, "no such message"},
		{"submit", filled{As: town.Bob, View: "V1"}, "no such form"},
		{"close", filled{As: town.Bob, View: "V1"}, "no such form"},
		{"fault", faulty{Provider: "okta", Match: "write", Mode: fault.Slow}, "no such provider"},
		{"fault", faulty{Provider: "torii", Match: "write", Mode: "sulks"}, "no such fault"},
		{"slack", slackSwitch{Do: "sulks"}, "no such switch"},
		{"clock", moved{By: -1}, "time goes on"},
		{"clock", moved{By: 500 * 24 * 3600}, "time goes on"},
	} {
		if status, wrong := w.send(tt.path, tt.body, nil); status != http.StatusConflict || !strings.Contains(wrong, tt.says) {
			t.Errorf("%s %+v: %d %q", tt.path, tt.body, status, wrong)
		}
	}
}

func TestFaultsAndAccountsAreChangedAndShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, f := range []faulty{{"torii", "any", fault.HTML}, {"torii", "write", fault.TimeoutAfter}} {
		if status, wrong := w.send("fault", f, nil); status != http.StatusOK {
			t.Fatal(wrong)
		}
	}
	if p := w.state(town.Bob).provider(t, "torii"); p.Mode != fault.TimeoutAfter || p.Match != "write" {
		t.Errorf("shown: %s for %s", p.Mode, p.Match)
	}
	if got := w.town.Torii.Faults().Active(); len(got) != 1 {
		t.Errorf("set: %v", got)
	}
	if status, wrong := w.send("fault", faulty{"torii", "write", fault.None}, nil); status != http.StatusOK || len(w.town.Torii.Faults().Active()) != 0 {
		t.Errorf("after clearing: %q, %v", wrong, w.town.Torii.Faults().Active())
	}
	for _, f := range []faulty{{"torii", "any", down}, {"torii", "write", down}} {
		if status, wrong := w.send("fault", f, nil); status != http.StatusOK {
			t.Fatal(wrong)
		}
		if p := w.state(town.Bob).provider(t, "torii"); p.Mode != down || p.Match != f.Match || string(w.town.Outage("torii")) != f.Match {
			t.Errorf("shown: %s for %s; it is %q", p.Mode, p.Match, w.town.Outage("torii"))
		}
	}
	if status, wrong := w.send("fault", faulty{"torii", "write", fault.Slow}, nil); status != http.StatusOK || w.town.Outage("torii") != town.Up {
		t.Errorf("after another fault it is %q: %s", w.town.Outage("torii"), wrong)
	}
	kim, _ := w.town.Torii.User(town.Kim.ID)
	kim.Status = "deleted"
	w.town.Torii.Put(kim)
	state := func() string {
		for _, a := range w.state(town.Bob).provider(t, "torii").Accounts {
			if a.ID == town.Kim.ID {
				return a.State
			}
		}
		return ""
	}
	if got := state(); got != "deleted" {
		t.Errorf("kim is %q", got)
	}
	if status, wrong := w.send("rehire", struct{}{}, nil); status != http.StatusOK || state() != "active" {
		t.Errorf("after rehiring kim is %q: %s", state(), wrong)
	}
}

func TestThePageIsToldOfEveryChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lines := bufio.NewReader(w.get(t.Context(), "/api/events?as="+town.Alice).Body)
	next := func() state {
		t.Helper()
		var out state
		for {
			text, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if data, ok := strings.CutPrefix(text, "data: "); ok {
				if err := json.Unmarshal([]byte(data), &out); err != nil {
					t.Fatal(err)
				}
				return out
			}
		}
	}
	if got := next().channel(t, town.General).Messages; len(got) != 0 {
		t.Errorf("at first: %+v", got)
	}
	w.town.Slack.Say(town.Bob, town.General, "", "hello")
	if got := next().channel(t, town.General).Messages; len(got) != 1 {
		t.Errorf("after a message: %+v", got)
	}
	w.town.Torii.Faults().Set("write", fault.Fault{Mode: fault.Slow}) // the workspace does not know of it
	if got := next().provider(t, "torii").Mode; got != fault.Slow {
		t.Errorf("after a fault: %s", got)
	}
}

func TestSomebodyFromOutsideSeesTheSharedChannelAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for as, want := range map[string]string{
		town.Olga: "C0PARTNERS D0OLGA", town.Gus: "C0GENERAL C0APPROVALS C0AUDIT D0GUS", town.Ada: "C0GENERAL C0APPROVALS C0AUDIT C0PARTNERS D0ADA",
	} {
		var seen []string
		for _, c := range w.state(as).Channels {
			seen = append(seen, c.ID)
			if c.Shared != (c.ID == town.Partners) {
				t.Errorf("%s is told of %s: shared %t", as, c.ID, c.Shared)
			}
		}
		if got := strings.Join(seen, " "); got != want {
			t.Errorf("%s sees %s, not %s", as, got, want)
		}
	}
}
