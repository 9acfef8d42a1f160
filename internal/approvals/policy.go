package approvals

import (
	"slices"
	"time"

	"offboard/internal/providers"
)

// Confirm is how an approver confirms.
type Confirm string

// The ways to confirm.
const (
	ConfirmDialog Confirm = "dialog" // a click in a confirm dialog
	ConfirmTyped  Confirm = "typed"  // the account's e-mail (its id where it has none) is typed into a form
)

// Policy says what a request needs. Zero fields ask for nothing by themselves.
type Policy struct {
	Name      string // where it stands in the configuration, for example "policy 1"
	Actions   []providers.Action
	Providers []string
	Approvals int
	Expires   time.Duration // how long people may decide
	Window    time.Duration // how long after the last approval a step may begin
	Confirm   Confirm

	OutOf   []Quota       // whom the approvals must come from besides
	CoolOff time.Duration // how long after the last approval nothing begins, so that it can be stopped
	Why     []string      // why it holds for a plan, one plain clause for each policy it is made of
}

// Quota is how many of the approvals must come from a group of people, for example one from HR. One person fills one quota.
type Quota struct {
	Name   string // as the card says it: "HR"
	Users  []string
	Groups []string // Slack user groups
	Needs  int      // 1 and up
}

// What holds when no policy says otherwise.
const (
	defaultApprovals = 1
	defaultExpires   = 24 * time.Hour
	defaultWindow    = time.Hour
)

func (p Policy) matches(s Step) bool {
	return (len(p.Actions) == 0 || slices.Contains(p.Actions, s.Action)) &&
		(len(p.Providers) == 0 || slices.Contains(p.Providers, s.Account.Provider))
}

// Strictest puts together all policies that match any step: the most approvals, the shortest times, and typed where any asks for it.
func Strictest(policies []Policy, plan Plan) Policy {
	out := Policy{Approvals: defaultApprovals, Confirm: ConfirmDialog}
	for _, p := range policies {
		if !slices.ContainsFunc(plan.Steps, p.matches) {
			continue
		}
		if out.Name != "" {
			out.Name += ", "
		}
		out.Name += p.Name
		out.Approvals = max(out.Approvals, p.Approvals)
		out.Expires = shorter(out.Expires, p.Expires)
		out.Window = shorter(out.Window, p.Window)
		if p.Confirm == ConfirmTyped {
			out.Confirm = ConfirmTyped
		}
	}
	if out.Expires == 0 {
		out.Expires = defaultExpires
	}
	if out.Window == 0 {
		out.Window = defaultWindow
	}
	return out
}

func shorter(a, b time.Duration) time.Duration {
	if a == 0 || (b != 0 && b < a) {
		return b
	}
	return a
}
