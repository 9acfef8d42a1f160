package cards

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
)

// Card shows a request as it stands.
func Card(r *approvals.Request) Message {
	if r.Freeze {
		return freezeCard(r)
	}
	blocks := []slack.Block{slack.NewHeaderBlock(plain(title(r), mostHeader))}
	if !r.State.Ended() {
		blocks = append(blocks, section(warning(r.Plan)))
	}
	blocks = append(blocks, section(standing(r)))
	if t := takes(r); t != "" && !r.State.Ended() {
		blocks = append(blocks, section(t))
	}
	if len(r.Drift) > 0 && !r.State.Ended() {
		blocks = append(blocks, section("*Changed since it was approved, so earlier approvals are void:* "+differences(r.Drift)))
	}
	if !r.Plan.NotBefore.IsZero() && !r.State.Ended() {
		blocks = append(blocks, section("*When:* "+scheduled(r.Plan.NotBefore)+"."))
	}
	blocks = append(blocks, steps(r)...)
	blocks = append(blocks, section(asked(r)), slack.NewContextBlock("", md(footer(r))))
	if b := buttons(r); b != nil {
		blocks = append(blocks, b)
	}
	return Message{Text: mrkdwn.Cut(fallback(r), mostText), Blocks: blocks}
}

// title is safe in the header and in the text alike.
func title(r *approvals.Request) string {
	what := fmt.Sprintf("%d steps", len(r.Plan.Steps))
	if len(r.Plan.Steps) == 1 {
		s := r.Plan.Steps[0]
		what = verbOf(s).do + " an account at " + vendor(s)
	}
	if !r.Plan.Writes {
		what = "rehearsal, " + what
	}
	return r.Name() + " · " + what + " · " + stateWords(r)
}

// warning says what the plan destroys, each kind of step once.
func warning(p approvals.Plan) string {
	var out []string
	if !p.Writes {
		out = append(out, "*Rehearsal: nothing will be changed.* Everything happens but the call itself. With writes on, this would say:")
	}
	const most = 6 // what a text object has room for; the kinds of steps are few
	seen := map[string]bool{}
	for _, s := range p.Steps {
		w := ":warning: " + stepWarning(s)
		if !seen[w] && len(seen) < most {
			seen[w] = true
			out = append(out, w)
		}
	}
	return strings.Join(out, "\n")
}

// stepWarning says in words what the action does to an account, then what is particular to the provider.
func stepWarning(s approvals.Step) string {
	v, said := verbOf(s), mrkdwn.Short(s.Warning, valueLength)
	if s.Reversible {
		out := fmt.Sprintf("*This will %s the account at %s.* %s", v.do, vendor(s), said)
		if mrkdwn.Clean(s.Undo) != "" {
			out += " It can be undone. " + mrkdwn.Short(s.Undo, valueLength)
		}
		return strings.TrimSpace(out)
	}
	return strings.TrimSpace(fmt.Sprintf(
		"*This will %s the account at %s. It is permanent and cannot be undone. Sessions and API keys stop at once.* %s", v.do, vendor(s), said))
}

// standing says how far the request is, and for an ended one how it ended.
func standing(r *approvals.Request) string {
	switch r.State {
	case approvals.StatePending:
		return tally(r) + " " + wanting(r)
	case approvals.StateApproved:
		return tally(r) + begins(r)
	case approvals.StateHeld:
		return held(r)
	case approvals.StateExecuting:
		return "*Under way.* " + tally(r)
	case approvals.StateDenied, approvals.StateWithdrawn, approvals.StateExpired, approvals.StateStopped:
		return ending(r)
	case approvals.StateDone, approvals.StatePartly, approvals.StateNotDone, approvals.StateUnknown:
		return outcome(r) + "\n" + tally(r)
	case approvals.StateFrozen, approvals.StateThawed: // freezeCard
		return ""
	default:
		return "*" + capital(stateWords(r)) + ".*"
	}
}

// tally is how many have approved of how many, and who.
func tally(r *approvals.Request) string {
	out := fmt.Sprintf("*%d of %d approvals*", len(r.Approvals), r.Policy.Approvals)
	if len(r.Approvals) > 0 {
		out += ", by " + people(r.Approvals)
	}
	return out + "."
}

// wanting says whose word is still needed, and until when.
func wanting(r *approvals.Request) string {
	who := mrkdwn.Short(r.Shortfall().Words(), valueLength)
	if len(r.Policy.OutOf) > 0 {
		who += ","
	}
	return fmt.Sprintf("Still needed by %s: %s other than %s.", mrkdwn.Time(r.Expires), who, mrkdwn.Person(r.Requester.ID))
}

// scheduled says when the call may begin, as its schedule has it.
func scheduled(notBefore time.Time) string {
	if notBefore.IsZero() {
		return "it begins as soon as it is approved"
	}
	return "it begins not before " + mrkdwn.Time(notBefore)
}

// movedTo is when a request that was moved may begin.
func movedTo(e approvals.Event) time.Time {
	if e.Plan == nil {
		return time.Time{}
	}
	return e.Plan.NotBefore
}

// held says which cap holds the request, and who can do something about it.
func held(r *approvals.Request) string {
	e := r.Last(approvals.Held)
	return "*Held*" + overCap(e) + " " + tally(r) + " " + fmt.Sprintf(
		"There is room again from %s, but it does not go on by itself: somebody who neither asked nor approved must release it by %s (its thread says how).",
		mrkdwn.Time(e.Until), mrkdwn.Time(r.Expires))
}

func begins(r *approvals.Request) string {
	if why := r.Waits(); why != "" {
		return " *It waits" + clause(why) + "* It is tried again until " + mrkdwn.Time(r.Window) + "."
	}
	from, over := r.ApprovedAt, ""
	if r.Released {
		from, over = r.Last(approvals.Released).At, " Released over the cap."
	}
	if r.Until.After(from) {
		return over + " It begins not before " + mrkdwn.Time(r.Until) + ", and not after " + mrkdwn.Time(r.Window) + "." + coolingOff(r)
	}
	return over + " " + beginsNow(r)
}

// coolingOff says what the wait is there for, where the policy asks for it.
func coolingOff(r *approvals.Request) string {
	if r.Policy.CoolOff == 0 {
		return ""
	}
	return " Before it begins any requester or approver may press *Stop* on the card."
}

func beginsNow(r *approvals.Request) string {
	if !r.Plan.Writes {
		return "The rehearsal begins now."
	}
	return "It begins now."
}

// ending says who ended a request that nothing came of, from the event that ended it.
func ending(r *approvals.Request) string {
	for i := len(r.Events) - 1; i >= 0; i-- {
		switch e := r.Events[i]; e.Kind { //nolint:exhaustive // only these end a request without a call
		case approvals.Denied, approvals.Withdrawn, approvals.Stopped:
			return fmt.Sprintf("*%s* by %s. %s", capital(stateWords(r)), mrkdwn.Person(e.By.ID), untouched(r))
		case approvals.Expired:
			return "*Expired*" + clause(e.Reason) + " " + untouched(r)
		}
	}
	return "*" + capital(stateWords(r)) + ".* " + untouched(r)
}

// untouched says that the provider was not changed by what ended the request.
func untouched(r *approvals.Request) string {
	for _, p := range r.Steps {
		if p.Outcome != "" || p.Attempt > 0 {
			return "Nothing more will be called."
		}
	}
	return "Nothing was changed."
}

// outcome is how the request ended, with its proof where there is one step. With several, each shows its own.
func outcome(r *approvals.Request) string {
	if len(r.Steps) == 1 {
		return outcomeLine(r, 0)
	}
	return "*" + capital(stateWords(r)) + ".*"
}

func outcomeLine(r *approvals.Request, step int) string {
	p := r.Steps[step]
	out := "*" + outcomeWords(p.Outcome, r.Plan.Steps[step]) + "*" + clause(p.Proof)
	if p.Human && !p.Outcome.Final() {
		out += " *A human must look* at " + vendor(r.Plan.Steps[step]) + "."
	}
	return out
}

func asked(r *approvals.Request) string {
	why := mrkdwn.Short(r.Reason, clauseLength)
	if why == "" {
		why = "(no reason given)"
	}
	return "*Asked by* " + mrkdwn.Person(r.Requester.ID) + " on " + mrkdwn.Time(r.Created) + "\n*Why:* " + why
}

func footer(r *approvals.Request) string {
	parts := []string{r.Name(), policy(r)}
	if r.Policy.Confirm == approvals.ConfirmTyped {
		parts = append(parts, "approving means typing the account's e-mail (its id where it has none)")
	}
	if r.Plan.Target.Known() {
		parts = append(parts, "Slack user "+mrkdwn.Short(r.Plan.Target.ID, nameLength)) // not a mention: it would ping them
	}
	if note := mrkdwn.Short(r.Plan.TargetNote, valueLength); note != "" {
		parts = append(parts, note)
	}
	if r.Linked != "" {
		parts = append(parts, "takes over from an earlier request")
	}
	if !r.Plan.Writes {
		parts = append(parts, "rehearsal")
	}
	const digestShown = 12
	return strings.Join(append(parts, "plan "+mrkdwn.Short(r.Digest, digestShown)), " · ")
}

func policy(r *approvals.Request) string {
	if mrkdwn.Clean(r.Policy.Name) == "" {
		return "default policy"
	}
	return mrkdwn.Short(r.Policy.Name, valueLength)
}

// fallback is the card in words, the warning among them, without mentions.
func fallback(r *approvals.Request) string {
	out := mrkdwn.Cut(title(r), mostHeader) + "."
	if !r.State.Ended() {
		out += " " + warning(r.Plan)
	}
	const most = 5
	for i, s := range r.Plan.Steps {
		if i == most {
			out += fmt.Sprintf("\nand %d more", len(r.Plan.Steps)-most)
			break
		}
		out += fmt.Sprintf("\n%s: %s, id %s", vendor(s), mrkdwn.Name(s.Account.Name, s.Account.ID), mrkdwn.Short(s.Account.ID, nameLength))
		if r.Steps[i].Outcome != "" {
			out += ". " + outcomeLine(r, i)
		}
	}
	return out
}
