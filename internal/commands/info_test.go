package commands_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
)

func TestHelpAndWhatIsNotUnderstood(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	check(t, s.types(carol, "help"), "/goodbye resolve OFF-42 done|not-done reason")
	for line, want := range map[string]string{
		"dana@example.com pat@example.com": "Name one person at a time",
		"list all":                         "list takes nothing after it",
		"status":                           "Say which request: status OFF-42.",
		"withdraw 1":                       "Say which request: withdraw OFF-42.",
		"resolve OFF-1 perhaps":            "Say which request, what you saw",
		"dana@example.com --force":         "I do not know the option",
		"<!channel>":                       "That is not an e-mail address",
	} {
		o := s.types(alice, line)
		check(t, o, want)
		check(t, o, "Nothing was done. Type `/goodbye help` for the grammar.")
		if len(o.told) != 0 {
			t.Errorf("%s: told %q", line, o.text())
		}
	}
	check(t, s.types(alice, "dismiss"), "Nobody was found for dismiss") // no verb: somebody's login
	if s.recorded() != 0 {
		t.Errorf("%d requests", s.recorded())
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	check(t, s.types(bob, "list"), "No request is open.")
	s.requested()
	s.types(bea, "pat@example.com")
	o := s.types(bob, "list")
	check(t, o, "*OFF-2* pending: deactivate Name of 202 at Zwei; asked for by <@"+bea+">, 0 of 1 approvals\n*OFF-1* pending: delete")
	s.send(s.click(bob, deny, s.number(1)))
	if o := s.types(bob, "list"); strings.Contains(o.text(), "OFF-1") || !strings.Contains(o.text(), "OFF-2") {
		t.Errorf("listed %q", o.text())
	}
	for _, user := range []string{alice, bea} {
		check(t, s.types(user, "list"), "OFF-2")
	}
	check(t, s.types(carol, "list"), "Only requesters and approvers may see requests.")
	check(t, s.types(gus, "list"), "Guests cannot.")
	s.store.down = errors.New("x")
	check(t, s.types(bob, "list"), "The bot cannot")
}

// A list that is cut says so: whoever looks for an older request must not take it for gone.
func TestALongListSaysThatItIsCut(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	const most = 30
	s.set.PerHour, s.set.PerRequesterPerDay = 0, 0
	for i := range most + 1 {
		id := strconv.Itoa(5000 + i)
		s.eins.accounts = append(s.eins.accounts, account("eins", id, id+"@example.com"))
		s.types(alice, id)
		o := s.types(alice, "list")
		if cut := strings.Contains(o.text(), "There are more; these are the newest 30."); cut != (i >= most) || strings.Count(o.text(), " pending: ") > most {
			t.Fatalf("with %d open requests: %q", i+1, o.text())
		}
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	r := s.requested()
	o := s.types(bob, "status OFF-1")
	check(t, o, "*OFF-1* pending: delete Name of 101 at Eins; asked for by <@"+alice+">, 0 of 1 approvals\nIt can be decided until")
	if o.told[0].Card != home {
		t.Errorf("the card is at %v", o.told[0].Card)
	}
	s.send(s.click(bob, approve, r))
	check(t, s.types(alice, "status off-1"), "1 of 1 approvals\nIt may begin until")
	s.happens(r, approvals.Event{Kind: approvals.Ended, At: s.now(), Outcome: approvals.Already, Proof: "read before <the> call"})
	check(t, s.types(alice, "status OFF-1"), "Step 1: already done. read before &lt;the&gt; call")
	check(t, s.types(alice, "status OFF-2"), "There is no OFF-2. Type `/goodbye list` for the open requests.")
	check(t, s.types(carol, "status OFF-1"), "Only requesters and approvers")
}

// Who looks at what is scheduled reads when it begins, before it is approved too.
func TestStatusOfWhatIsScheduled(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.requested()
	s.types(alice, "reschedule OFF-1 at:"+s.now().Add(48*time.Hour).UTC().Format(time.RFC3339))
	r := s.number(1)
	begins := "It begins not before " + mrkdwn.Time(r.Plan.NotBefore)
	check(t, s.types(alice, "status OFF-1"), "\n"+begins+", once it is approved.")
	s.send(s.click(bob, approve, r))
	check(t, s.types(alice, "status OFF-1"), "\n"+begins+".")
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	r := s.requested()
	for user, want := range map[string]string{
		bob: "Only the person who asked for OFF-1", carol: "Only the person who asked", gus: "Guests cannot.", sid: "",
	} {
		check(t, s.types(user, "withdraw OFF-1"), want)
	}
	check(t, s.types(alice, "withdraw OFF-2"), "There is no OFF-2")
	if got := s.number(1).State; got != approvals.StatePending {
		t.Fatalf("the request is %s", got)
	}
	s.send(s.click(bob, approve, r))
	check(t, s.types(alice, "withdraw OFF-1"), "OFF-1 is withdrawn. Nothing will be called.")
	if got := s.number(1).State; got != approvals.StateWithdrawn {
		t.Errorf("the request is %s", got)
	}
	check(t, s.types(alice, "withdraw OFF-1"), "OFF-1 is already over (withdrawn)")
}

func TestWithdrawIsTooLateOnceItHasBegun(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	r := s.requested()
	s.send(s.click(bob, approve, r))
	s.happens(r, approvals.Event{Kind: approvals.Begun, At: s.now(), Attempt: 1, Replica: "a", Deadline: s.now().Add(time.Minute)})
	check(t, s.types(alice, "withdraw OFF-1"), "OFF-1 has begun. It cannot be stopped any more")
	if got := s.number(1).State; got != approvals.StateExecuting {
		t.Errorf("the request is %s", got)
	}
}

// An unknown outcome is settled by two approvers who say the same, neither of them the person it is about.
func TestResolve(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	r := s.requested()
	check(t, s.types(bob, "resolve OFF-1 done I saw it"), "has no unknown outcome")
	ended(s, r, approvals.Unknown)
	check(t, s.types(carol, "resolve OFF-1 done I saw it"), "Only approvers may resolve")
	check(t, s.types(dana, "resolve OFF-1 done I saw it"), "your own account")
	check(t, s.types(bob, "resolve OFF-9 done I saw it"), "There is no OFF-9")
	check(t, s.types(bob, "resolve OFF-1 done I saw it"), "Recorded. A second approver must agree")
	check(t, s.types(bob, "resolve OFF-1 done I saw it again"), "You have proposed this already")
	check(t, s.types(bea, "resolve OFF-1 not-done still there"), "Recorded. A second approver must agree")
	if got := s.number(1).State; got != approvals.StateUnknown {
		t.Fatalf("the request is %s", got)
	}
	check(t, s.types(bob, "resolve OFF-1 not-done I see it now"), "OFF-1 is resolved by hand.")
	if got := s.number(1); got.State != approvals.StateNotDone || got.Open() {
		t.Errorf("the request is %s, open: %t", got.State, got.Open())
	}
	check(t, s.types(alice, "101"), "OFF-2 is recorded")
}

func TestARepeatedQuestionIsSilent(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.requested()
	for _, line := range []string{"list", "status OFF-1", ""} {
		check(t, s.types(bob, line), "")
		s.sent-- // the next one is the same delivery
		if o := s.types(bob, line); o.text() != "" || o.err != nil {
			t.Errorf("%q again: %q, %v", line, o.text(), o.err)
		}
	}
	if len(s.forms.asks) != 1 {
		t.Errorf("%d forms opened", len(s.forms.asks))
	}
}
