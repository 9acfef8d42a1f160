package page

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"offboard/internal/journal"
	"offboard/internal/sandbox/browsertest"
	"offboard/internal/sandbox/town"
)

// The time is moved on, by a little or to what comes next, for everything in the town, and the page says what time it is then.
func TestTimeIsMovedOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.town.Config(town.Settings{})
	then := time.Now().Add(48 * time.Hour) // when it expires, or a moment before
	w.logs = []journal.Log{waiting(t, 48*time.Hour)}
	w.town.Slack.Say(town.Bob, town.General, "", "hello from today")
	b := browsertest.Start(t)
	tab := b.Open(t, w.page.URL+"/#U0BOB/C0GENERAL", browsertest.Wide)
	tab.Click("tab", "Time")
	tab.Click("button", "+ 1 hour")
	tab.See("1 h ahead of this machine")
	if got := w.town.Clock.Ahead(); got != time.Hour {
		t.Errorf("the town is %s ahead", got)
	}
	tab.See("OFF-1 reminds the approvers")
	tab.See("cools off for 10 minutes")
	tab.Click("DisclosureTriangle", "offboard.yaml")
	tab.See("requesters: {users: [U0ALICE]}")
	tab.Accessible("the time")
	picture(t, tab, "time")
	tab.Click("button", "Go there OFF-1 expires, unless it is approved")
	there := regexp.MustCompile(`(1 d 23 h \d+ min|2 d) ahead of this machine`) // as long as it took to get here
	tab.Until("it is there", func() bool { return there.MatchString(tab.Text()) })
	tab.See(" now.")
	tab.Until("what has come is no more to come", func() bool { return !strings.Contains(tab.Text(), "OFF-1 expires") })
	if got := tab.Focused(); got != "by-600" {
		t.Errorf("the focus is on %q", got)
	}
	if now := w.town.Clock.Now(); now.Before(then) || now.After(time.Now().Add(48*time.Hour)) {
		t.Errorf("it is %s, and %s was to be reached", now, then)
	}
	tab.Reload()
	tab.Click("tab", "Time")
	tab.Until("it is there after a reload", func() bool { return there.MatchString(tab.Text()) })
	said := w.town.Slack.Say(town.Bob, town.General, "", "hello from later")
	if at, _ := strconv.ParseFloat(said.TS, 64); time.Unix(int64(at), 0).Before(then.Truncate(time.Second)) {
		t.Errorf("what is said now has the ts %s", said.TS)
	}
	zone, err := time.LoadLocation(town.Zone(town.Bob))
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range []time.Time{time.Now(), then} { // each has its line above what was said on it
		tab.See(day.In(zone).Format("Monday, 2 January 2006"))
	}
	narrow := b.Open(t, w.page.URL+"/#U0CAROL/C0GENERAL", browsertest.Narrow)
	narrow.Click("button", "The other side")
	narrow.Click("tab", "Time")
	narrow.Until("it is there for everybody", func() bool { return there.MatchString(narrow.Text()) })
	narrow.Accessible("the time, narrow")
	picture(t, narrow, "time-narrow")
}
