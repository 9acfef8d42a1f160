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
	Name string // where it stands in the configuration, for example "policy 1"

	// What it matches. A policy matches a request when it matches one of its steps. These are not kept with a request.
	Actions    []providers.Action
	Providers  []string
	Reversible *bool    // whether the step can be undone
	Admin      *bool    // whether the account has admin roles; where they could not be read, either matches
	Groups     []string // user groups, of which the person to be removed is in one

	Approvals int
	OutOf     []Quota
	Expires   time.Duration // how long people may decide
	Window    time.Duration // how long after the last approval a step may begin
	Confirm   Confirm
	CoolOff   time.Duration // how long after the last approval nothing begins
	Why       []string      // of the strictest: a line for each policy to which it owes something
}

// Quota says how many of the approvals must be given by people of one circle, as one of IT and one of HR. Nobody fills two places.
type Quota struct {
	Name   string
	Users  []string
	Groups []string
	Needs  int
}

// What holds when no policy says otherwise.
const (
	defaultApprovals = 1
	defaultExpires   = 24 * time.Hour
	defaultWindow    = time.Hour
)

func (p Policy) matches(plan Plan, s Step) bool {
	return (len(p.Actions) == 0 || slices.Contains(p.Actions, s.Action)) &&
		(len(p.Providers) == 0 || slices.Contains(p.Providers, s.Account.Provider)) &&
		(p.Reversible == nil || *p.Reversible == s.Reversible) &&
		(p.Admin == nil || *p.Admin == (len(s.Account.Roles) > 0) || !s.Account.RolesKnown) &&
		(len(p.Groups) == 0 || len(common(p.Groups, plan.TargetGroups)) > 0)
}

// MatchGroups lists the user groups that policies match the person to be removed by.
func MatchGroups(policies []Policy) []string {
	var out []string
	for _, p := range policies {
		out = append(out, p.Groups...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Strictest puts together all policies that match any step: the most approvals, every quota with the most people, the shortest times, the longest
// cool-off, and typed where any asks for it. Its Why has a line for each policy to which it owes something.
func Strictest(policies []Policy, plan Plan) Policy {
	out := Policy{Approvals: defaultApprovals, Confirm: ConfirmDialog}
	var matching []Policy
	for _, p := range policies {
		if slices.ContainsFunc(plan.Steps, func(s Step) bool { return p.matches(plan, s) }) {
			matching = append(matching, p)
			out = out.with(p)
		}
	}
	out.Approvals = max(out.Approvals, out.places())
	for _, p := range matching {
		if out.Name != "" {
			out.Name += ", "
		}
		out.Name += p.Name
		if p.holds(out) {
			out.Why = append(out.Why, p.reason(plan))
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

// with is the policy with what another asks for besides. It matches nothing by itself.
func (p Policy) with(q Policy) Policy {
	out := Policy{
		Name: p.Name, Why: p.Why, Approvals: max(p.Approvals, q.Approvals), OutOf: united(p.OutOf, q.OutOf),
		Expires: shorter(p.Expires, q.Expires), Window: shorter(p.Window, q.Window), Confirm: p.Confirm, CoolOff: max(p.CoolOff, q.CoolOff),
	}
	if q.Confirm == ConfirmTyped {
		out.Confirm = ConfirmTyped
	}
	out.Approvals = max(out.Approvals, out.places())
	return out
}

func shorter(a, b time.Duration) time.Duration {
	if a == 0 || (b != 0 && b < a) {
		return b
	}
	return a
}
