package cards

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
	"offboard/internal/providers"
)

// mostSteps is how many steps a card lists: with the other blocks they stay within Slack's 50.
const mostSteps = mostBlocks - 10

// steps shows the accounts: fields for one, a paragraph each for several.
func steps(r *approvals.Request) []slack.Block {
	if len(r.Plan.Steps) == 1 {
		return []slack.Block{slack.NewSectionBlock(nil, fields(r.Plan.Steps[0]), nil)}
	}
	var out []slack.Block
	for i := range r.Plan.Steps {
		if i == mostSteps {
			return append(out, section(fmt.Sprintf("… and %d more steps that do not fit here.", len(r.Plan.Steps)-mostSteps)))
		}
		out = append(out, section(paragraph(r, i)))
	}
	return out
}

// fields are at most ten, which is all that Slack takes.
func fields(s approvals.Step) []*slack.TextBlockObject {
	a := s.Account
	return []*slack.TextBlockObject{
		field("Who", who(a)),
		field("Provider", where(s)),
		field("Id", mrkdwn.ID(a.ID)),
		field("E-mail", mrkdwn.ID(a.Email)),
		field("Login", list(a.Logins)),
		field("State", state(a)),
		field("Tenant", mrkdwn.ID(a.Tenant)),
		field("Created", mrkdwn.Time(a.Created)),
		field("Last seen", mrkdwn.Time(a.LastSeen)),
		field("Admin roles", roles(a)+alone(s)),
	}
}

func paragraph(r *approvals.Request, i int) string {
	s := r.Plan.Steps[i]
	a := s.Account
	out := fmt.Sprintf("*%d. %s* at %s: %s, id %s", i+1, capital(verbOf(s).do), where(s), who(a), mrkdwn.ID(a.ID))
	for _, f := range []struct{ label, value string }{
		{"e-mail", mrkdwn.ID(a.Email)}, {"login", list(a.Logins)}, {"state", state(a)}, {"tenant", mrkdwn.ID(a.Tenant)},
	} {
		if f.value != "" {
			out += "; " + f.label + " " + f.value
		}
	}
	out += "\nCreated " + mrkdwn.Time(a.Created) + "; last seen " + mrkdwn.Time(a.LastSeen) + "; admin roles: " + roles(a) + alone(s)
	if r.Steps[i].Outcome == "" {
		return mrkdwn.Cut(out, mostText)
	}
	end := "\n" + outcomeLine(r, i)
	return mrkdwn.Cut(out, mostText-len([]rune(end))) + end // the outcome is never what is cut off
}

func who(a providers.Account) string {
	name := mrkdwn.Name(a.Name, a.ID)
	switch a.Being {
	case providers.Machine:
		return name + " (a machine account)"
	case providers.Human:
		return name
	default:
		return name
	}
}

func where(s approvals.Step) string {
	out := vendor(s)
	if name := mrkdwn.Short(s.Account.Provider, nameLength); name != "" && name != out {
		out += " (" + name + ")"
	}
	if host := mrkdwn.ID(s.Host); host != "" {
		out += ", " + host
	}
	return out
}

func state(a providers.Account) string {
	word := mrkdwn.Short(a.StateWord, nameLength)
	switch {
	case a.State == providers.StateUnknown:
		return strings.TrimSpace(word + " (a word this bot does not know)")
	case word == "":
		return mrkdwn.Short(string(a.State), nameLength)
	default:
		return word
	}
}

func roles(a providers.Account) string {
	note := mrkdwn.Short(a.RolesNote, valueLength)
	if len(a.Roles) == 0 {
		if note == "" {
			return "none"
		}
		return note
	}
	out := ":warning: *" + list(a.Roles) + "*"
	if note != "" {
		out += " " + note
	}
	return out
}

// alone says where it cannot be told that somebody else administers there.
func alone(s approvals.Step) string {
	note := mrkdwn.Short(s.PeersNote, valueLength)
	if note == "" {
		return ""
	}
	return " Whether this is the last administrator cannot be told: " + note
}

// list shows the first few of many values.
func list(values []string) string {
	const most = 5
	var out []string
	for i, v := range values {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(values)-most))
			break
		}
		out = append(out, mrkdwn.Short(v, nameLength))
	}
	return strings.Join(out, ", ")
}
