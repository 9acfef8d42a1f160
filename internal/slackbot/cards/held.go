package cards

import (
	"cmp"
	"fmt"
	"strings"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
)

// overCap is the cap that holds a request, as the end of a sentence.
func overCap(e approvals.Event) string {
	return ": " + mrkdwn.Short(cmp.Or(e.Reason, "a cap is reached"), clauseLength) + ", and this would be one more."
}

// letGo asks those who may to release a held request, and says until when.
func letGo(r *approvals.Request, e approvals.Event, command string, ping []string) string {
	who := "Approvers"
	if m := mentions(r, ping); m != "" {
		who = m
	}
	return fmt.Sprintf("%s: somebody who neither asked nor approved may release it and type %s: %s release %s. Otherwise it expires at %s.",
		who, notHere, command, r.Name(), mrkdwn.Time(e.At.Add(r.Policy.Expires)))
}

// letAllGo tells those who may that everything is stopped, and how two of them end it.
func letAllGo(r *approvals.Request, command string, ping []string) string {
	who := "Approvers"
	if m := mentions(r, ping); m != "" {
		who = m
	}
	return fmt.Sprintf("%s: no call begins until two of you have typed, %s: %s unfreeze.", who, notHere, command)
}

// mostPinged keeps the sentence's end in the message.
const mostPinged = 20

// mentions addresses people and user groups by id, but for the person to be removed.
func mentions(r *approvals.Request, ids []string) string {
	var out []string
	for _, id := range ids {
		switch {
		case len(out) == mostPinged || r.Concerns(approvals.Person{ID: id}):
		case strings.HasPrefix(id, "S"):
			out = append(out, mrkdwn.Group(id))
		default:
			out = append(out, mrkdwn.Person(id))
		}
	}
	return strings.Join(out, " ")
}

// ofRelease reports whether what lapsed is a release, and no approval.
func ofRelease(r *approvals.Request, e approvals.Event) bool {
	by := asOf(r, approvals.Event{Seq: e.Seq - 1}).Releaser()
	return by.Known() && by.ID == e.By.ID
}

// whatLapsed names what somebody gave that counts no more.
func whatLapsed(r *approvals.Request, e approvals.Event) string {
	if ofRelease(r, e) {
		return "The release by"
	}
	return "The approval of"
}
