package cards_test

import (
	"strings"
	"testing"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/commands"
	"offboard/internal/providers"
	"offboard/internal/slackbot/cards"
)

// lines are what each event is told as: thread first, audit second.
type lines struct{ Thread, Audit string }

func told(r *approvals.Request) []lines {
	var out []lines
	for i, e := range r.Events {
		e.Seq, e.Hash = i+1, strings.Repeat("ab", 32)
		out = append(out, lines{Thread: cards.ThreadLine(r, e, "/offboard").Text, Audit: cards.AuditLines(r, []approvals.Event{e}).Text})
	}
	return out
}

// stories are whole histories, so that the sentences are read in the order in which people read them.
func stories() map[string]*approvals.Request {
	all := requests()
	all["whole_story"] = asks(true, 2, deactivation()).Fold(
		approvals.Event{Kind: approvals.Refused, By: requester, Button: approvals.ButtonApprove, Reason: "own_request"},
		approvals.Event{Kind: approvals.Reminded}, approved(approver), approved(other), approvals.Event{Kind: approvals.Rechecked}, begun(),
		ended(approvals.Unknown, "no answer in 20 s"), approvals.Event{Kind: approvals.Looked, Verdict: providers.NotReached, Proof: "read back: USER_STATE_ACTIVE"},
		approvals.Event{Kind: approvals.Unresolved, Proof: "no answer in 20 s"},
		approvals.Event{Kind: approvals.Proposed, By: approver, Outcome: approvals.NotDone, Reason: "I see her active in the console"},
		approvals.Event{Kind: approvals.Resolved, By: other, Outcome: approvals.NotDone, Proof: "resolved by hand by two people"},
		approvals.Event{Kind: approvals.Completed, State: approvals.StateNotDone}, approvals.Event{Kind: approvals.Superseded, Linked: "req_2"},
		approvals.Event{Kind: approvals.Alarmed, Reason: "the audit channel cannot be written: look at it now"},
	)
	return all
}

func TestLines(t *testing.T) {
	t.Parallel()
	for name, r := range stories() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, "lines_"+name, told(r))
		})
	}
}

// TestReasonAsItWasTyped: made safe once, and not cut to the length of a name.
func TestReasonAsItWasTyped(t *testing.T) {
	t.Parallel()
	r := asks(true, 1, deletion())
	for typed, want := range map[string]string{
		"R&D is <10": ". Reason: R&amp;D is &lt;10.", strings.Repeat("long ", 20) + "x": strings.Repeat("long ", 20) + "x.", "": "Reason: (none).",
	} {
		e := r.Events[0]
		e.Reason = typed
		if got := cards.AuditLines(r, []approvals.Event{e}).Text; !strings.Contains(got, want) {
			t.Errorf("%q is told as %q", typed, got)
		}
	}
}

// A sentence says what was so when it happened, also when it is told much later.
func TestApprovalsAreCountedAsOfTheEvent(t *testing.T) {
	t.Parallel()
	r := asks(true, 2, deletion()).Fold(approved(approver), approved(other))
	if got := cards.ThreadLine(r, r.Events[1], "/offboard").Text; !strings.Contains(got, "(1 of 2)") || !strings.Contains(got, "1 more approval is needed") {
		t.Error(got)
	}
	if got := cards.ThreadLine(r, r.Events[2], "/offboard").Text; !strings.Contains(got, "(2 of 2)") || !strings.Contains(got, "begins now") {
		t.Error(got)
	}
	r.Fold(drifted(r), approved(other))
	if got := cards.ThreadLine(r, r.Events[4], "/offboard").Text; !strings.Contains(got, "(1 of 2)") {
		t.Error(got)
	}
}

// The audit channel is told facts: it addresses nobody and advises nothing.
func TestTheAuditChannelAddressesNobody(t *testing.T) {
	t.Parallel()
	for name, r := range stories() {
		for _, e := range r.Events {
			got := cards.AuditLines(r, []approvals.Event{e}).Text
			if strings.Contains(got, "<@U0ASKS>,") || strings.Contains(got, "/offboard") || strings.Contains(got, "ask again") {
				t.Errorf("%s, %s: %s", name, e.Kind, got)
			}
		}
	}
}

// Slash commands do not work inside threads (facts/slack.md), which is where these sentences are read.
func TestWhatIsToBeTypedIsNotTypedInTheThread(t *testing.T) {
	t.Parallel()
	for name, r := range stories() {
		for _, e := range r.Events {
			got := cards.ThreadLine(r, e, "/offboard").Text
			if strings.Contains(got, "/offboard") && !strings.Contains(got, "in the channel, not in a thread") {
				t.Errorf("%s, %s: %s", name, e.Kind, got)
			}
		}
	}
}

// What people are told to type is the configured command.
func TestSentencesNameTheConfiguredCommand(t *testing.T) {
	t.Parallel()
	named := 0
	for name, r := range stories() {
		for _, e := range r.Events {
			got := cards.ThreadLine(r, e, "/goodbye").Text
			if strings.Contains(got, "/offboard") {
				t.Errorf("%s, %s: %s", name, e.Kind, got)
			}
			named += strings.Count(got, "/goodbye resolve OFF-42")
		}
	}
	if named == 0 {
		t.Error("no sentence names the command")
	}
}

// Only the line of a request that a cap holds, and that of a freeze, address the approvers, and never the person to be removed.
func TestOnlyAHeldRequestPingsTheApprovers(t *testing.T) {
	t.Parallel()
	ping := []string{"S0APPROVERS", "U0THIRD", "U0TARGET", "S1 <!channel>"}
	for name, r := range stories() {
		for _, e := range r.Events {
			got := cards.ThreadLine(r, e, "/offboard", ping...).Text
			addressed := strings.Contains(got, "<!subteam^S0APPROVERS> <@U0THIRD> S1 &lt;!channel&gt;: somebody")
			stopped := strings.Contains(got, "<!subteam^S0APPROVERS> <@U0THIRD> <@U0TARGET> S1 &lt;!channel&gt;: no call begins until two of you have typed")
			if addressed != (e.Kind == approvals.Held) || stopped != (e.Kind == approvals.Frozen) {
				t.Errorf("%s, %s: %s", name, e.Kind, got)
			}
			if strings.Contains(got, "U0TARGET") && !r.Freeze || strings.Contains(got, "<!channel>") {
				t.Errorf("%s, %s: %s", name, e.Kind, got)
			}
		}
	}
	many := make([]string, 500)
	for i := range many {
		many[i] = "U0MANY"
	}
	r := requests()["held"]
	if got := cards.ThreadLine(r, r.Last(approvals.Held), "/offboard", many...).Text; !strings.Contains(got, "/offboard release OFF-42. Otherwise it expires at") {
		t.Errorf("what to do is cut off: %s", got)
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(strings.Repeat("x", 99)+"\n", 90)
	for name, c := range map[string]struct {
		reply commands.Reply
		link  string
	}{
		"plain":   {commands.Reply{Text: "OFF-42 is denied already. Nothing was recorded."}, ""},
		"card":    {commands.Reply{Text: "OFF-42 waits for approval."}, "https://example.slack.com/archives/C1/p12?a=1&b=2"},
		"evil":    {commands.Reply{Text: "OFF-42 waits."}, "https://example.com/|x> <!channel"},
		"long":    {commands.Reply{Text: long}, ""},
		"choices": {commands.Reply{Text: "Three fit.", Choices: []commands.Choice{{Text: "*Alice*", Label: "This one", Value: "v1"}, {Text: "Bob", Label: "This one", Value: "v2"}}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := cards.Reply(c.reply, c.link)
			check(t, m)
			golden(t, "reply_"+name, m)
		})
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	ask, err := cards.AskForm(commands.AskForm{Providers: []string{"zitadel-eu", "torii"}, Actions: []string{"delete", "deactivate"}, Private: "p"})
	if err != nil {
		t.Fatal(err)
	}
	checkView(t, ask)
	golden(t, "form_ask", ask)
	typed, err := cards.TypedForm(commands.TypedForm{
		Title: "Approve OFF-42", Plan: requests()["pending_delete"].Plan, Ask: "Type the e-mail that the card shows", Private: "p",
	})
	if err != nil {
		t.Fatal(err)
	}
	checkView(t, typed)
	golden(t, "form_typed", typed)
	if _, err := cards.TypedForm(commands.TypedForm{Title: "t", Private: strings.Repeat("p", 3001)}); err == nil {
		t.Error("a private text that Slack refuses is taken")
	}
	many := make([]string, 300)
	for i := range many {
		many[i] = strings.Repeat("p", 70) + time.Duration(i).String()
	}
	ask, err = cards.AskForm(commands.AskForm{Providers: many})
	if err != nil || len(ask.Blocks.BlockSet) != 4 {
		t.Errorf("%d blocks, %v", len(ask.Blocks.BlockSet), err)
	}
	checkView(t, ask)
	for name, text := range hostileNames() {
		typed, err := cards.TypedForm(commands.TypedForm{Title: text, Ask: text})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		checkView(t, typed)
	}
}
