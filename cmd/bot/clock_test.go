package main

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"offboard/internal/sandbox/town"
)

// What the page says of the configuration is what the sandbox's bot is configured to do, and the file that it shows holds no secret.
func TestThePageSaysWhatIsConfigured(t *testing.T) {
	t.Parallel()
	tw, err := town.Open(t.Context(), "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	c := &sandboxCmd{Writes: true}
	a, err := c.bot(tw, c.settings(t.TempDir()), slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		if err := tw.Close(); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.listen.slack.Close() })
	all, two, slow := a.cfg.Policies[0], a.cfg.Policies[1], a.cfg.Policies[2]
	for what, ok := range map[string]bool{
		"one approval, 24 hours, a window of an hour": all.Approvals == 1 && all.Expires == 24*time.Hour && all.Window == time.Hour && len(all.Providers) == 0,
		"zitadel-v1 deactivates with two":             two.Approvals == 2 && two.Providers[0] == "zitadel-v1" && two.Actions[0] == "deactivate",
		"zitadel-v1 cools off for admins":             slow.CoolOff == 10*time.Minute && slow.Providers[0] == "zitadel-v1" && *slow.Admin && len(slow.Actions) == 0,
		"the seventh of an approver is held":          a.cfg.Caps.Approver.PerHour == 6,
		"ten times a day":                             a.cfg.Limits.PerRequesterPerDay == 10,
		"there is nothing else":                       len(a.cfg.Policies) == 3 && len(town.Rules()) == 6,
	} {
		if !ok {
			t.Errorf("it is not so: %s", what)
		}
	}
	yaml, secrets := tw.Configured(), 0
	if !strings.Contains(yaml, "cool_off: 10m") {
		t.Errorf("the page shows another file:\n%s", yaml)
	}
	_, env := tw.Config(town.Settings{})
	for name, value := range env {
		secrets++
		if value == "" || strings.Contains(yaml, value) {
			t.Errorf("the page shows %s", name)
		}
	}
	if secrets < 6 {
		t.Errorf("only %d secrets were looked for", secrets)
	}
}

// All that waits for a time is reached by a visitor of the page: what comes is said, and done when they go there.
func TestEverythingThatWaitsIsReached(t *testing.T) {
	t.Parallel()
	v, _ := openSandbox(t)

	v.asks(town.Rosa.Email+" provider:ecgrid", "OFF-1")
	v.goes("OFF-1", "reminds the approvers")
	v.hears("OFF-1", "Reminder: a decision is needed")
	v.goes("OFF-1", "expires, unless it is approved")
	v.hears("OFF-1", "Expired: not enough people approved in time")

	v.asks(town.Priya.Email+" provider:zitadel-v1", "OFF-2") // cools off, and is stopped
	v.presses(town.Bob, "OFF-2", "approve")
	v.hears("OFF-2", "Approved by")
	v.presses(town.Carol, "OFF-2", "stop")
	v.hears("OFF-2", "Stopped by <@U0CAROL>")
	v.asks(town.Priya.Email+" provider:zitadel-v1", "OFF-3") // cools off, and begins
	v.presses(town.Bob, "OFF-3", "approve")
	v.goes("OFF-3", "begins")
	v.hears("OFF-3", "Done: ZITADEL answered 200")

	v.asks(town.Omar.Email+" provider:zitadel action:deactivate at:"+v.ahead(30*time.Minute), "OFF-4") // its window passes
	v.presses(town.Bob, "OFF-4", "approve")
	v.hears("OFF-4", "Approved by")
	v.goes("OFF-4", "is given up, unless it has begun")
	v.hears("OFF-4", "Expired: it could not begin in its window")

	v.asks(town.Jonas.Email+" provider:torii at:"+v.ahead(30*time.Hour), "OFF-5") // moved to another time
	v.types(town.Alice, "reschedule OFF-5 at:"+v.ahead(2*time.Hour))
	v.hears("OFF-5", "Moved by")
	v.presses(town.Bob, "OFF-5", "approve")
	v.goes("OFF-5", "begins")
	v.hears("OFF-5", "Done: Torii answered 204")

	if z, e, to := v.writes("zitadel"), v.writes("ecgrid"), v.writes("torii"); z != 1 || e != 0 || to != 1 {
		t.Errorf("ZITADEL got %d calls, ECGrid %d, Torii %d", z, e, to)
	}
	for n := 6; n <= 11; n++ { // ten a day: OFF-1 was asked for more than a day ago
		v.asks(town.Dana.Email+" provider:ecgrid", fmt.Sprintf("OFF-%d", n))
		v.types(town.Alice, fmt.Sprintf("withdraw OFF-%d", n))
		v.hears(fmt.Sprintf("OFF-%d", n), "Withdrawn by")
	}
	v.types(town.Alice, town.Dana.Email+" provider:ecgrid")
	v.until(town.Alice, "alice is bounded", privately("The limit of 10 requests a day for one requester is reached"))
	v.moves(24 * time.Hour)
	v.types(town.Alice, town.Dana.Email+" provider:ecgrid")
	v.until(town.Bob, "alice may ask again", func(s seen) bool { return s.Requests[0].State == "pending" })
}

// An outcome that cannot be told is looked at again and again, until it can or a human must look; two of them settle it.
func TestUnknownOutcomesAreLookedAtInTime(t *testing.T) {
	t.Parallel()
	v, _ := openSandbox(t)
	broken := func(match, mode string) {
		v.do("fault", map[string]any{"provider": "torii", "match": match, "mode": mode})
	}

	broken("write", "timeout_before")
	v.asks(town.Jonas.Email+" provider:torii", "OFF-1")
	v.presses(town.Bob, "OFF-1", "approve")
	v.hears("OFF-1", "Outcome unknown")
	for range 2 {
		v.goes("OFF-1", "is looked at again")
	}
	v.hears("OFF-1", "Not done, as far as can be seen")
	for range 2 { // an hour and a day later
		v.goes("OFF-1", "is looked at again")
	}
	v.hears("OFF-1", "Not done: looked at again for a day")

	broken("write", "timeout_after")
	v.asks(town.Kim.Email+" provider:torii", "OFF-2")
	before := v.writes("torii")
	v.presses(town.Bob, "OFF-2", "approve")
	v.until(town.Bob, "the call is under way", func(s seen) bool { _, n := s.state("torii", ""); return n > before })
	broken("any", "status_500") // from now on nothing can be seen
	v.hears("OFF-2", "Outcome unknown")
	for range 5 {
		v.goes("OFF-2", "is looked at again")
	}
	v.hears("OFF-2", "A human must look")
	v.types(town.Bob, "resolve OFF-2 done seen in its console")
	v.hears("OFF-2", "<@U0BOB> looked at Torii and proposes")
	v.types(town.Carol, "resolve OFF-2 done seen too")
	v.hears("OFF-2", "Agreed to by <@U0CAROL>. Done")
	if got := v.writes("torii"); got != 2 {
		t.Errorf("Torii got %d calls for two requests", got)
	}
}

// Time that is moved on in the middle of something: nothing is called twice, and nothing is lost.
func TestTimeIsMovedInTheMiddle(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"socket": nil, "http": {"--http"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, _ := openSandbox(t, args...)
			v.do("fault", map[string]any{"provider": "torii", "match": "any", "mode": "slow"})
			v.types(town.Alice, town.Jonas.Email+" provider:torii") // whoever is answered late is answered all the same: Slack's address for it lives 30 minutes
			v.moves(time.Hour)
			v.until(town.Alice, "alice is told", privately("OFF-1 is recorded"))
			v.presses(town.Bob, "OFF-1", "approve")
			v.until(town.Bob, "the call is under way", func(s seen) bool { _, n := s.state("torii", ""); return n == 1 })
			v.moves(time.Hour) // the call keeps the time that it has on this machine; it counts as interrupted, unless its answer is there before, and is read back
			now := v.hears("OFF-1", "Done:")
			if n := now.replies("OFF-1", "Done"); n != 1 || v.writes("torii") != 1 {
				t.Errorf("it is told %d times that it is done, after %d calls", n, v.writes("torii"))
			}
			v.do("fault", map[string]any{"provider": "torii", "match": "any", "mode": "none"})

			v.do("type", map[string]any{"as": town.Alice, "channel": town.General, "text": "/offboard"}) // an open form outlives a jump
			form := v.until(town.Alice, "the form opens", func(s seen) bool { return len(s.Views) == 1 }).Views[0].ID
			v.moves(400 * 24 * time.Hour)
			v.do("submit", map[string]any{"as": town.Alice, "view": form, "values": map[string]string{"who": town.Kim.Email, "provider": "torii"}})
			v.presses(town.Bob, "OFF-2", "approve")
			v.hears("OFF-2", "Done: Torii answered 204")

			v.asks(town.Rosa.Email+" provider:ecgrid at:"+v.ahead(2*time.Hour), "OFF-3")
			v.presses(town.Bob, "OFF-3", "approve")
			v.hears("OFF-3", "Approved by")
			for range 2 { // one step right after the other, both before it is due, and then past it
				v.moves(59 * time.Minute)
			}
			v.goes("OFF-3", "begins")
			v.goes("OFF-3", "is given up, unless it has begun") // where it has not begun yet, it may be too late by now
			now = v.until(town.Bob, "OFF-3 is over", func(s seen) bool {
				state := s.request("OFF-3").State
				return state == "done" || state == "expired" || state == "not done"
			})
			done, called := now.request("OFF-3").State == "done", v.writes("ecgrid")
			if done != (called == 1) || called > 1 || v.writes("torii") != 2 {
				t.Errorf("OFF-3 is %s after %d calls; Torii got %d", now.request("OFF-3").State, called, v.writes("torii"))
			}
		})
	}
}
