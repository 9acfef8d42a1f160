package commands

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"offboard/internal/approvals"
	"offboard/internal/mrkdwn"
	"offboard/internal/providers"
)

// Guard says what may never be removed and whom an account belongs to, as it is at this moment: it is asked for when a request is made and
// again right before the call. An error is [approvals.Unreadable]: then nobody knows, and nothing may be done.
func (s *Service) Guard(ctx context.Context, q approvals.Whom) (approvals.Guard, approvals.Whose, error) {
	guard, err := s.protected(ctx)
	if err != nil {
		return guard, approvals.Whose{}, err
	}
	var whose approvals.Whose
	if whose.Target, err = s.owner(ctx, q.Known, q.Account); err != nil {
		return guard, whose, &approvals.Unreadable{What: "Slack's word on whose account it is", Err: err}
	}
	groups := s.groupsThatMatter(guard)
	if len(groups) > 0 && !whose.Target.Known() {
		whose.Note = notInSlack
	}
	if whose.Groups, err = s.groupsOf(ctx, whose.Target, groups); err != nil {
		return guard, whose, &approvals.Unreadable{What: "a user group that the configuration names", Err: err}
	}
	return guard, whose, nil
}

// notInSlack is what the card says where user groups matter and nobody knows who in Slack is meant.
const notInSlack = "Nobody in Slack has an address of this account, so what is set for user groups does not hold for it."

func (s *Service) protected(ctx context.Context) (approvals.Guard, error) {
	if s.set.Guard == nil {
		return approvals.Guard{}, nil
	}
	g, err := s.set.Guard(ctx)
	if err != nil {
		return g, &approvals.Unreadable{What: "the list of protected accounts", Err: err}
	}
	return g, nil
}

// groupsThatMatter lists the user groups whose members are treated in a way of their own.
func (s *Service) groupsThatMatter(g approvals.Guard) []string {
	groups := append(g.Groups(), approvals.MatchGroups(s.set.Policies)...)
	slices.Sort(groups)
	return slices.Compact(groups)
}

// plainAddress is an address that Slack can be asked about.
var plainAddress = regexp.MustCompile(`^[^\s@<>,;:"]+@[^\s@<>,;:"]+\.[^\s@<>,;:"]+$`)

// mostAddresses is how many of an account's addresses Slack is asked about.
const mostAddresses = 5

// owner asks Slack who has one of an account's addresses. More than one user who has one are all taken for the person to be removed: whoever
// has the mail of an account is not the one to approve its end.
func (s *Service) owner(ctx context.Context, known approvals.Person, a providers.Account) (approvals.Person, error) {
	asked := []string{known.Email}
	for _, address := range append([]string{a.Email}, a.Logins...) {
		same := func(x string) bool { return strings.EqualFold(x, address) }
		if !plainAddress.MatchString(address) || slices.ContainsFunc(asked, same) || len(asked) > mostAddresses {
			continue
		}
		asked = append(asked, address)
		p, err := s.directory.ByEmail(ctx, address)
		if err != nil {
			return known, err
		}
		known = known.And(p)
	}
	return known, nil
}

// groupsOf lists those of some user groups that a person is in.
func (s *Service) groupsOf(ctx context.Context, p approvals.Person, groups []string) ([]string, error) {
	var out []string
	for _, g := range groups {
		if !p.Known() {
			return nil, nil
		}
		in, err := among(ctx, p, Rights{Groups: []string{g}}, s.membersLately)
		if err != nil {
			return nil, err
		}
		if in {
			out = append(out, g)
		}
	}
	return out, nil
}

// guard is whom never, for a request that is about to be made: with the bot's own accounts, and who would be left, as they are now.
func (s *Service) guard(ctx context.Context, h hit, g approvals.Guard) (approvals.Guard, string, error) {
	ctx, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	d := h.provider.Describe()
	for _, p := range s.providers {
		if p.Describe().Host != d.Host {
			continue
		}
		self, err := p.Self(ctx)
		if err != nil {
			s.log.Warn("read the bot's own account", "provider", p.Describe().Name, "error", err)
			return g, "", plainf("%s could not be asked which account is the bot's own: %s. Nothing was done. Try again later.",
				mrkdwn.Text(d.Vendor), mrkdwn.Text(say(err)))
		}
		g = g.With(d.Name, self.ID)
	}
	peers, err := providers.PeersOf(ctx, h.provider, h.account, g.Selves[d.Name]...)
	if err != nil {
		s.log.Warn("count the administrators", "provider", d.Name, "error", err)
		return g, "", plainf("%s could not be asked who else administers there: %s. Nothing was done. Try again later.",
			mrkdwn.Text(d.Vendor), mrkdwn.Text(say(err)))
	}
	return g.Alone(h.account, peers), peers.Note, nil
}

// unguarded tells a person that nobody knows what is protected.
func (s *Service) unguarded(err error) error {
	u, ok := errors.AsType[*approvals.Unreadable](err)
	if !ok {
		return err
	}
	s.log.Error("what is protected cannot be read", "error", err)
	return plainf("%s cannot be read now, so nobody knows whether this account may be removed. Nothing was done. "+
		"Try again in a minute; if it stays so, tell whoever runs the bot.", mrkdwn.Text(strings.ToUpper(u.What[:1])+u.What[1:]))
}
