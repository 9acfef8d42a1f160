package main

import (
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/browsertest"
	"offboard/internal/sandbox/town"
)

// Not parallel: a browser beside them would take the machine from tests that hold the bot to Slack's three seconds.
//
// Time is moved on by clicking, over both transports: what nobody approved expires and its card has no buttons, what was asked for in Alice's zone
// begins at that time, and what cools off is stopped.
func TestTimeIsMovedOnInABrowser(t *testing.T) {
	b := browsertest.Start(t)
	t.Run("http", func(t *testing.T) {
		v, _ := openSandbox(t, "--http")
		expires(b.Open(t, v.base+"/#"+town.Alice+"/"+town.General, browsertest.Wide))
	})
	t.Run("socket", func(t *testing.T) {
		v, _ := openSandbox(t)
		alice := b.Open(t, v.base+"/#"+town.Alice+"/"+town.General, browsertest.Wide)
		bob := b.Open(t, v.base+"/#"+town.Bob+"/"+town.Approvals, browsertest.Narrow)
		picksATime(t, alice, bob)
		if state, writes := v.look(town.Bob).state("zitadel", town.Omar.ID); state != "USER_STATE_INACTIVE" || writes != 1 {
			t.Errorf("the provider has %s after %d calls", state, writes)
		}
		coolsOff(t, alice, bob)
		if _, writes := v.look(town.Bob).state("zitadel", town.Priya.ID); writes != 1 {
			t.Errorf("the provider got %d calls", writes)
		}
	})
}

// sends types a line from where the tab is.
func sends(tab *browsertest.Tab, line string) {
	tab.Type("combobox", "Message or command", line)
	tab.Press(browsertest.Enter)
}

// confirm clicks Approve on the newest card, and in the dialog that lies over it then.
func confirm(tab *browsertest.Tab) {
	tab.Click("button", "Approve")
	tab.Until("it is asked once more", func() bool { return tab.Has("button", "Go back") })
	tab.Click("button", "Approve")
}

func expires(alice *browsertest.Tab) {
	alice.See("Try it")
	sends(alice, "/offboard "+town.Dana.Email+" provider:ecgrid")
	alice.See("OFF-1 is recorded")
	alice.Click("button", "Open the card")
	alice.See("waiting for approval")
	alice.Click("tab", "Time")
	alice.Click("button", "Go there OFF-1 expires, unless it is approved")
	alice.See("Expired: not enough people approved in time")
	alice.Until("the card has lost its buttons", func() bool { return !alice.Has("button", "Approve") && !alice.Has("button", "Withdraw") })
	alice.See("ahead of this machine")
	alice.Accessible("after a day")
}

// picksATime has Alice choose tomorrow at noon in her zone, which is neither the browser's nor Bob's.
func picksATime(t *testing.T, alice, bob *browsertest.Tab) {
	t.Helper()
	zone, err := time.LoadLocation(town.Zone(town.Alice))
	if err != nil {
		t.Fatal(err)
	}
	day := time.Now().In(zone).AddDate(0, 0, 1)
	noon := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, zone)
	alice.See("Try it")
	sends(alice, "/offboard")
	alice.Type("textbox", "Who", town.Omar.Email)
	alice.Set("combobox", "Provider (optional)", "zitadel")
	alice.Set("DateTime", "Not before (optional)", noon.Format("2006-01-02T15:04"))
	alice.Click("button", "Look up")
	alice.See("OFF-1 is recorded")
	bob.See("waiting for approval")
	confirm(bob)
	bob.See("Approved by")
	alice.Click("button", "Open the card")
	alice.Click("tab", "Time")
	alice.See("OFF-1 begins")
	alice.See(noon.Format("2 Jan 2006, 15:04"))
	picture(t, alice, "time-scheduled")
	alice.Click("button", "Go there OFF-1 begins")
	alice.See("Done: ZITADEL answered 200")
	alice.See(noon.Format("2 Jan") + ", 12:0")                    // of the reply, which is of another day than the card
	alice.See(noon.Format("Monday, 2 January 2006") + " at 12:0") // the clock, a moment later
}

// coolsOff has Priya's removal approved, and stopped before it begins.
func coolsOff(t *testing.T, alice, bob *browsertest.Tab) {
	t.Helper()
	alice.Click("button", town.Slow) // what the page says to ask for
	alice.Press(browsertest.Enter)
	bob.See("OFF-2 · delete an account at ZITADEL · waiting for approval")
	confirm(bob)
	alice.See("OFF-2 begins")
	picture(t, alice, "time-cool-off")
	bob.Click("button", "The other side")
	bob.Click("tab", "Time")
	bob.See("OFF-2 is given up, unless it has begun")
	picture(t, bob, "time-cool-off-narrow")
	bob.Accessible("what comes, on a telephone")
	alice.Click("button", "Stop")
	alice.See("Stopped by @alice")
	alice.Until("nothing comes to it any more", func() bool { return !strings.Contains(alice.Text(), "OFF-2 begins") })
}
