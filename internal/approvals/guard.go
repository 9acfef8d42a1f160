package approvals

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"offboard/internal/providers"
)

// Guard is whom never, as it was read a moment ago: what the configuration protects, the bot's own accounts, and what nobody would be left for.
type Guard struct {
	Shields []Shield
	Selves  map[string][]string // provider → ids of the bot's own accounts there; missing: the credential belongs to no account
	Last    []LastAdmin         // accounts of a plan without which a tenant would have no administrator
	Heirs   *Heirs              // who could still approve once the person is gone; nil: they are no approver, so nobody is lost
}

// Heirs are those who could still approve once the person to be removed is gone, besides whoever asks.
type Heirs struct {
	Approvers int    // as many as the policy needs are looked for, and no more
	Lacks     string // a quota of the policy that the person is of and that too few would be left for; empty: none
}

// Shield is one entry of the protected list. Of Email, Domain, ID, Group and Roles one is set.
type Shield struct {
	Name      string   // where it stands in the configuration, for example "protected 3"
	Email     string   // of an account, or one of its logins
	Domain    string   // of an account's e-mail or of one of its logins, whole: what is below it is not meant
	ID        string   // of an account at Providers
	Group     string   // a Slack user group that the person is in
	Roles     []string // administrative roles at Providers, any of them
	Providers []string // every name of the one provider that is meant
	Approvals int      // 0: nobody removes it; else as many people must approve
}

// LastAdmin is an account that a tenant would have no administrator without.
type LastAdmin struct {
	Provider, ID string
	Role         string
}

// since says what a refusal of Check means for a request that was asked for before it held.
func (r *Refusal) since() string {
	switch r.Code { //nolint:exhaustive // what Check refuses with
	case BotAccount:
		return "by now the account is the bot's own"
	case NoAdminLeft:
		return "by now nobody else administers there"
	case NoApproverLeft:
		return "by now too few people besides this person could approve anything"
	default:
		return "protected since it was asked for"
	}
}

// With returns the guard with the bot's own account at a provider added; an empty id is none.
func (g Guard) With(provider, id string) Guard {
	selves := map[string][]string{}
	maps.Copy(selves, g.Selves)
	if id != "" {
		selves[provider] = append(slices.Clone(selves[provider]), id)
	}
	g.Selves = selves
	return g
}

// Alone returns the guard with an account added, where a tenant would have no administrator without it.
func (g Guard) Alone(a providers.Account, p providers.Peers) Guard {
	if p.Alone() {
		g.Last = append(slices.Clone(g.Last), LastAdmin{Provider: a.Provider, ID: a.ID, Role: p.Role})
	}
	return g
}

// Groups lists the user groups that shields name, each once.
func (g Guard) Groups() []string {
	var out []string
	for _, s := range g.Shields {
		if s.Group != "" && !slices.Contains(out, s.Group) {
			out = append(out, s.Group)
		}
	}
	return out
}

// Check refuses a plan that touches what nobody may remove, or that would leave nobody. Needed is how many people must approve.
func (g Guard) Check(p Plan, needed int) error {
	for _, s := range p.Steps {
		if err := g.checkStep(p, s); err != nil {
			return err
		}
	}
	return g.checkHeirs(max(needed, 1))
}

func (g Guard) checkHeirs(needed int) error {
	switch {
	case g.Heirs == nil:
		return nil
	case g.Heirs.Approvers < needed:
		return refuse(NoApproverLeft, fmt.Sprintf("This person is an approver, and without them there would not be %d besides whoever asks who could "+
			"approve anything. Nothing was done. Make somebody else an approver first.", needed))
	case g.Heirs.Lacks != "":
		return refuse(NoApproverLeft, fmt.Sprintf("This person is an approver, and without them there would not be enough of %s besides whoever asks. "+
			"Nothing was done. Make somebody else of them an approver first.", g.Heirs.Lacks))
	default:
		return nil
	}
}

func (g Guard) checkStep(p Plan, s Step) error {
	a := s.Account
	for _, x := range g.Shields {
		if why := x.covers(p, a); why != "" && x.Approvals == 0 {
			return refuse(Protected, fmt.Sprintf("The account %s at %s is protected by the configuration (%s: %s). "+
				"Nothing was done. If it must go, take it off the protected list first.", a.ID, a.Provider, x.Name, why))
		}
	}
	if slices.ContainsFunc(g.Selves[a.Provider], func(id string) bool { return sameID(id, a.ID) }) {
		return refuse(BotAccount, fmt.Sprintf("The account %s at %s is the bot's own. Nothing was done. "+
			"Remove it by hand at the provider, if at all.", a.ID, a.Provider))
	}
	for _, l := range g.Last {
		if l.Provider == a.Provider && sameID(l.ID, a.ID) {
			return refuse(NoAdminLeft, fmt.Sprintf("The account %s at %s is the last active one of a person with the role %s. Nothing was done. "+
				"Give the role to somebody else first.", a.ID, a.Provider, l.Role))
		}
	}
	return nil
}

// Policies gives a policy for each entry that asks for more approvals of this plan.
func (g Guard) Policies(p Plan) []Policy {
	var out []Policy
	for _, x := range g.Shields {
		for _, s := range p.Steps {
			if why := x.covers(p, s.Account); why != "" && x.Approvals > 0 {
				out = append(out, Policy{Name: x.Name, Approvals: x.Approvals, Why: []string{"the account is protected by " + why}})
				break
			}
		}
	}
	return out
}

// covers says why a shield holds for an account; empty: it does not. Where an account's roles could not be read, a shield over roles holds.
func (s Shield) covers(p Plan, a providers.Account) string {
	here := slices.Contains(s.Providers, a.Provider)
	switch {
	case s.Email != "" && slices.ContainsFunc(addresses(a), func(x string) bool { return sameAddress(x, s.Email) }):
		return "its address"
	case s.Domain != "" && slices.ContainsFunc(addresses(a), func(x string) bool { return under(x, s.Domain) }):
		return "the domain " + s.Domain
	case s.ID != "" && here && sameID(s.ID, a.ID):
		return "its id"
	case s.Group != "" && slices.Contains(p.TargetGroups, s.Group):
		return "the user group " + s.Group
	case len(s.Roles) > 0 && here && !a.RolesKnown:
		return "its admin roles, which could not be read"
	case len(s.Roles) > 0 && here:
		return s.role(a)
	default:
		return ""
	}
}

// role finds a role by its first word: one of a project has the project behind it.
func (s Shield) role(a providers.Account) string {
	for _, r := range a.Roles {
		word, _, _ := strings.Cut(r, " ")
		if slices.ContainsFunc(s.Roles, func(x string) bool { return strings.EqualFold(x, word) }) {
			return "the role " + word
		}
	}
	return ""
}

// sameID compares ids: a UUID has two spellings.
func sameID(a, b string) bool { return strings.EqualFold(a, b) }

// Whose is who in Slack the accounts of a plan belong to, asked a moment ago.
type Whose struct {
	Target Person   // unknown: nobody in Slack has one of the accounts' addresses
	Groups []string // that the target is in, of those that shields and policies name
	Note   string   // why that cannot be told; one plain sentence. Empty: it can
}

// own says why somebody's approval counts no more if they are the target; empty: they are not.
func (w Whose) own(p Person) string {
	if w.Target.Same(p) {
		return "the account turns out to be their own"
	}
	return ""
}

// orKnown is the target that was known before, or else this one.
func (w Whose) orKnown(before Person) Person {
	if before.Known() {
		return before
	}
	return w.Target
}

// Whom is whom a guard is asked about.
type Whom struct {
	Known   Person // who the target is known to be already
	Account providers.Account
}

// Unreadable is something that whom never depends on and that cannot be read: nobody knows, so nothing may be done.
type Unreadable struct {
	What string // as the subject of a sentence
	Err  error
}

func (u *Unreadable) Error() string { return u.What + " cannot be read: " + u.Err.Error() }

func (u *Unreadable) Unwrap() error { return u.Err }
