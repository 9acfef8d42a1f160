package page

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/journal"
	"offboard/internal/sandbox/browsertest"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// logged is a request of the journal with these events.
func logged(t *testing.T, number int, events ...approvals.Event) journal.Log {
	t.Helper()
	l := journal.Log{ID: "req", Number: number}
	for i, e := range events {
		e.At = time.Date(2026, 3, 2, 17, 0, i, 0, time.UTC)
		body, err := approvals.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		l.Records = append(l.Records, journal.Seal(l, journal.Draft{Body: body, Chained: e.Kind != approvals.Told})...)
	}
	return l
}

// The journal stands there as a timeline with its hashes, and one that was changed says so.
func TestTheJournalIsShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice, bob := approvals.Person{ID: town.Alice}, approvals.Person{ID: town.Bob}
	plan := &approvals.Plan{Steps: []approvals.Step{{Vendor: "Torii"}}}
	asked := approvals.Event{Kind: approvals.Requested, By: alice, Plan: plan, Policy: &approvals.Policy{Approvals: 1, Expires: time.Hour, Window: time.Hour}}
	good := logged(t, 1, asked, approvals.Event{Kind: approvals.Told, Key: approvals.KeyCard}, approvals.Event{Kind: approvals.Denied, By: bob})
	bad := logged(t, 2, asked, approvals.Event{Kind: approvals.Denied, By: bob})
	bad.Records[0].Body = append(bad.Records[0].Body, ' ')
	w.logs = []journal.Log{good, bad}

	all := w.state(town.Bob).Requests
	if len(all) != 2 || all[0].Name != "OFF-2" || all[0].Broken == "" || all[1].Name != "OFF-1" || all[1].Broken != "" || !all[1].Over {
		t.Fatalf("the journal: %+v", all)
	}
	events := all[1].Events
	if len(events) != 3 || events[1].Hash != "" || events[1].Says != "told: card" || events[2].Prev != events[0].Hash || events[2].Hash != journal.Head(good) {
		t.Errorf("the records: %+v", events)
	}
	tab := browsertest.Start(t).Open(t, w.page.URL+"/#U0BOB/C0GENERAL", browsertest.Wide)
	tab.Click("tab", "Journal")
	tab.See("The chain is broken")
	tab.Set("combobox", "Request", "OFF-1: denied")
	tab.See("Every hash follows")
	tab.See("first → " + events[0].Hash[:8])
	tab.See(events[0].Hash[:8] + " → " + events[2].Hash[:8])
	tab.See("12:00:02") // in New York
	tab.Accessible("the journal")
	picture(t, tab, "journal")
	tab.Press(browsertest.TabKey)
	tab.Click("tab", "Slack")
	tab.Set("combobox", "How Slack behaves", "takes no message, answers 429")
	tab.Until("it is throttled", func() bool { return len(w.town.Slack.Faults()) == 1 })
	tab.Accessible("Slack's side")
}

func TestSlackIsMadeToMisbehave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	post := func() int {
		form := url.Values{"channel": {town.General}, "text": {"hello"}, "token": {w.town.Slack.Config().BotToken}}
		res, err := http.PostForm(w.town.Slack.APIURL()+"chat.postMessage", form)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	for do, status := range map[string]int{"throttle": 429, "post_500": 500, "down": 503, "people": 200, "slow": 200} {
		if code, wrong := w.send("slack", slackSwitch{Do: do}, nil); code != http.StatusOK {
			t.Fatal(wrong)
		}
		if got := w.state(town.Bob).Slack.Mode; got != do {
			t.Errorf("%s is shown as %s", do, got)
		}
		if got := post(); got != status {
			t.Errorf("%s: a message is answered with %d", do, got)
		}
	}
	if code, wrong := w.send("slack", slackSwitch{Do: behaves}, nil); code != http.StatusOK || len(w.town.Slack.Faults()) != 0 {
		t.Errorf("it goes on misbehaving: %s", wrong)
	}
	calls := w.state(town.Bob).Slack.Calls
	if len(calls) != 5 || calls[0].Method != "chat.postMessage" || calls[0].At == "" {
		t.Errorf("the calls: %+v", calls)
	}
	w.town.Slack.Fault(workspace.Fault{Method: "auth.test", Kind: workspace.FaultEmpty})
	if got := w.state(town.Bob).Slack.Mode; got != behaves {
		t.Errorf("a fault that is none of the page's is shown as %s", got)
	}
}
