package approvals

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"offboard/internal/providers"
)

// holds reports whether the policy is one of those to which the strictest owes something.
func (p Policy) holds(strictest Policy) bool {
	if p.Approvals > 0 && p.Approvals == strictest.Approvals || p.Confirm == ConfirmTyped || p.CoolOff > 0 && p.CoolOff == strictest.CoolOff {
		return true
	}
	return slices.ContainsFunc(p.OutOf, func(q Quota) bool {
		i := named(strictest.OutOf, q.Name)
		return i >= 0 && strictest.OutOf[i].Needs == q.Needs
	})
}

// reason says in one line why a policy matches and what it asks for: "policy 1, because the action is delete: 2 approvals, 1 of HR". A policy
// that comes with a Why of its own says that.
func (p Policy) reason(plan Plan) string {
	because := strings.Join(p.Why, " and ")
	if because == "" {
		because = p.because(plan)
	}
	return p.Name + ", because " + because + ": " + p.Demands()
}

func (p Policy) because(plan Plan) string {
	i := slices.IndexFunc(plan.Steps, func(s Step) bool { return p.matches(plan, s) })
	if i < 0 {
		return "it was so when this was asked for"
	}
	s := plan.Steps[i]
	var facts []string
	if len(p.Actions) > 0 {
		facts = append(facts, "the action is "+string(s.Action))
	}
	if len(p.Providers) > 0 {
		facts = append(facts, "the provider is "+s.Account.Provider)
	}
	if p.Reversible != nil {
		facts = append(facts, map[bool]string{true: "it can be undone", false: "it cannot be undone"}[*p.Reversible])
	}
	if p.Admin != nil {
		facts = append(facts, adminWords(s.Account))
	}
	if len(p.Groups) > 0 {
		facts = append(facts, "the person is in the user group "+strings.Join(common(p.Groups, plan.TargetGroups), ", "))
	}
	if len(facts) == 0 {
		return "it holds for everything"
	}
	return strings.Join(facts, " and ")
}

func adminWords(a providers.Account) string {
	switch {
	case len(a.Roles) > 0:
		return "the account has admin roles"
	case a.RolesKnown:
		return "the account has no admin roles"
	default:
		return "it cannot be told whether the account has admin roles"
	}
}

func common(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(x string) bool { return !slices.Contains(b, x) })
}

// Demands says what the policy asks for: "2 approvals, 1 of IT, 1 of HR, typed, 15m to think again".
func (p Policy) Demands() string {
	var out []string
	if p.Approvals > 0 {
		out = append(out, count(p.Approvals, "approval"))
	}
	for _, q := range p.OutOf {
		out = append(out, fmt.Sprintf("%d of %s", q.size(), q.Name))
	}
	if p.Confirm == ConfirmTyped {
		out = append(out, "each typed")
	}
	if p.CoolOff > 0 {
		out = append(out, "a cool-off of "+spanText(p.CoolOff))
	}
	if p.Expires > 0 {
		out = append(out, "decided within "+spanText(p.Expires))
	}
	if p.Window > 0 {
		out = append(out, "begun within "+spanText(p.Window))
	}
	return strings.Join(out, ", ")
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// spanText is a duration as people write it: 15m, not 15m0s.
func spanText(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// Words says what is missing, as plain text: "1 approver of HR", "3 approvers, 1 of IT and 1 of HR".
func (s Shortfall) Words() string {
	out := count(s.People, "approver")
	var names []string
	number := map[string]int{}
	for _, of := range s.Of {
		name := strings.Join(of, " or ")
		if number[name]++; number[name] == 1 {
			names = append(names, name)
		}
	}
	if len(names) == 1 && number[names[0]] == s.People {
		return out + " of " + names[0]
	}
	for i, name := range names {
		out += map[bool]string{true: ", ", false: " and "}[i == 0] + fmt.Sprintf("%d of %s", number[name], name)
	}
	return out
}

// Plain reports whether the policy asks for nothing but one click of any approver.
func (p Policy) Plain() bool {
	return p.Approvals <= 1 && len(p.OutOf) == 0 && p.Confirm != ConfirmTyped && p.CoolOff == 0
}
