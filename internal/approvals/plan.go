package approvals

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"offboard/internal/providers"
)

// Step is one action on one account.
type Step struct {
	Account    providers.Account // as it was read and shown
	Action     providers.Action
	Vendor     string // what people call the provider
	Host       string // where the provider's calls go: host, and port and path where it has them
	Reversible bool
	Warning    string // what the card says about the action
	Undo       string // how to undo it; empty when it cannot be undone
	PeersNote  string // why it cannot be told whether the account is the last administrator; no part of what people approve
}

// Key is the reservation of the step's account: the provider's host, tenant and id. It is the host and not the provider's name, so that one
// account under two names in the configuration has one open request.
func (s Step) Key() string {
	return fmt.Sprintf("%q/%q/%q", cmp.Or(s.Host, s.Account.Provider), s.Account.Tenant, s.Account.ID)
}

// Plan is what people approve.
type Plan struct {
	Steps  []Step
	Target Person // the person to be removed, where Slack knows them (an @mention); may be unknown
	Writes bool   // false: a rehearsal, everything but the provider's write happens

	TargetGroups []string  // the Slack user groups that the configuration asks about and Target is in; not part of what people approve
	TargetNote   string    // why it cannot be told which user groups the target is in; not part of what people approve
	NotBefore    time.Time // no step begins before this; zero: at once
}

// Digest is the hex SHA-256 over everything in the plan that people approve: each step's provider and its host, tenant, account id and
// action in their order, what the card showed of the account, whether writes are on, and when it is scheduled for. Two plans with one digest are the same plan.
func (p Plan) Digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "plan/1\nwrites=%t\ntarget=%q\n", p.Writes, p.Target.ID)
	if !p.NotBefore.IsZero() { // cards that were posted before there was a schedule keep their digests
		fmt.Fprintf(h, "not before=%d\n", p.NotBefore.Unix())
	}
	for i, s := range p.Steps {
		a := s.Account
		fmt.Fprintf(h, "step %d\n%q\n%q\n%q\n%q\n%q\n", i+1, a.Provider, s.Host, a.Tenant, a.ID, s.Action)
		for _, f := range shown(a) {
			fmt.Fprintf(h, "%q=%q\n", f.name, f.value)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Concerns reports whether the person is the one to be removed.
func (p Plan) Concerns(who Person) bool {
	if p.Target.Same(who) {
		return true
	}
	for _, s := range p.Steps {
		if who.Owns(s.Account) {
			return true
		}
	}
	return false
}

// Reversible reports whether every step can be undone.
func (p Plan) Reversible() bool {
	for _, s := range p.Steps {
		if !s.Reversible {
			return false
		}
	}
	return true
}

// Difference is one thing about an account that is not as it was shown.
type Difference struct {
	What   string // "e-mail", "state", …
	Before string
	After  string
}

// Diff lists what is different between an account as shown and as it is now, of the things that void an approval. Last seen and change
// counters are not among them: they change when somebody signs in.
func Diff(before, after providers.Account) []Difference {
	var out []Difference
	b, a := shown(before), shown(after)
	for i := range b {
		if b[i].value != a[i].value {
			out = append(out, Difference{What: b[i].name, Before: b[i].value, After: a[i].value})
		}
	}
	return out
}

type fact struct{ name, value string }

// shown lists the facts of an account that people approve, always in the same order.
func shown(a providers.Account) []fact {
	return []fact{
		{"provider", a.Provider},
		{"id", a.ID},
		{"tenant", a.Tenant},
		{"e-mail", a.Email},
		{"logins", strings.Join(a.Logins, ", ")},
		{"name", a.Name},
		{"state", stateText(a)},
		{"created", dateText(a.Created)},
		{"kind", string(a.Being)},
		{"admin roles", rolesText(a)},
	}
}

func stateText(a providers.Account) string {
	if a.StateWord == "" {
		return string(a.State)
	}
	return a.StateWord
}

func rolesText(a providers.Account) string {
	if a.RolesNote != "" {
		return strings.Join(append([]string{a.RolesNote}, a.Roles...), ", ")
	}
	return strings.Join(a.Roles, ", ")
}

func dateText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Reached reports whether an account is already in the state that the action aims at.
func Reached(action providers.Action, s providers.State) bool {
	switch action {
	case providers.Delete:
		return s == providers.StateDeleted
	case providers.Deactivate:
		return s == providers.StateInactive || s == providers.StateDeleted
	default:
		return false
	}
}
