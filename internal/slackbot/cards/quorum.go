package cards

import (
	"fmt"
	"slices"
	"strings"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
)

// takes says what the request takes and why, a line for each policy to which it owes something; empty: no more than a click.
func takes(r *approvals.Request) string {
	if r.Policy.Plain() || len(r.Policy.Why) == 0 {
		return ""
	}
	const most = 5
	out := "*What it takes, and why:*"
	if slices.ContainsFunc(r.Events, func(e approvals.Event) bool { return e.Kind == approvals.Tightened }) {
		out = "*What it takes now, and why* (the configuration has come to ask for more since this was asked for):"
	}
	for i, why := range r.Policy.Why {
		if i == most {
			out += fmt.Sprintf("\nand %d more policies", len(r.Policy.Why)-most)
			break
		}
		out += "\n" + mrkdwn.Short(why, valueLength)
	}
	return out
}

// of says which quotas an approval can fill, behind who gave it.
func of(fills []string) string {
	if len(fills) == 0 {
		return ""
	}
	return " (" + named(fills, "") + ")"
}

func named(quotas []string, end string) string {
	if len(quotas) == 0 {
		return ""
	}
	return mrkdwn.Short(strings.Join(quotas, ", "), nameLength) + end
}

// asOf is the request as it stood right after an event: it may have gone on since.
func asOf(r *approvals.Request, e approvals.Event) *approvals.Request {
	past := &approvals.Request{ID: r.ID, Number: r.Number}
	for _, x := range r.Events {
		if x.Seq > e.Seq {
			break
		}
		past.Fold(x)
	}
	return past
}

// tightened says what is asked for now, and whose approvals do not meet it.
func tightened(r *approvals.Request, e approvals.Event) string {
	out := "The configuration asks for more now than when this was asked for" + clause(e.Reason) + " Nothing was called."
	before := asOf(r, approvals.Event{Seq: e.Seq - 1})
	after := asOf(r, e)
	var void []string
	for _, c := range before.Approvals {
		if !counts(after, c) {
			void = append(void, mrkdwn.Person(c.By.ID))
		}
	}
	if len(void) > 0 {
		out += " Not typed, and void therefore: what was approved by " + strings.Join(void, ", ") + "."
	}
	return out
}

func counts(r *approvals.Request, c approvals.Consent) bool {
	for _, x := range r.Approvals {
		if x.By.ID == c.By.ID {
			return true
		}
	}
	return false
}

// whatNext says what an event means for the request as it stood then, and why it waits where that is known by now.
func whatNext(r *approvals.Request, e approvals.Event, command string) string {
	past := asOf(r, e)
	switch {
	case past.State == approvals.StateHeld:
		return letGo(r, e, command, nil)
	case past.Shortfall().Enough():
		return waitingOr(r, whatNow(past))
	default:
		return whatNow(past)
	}
}

// waitingOr says why an approved request waits, by a freeze for example, or else something else: that it begins now would be wrong.
func waitingOr(r *approvals.Request, say string) string {
	if r.State == approvals.StateApproved && r.Waits() != "" {
		return strings.TrimSpace(begins(r))
	}
	return say
}

// whatNow says what a request waits for.
func whatNow(r *approvals.Request) string {
	s := r.Shortfall()
	switch {
	case s.Enough():
		return strings.TrimSpace(begins(r))
	case len(s.Of) > 0:
		return "Still needed: " + mrkdwn.Short(s.Words(), valueLength) + "."
	case s.People == 1:
		return "1 more approval is needed."
	default:
		return fmt.Sprintf("%d more approvals are needed.", s.People)
	}
}
