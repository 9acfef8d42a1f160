package cards

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
)

// verb is what a step's action is called.
type verb struct {
	do   string // "delete"
	done string // "deleted"
}

func verbOf(s approvals.Step) verb {
	do, done := s.Verb()
	return verb{do, done}
}

// vendor is what people call the step's provider.
func vendor(s approvals.Step) string {
	if v := mrkdwn.Short(s.Vendor, nameLength); v != "" {
		return v
	}
	return mrkdwn.Short(s.Account.Provider, nameLength)
}

const (
	nameLength   = 80
	valueLength  = 300 // code points of a free value, before escaping
	clauseLength = 500
)

// stateWords is where a request stands, for people. With one step that has ended, its outcome says more than the state does.
func stateWords(r *approvals.Request) string {
	if len(r.Steps) == 1 && r.Steps[0].Outcome != "" {
		return lower(outcomeWords(r.Steps[0].Outcome, r.Plan.Steps[0]))
	}
	switch r.State {
	case approvals.StatePending:
		return "waiting for approval"
	case approvals.StateExecuting:
		return "under way"
	case approvals.StateUnknown:
		return "outcome unknown"
	case approvals.StateApproved, approvals.StateDone, approvals.StatePartly, approvals.StateNotDone, approvals.StateDenied,
		approvals.StateWithdrawn, approvals.StateExpired, approvals.StateHeld, approvals.StateStopped, approvals.StateFrozen, approvals.StateThawed:
		return r.State.Words()
	default:
		return mrkdwn.Short(string(r.State), nameLength)
	}
}

// outcomeWords is how a step ended, in a few words with a capital letter.
func outcomeWords(o approvals.Outcome, s approvals.Step) string {
	switch o {
	case approvals.Done:
		return "Done"
	case approvals.Already:
		return "Already " + verbOf(s).done
	case approvals.Elsewhere:
		return "Deleted by someone else"
	case approvals.NotDone:
		return "Not done"
	case approvals.Rehearsed:
		return "Rehearsal only, nothing was changed"
	case approvals.Unseen:
		return "Not done, as far as can be seen"
	case approvals.Unknown:
		return "Outcome unknown"
	default:
		return mrkdwn.Short(string(o), nameLength)
	}
}

// subject names a step's account within a request of several steps; empty in a request of one.
func subject(r *approvals.Request, step int) string {
	if len(r.Plan.Steps) < 2 {
		return ""
	}
	s := r.Plan.Steps[step]
	return fmt.Sprintf("Step %d of %d (%s, %s): ", step+1, len(r.Plan.Steps), vendor(s), mrkdwn.Short(s.Account.ID, nameLength))
}

// clause is untrusted text, a proof or a reason, with which a sentence ends: ": text." or "." when there is none.
func clause(s string) string {
	s = strings.TrimRight(mrkdwn.Short(s, clauseLength), " .")
	if s == "" {
		return "."
	}
	return ": " + s + "."
}

// people mentions those who approved.
func people(consents []approvals.Consent) string {
	const most = 20
	var out []string
	for i, c := range consents {
		if i == most {
			out = append(out, fmt.Sprintf("%d more", len(consents)-most))
			break
		}
		out = append(out, mrkdwn.Person(c.By.ID)+of(c.Fills))
	}
	return strings.Join(out, ", ")
}

// differences says what is not as it was shown, one after the other.
func differences(ds []approvals.Difference) string {
	var out []string
	for _, d := range ds {
		out = append(out, fmt.Sprintf("%s: %s → %s", mrkdwn.Short(d.What, nameLength), orNone(d.Before), orNone(d.After)))
	}
	return strings.Join(out, "; ")
}

func orNone(s string) string {
	if mrkdwn.Clean(s) == "" {
		return "(none)"
	}
	return mrkdwn.Short(s, nameLength)
}

func capital(s string) string { return first(s, unicode.ToUpper) }

func lower(s string) string { return first(s, unicode.ToLower) }

func first(s string, to func(rune) rune) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(to(r)) + s[n:]
}
