package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"offboard/internal/approvals"
)

// Rights names people by user id and by user group.
type Rights struct {
	Users  []string
	Groups []string
}

// groups remembers who was in a user group a moment ago.
type groups struct {
	mu   sync.Mutex
	read map[string]membership
}

type membership struct {
	ids []string
	at  time.Time
}

// sameMoment is for how long a reading of a user group holds for the look at those who approved, so that a call costs Slack no reading besides
// the last click's: it takes about twenty of them a minute for everything (facts/slack.md).
const sameMoment = 5 * time.Second

func (g *groups) keep(id string, m membership) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.read == nil {
		g.read = map[string]membership{}
	}
	g.read[id] = m
}

func (g *groups) recent(id string, now time.Time) ([]string, bool) {
	return g.since(id, now.Add(-sameMoment+time.Nanosecond), now)
}

// since gives what was read of a group between two times, both included.
func (g *groups) since(id string, from, to time.Time) ([]string, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	m, ok := g.read[id]
	at := m.at.Round(0)
	return m.ids, ok && !at.Before(from.Round(0)) && !at.After(to.Round(0))
}

// members reads a user group, and remembers what it read.
func (s *Service) members(ctx context.Context, group string) ([]string, error) {
	at := s.now()
	ids, err := s.directory.Members(ctx, group)
	if err != nil {
		return nil, &directoryError{err}
	}
	s.groups.keep(group, membership{ids: ids, at: at})
	return ids, nil
}

func (s *Service) membersLately(ctx context.Context, group string) ([]string, error) {
	if ids, ok := s.groups.recent(group, s.now()); ok {
		return ids, nil
	}
	return s.members(ctx, group)
}

// may reports whether a person has a right, read now. An empty or unreadable group is nobody. Of what the right is used on it says nothing: that
// nobody decides on what is their own is the core's to hold.
func (s *Service) may(ctx context.Context, right approvals.Right, by approvals.Person) (bool, error) {
	for _, who := range s.whoMay(right) {
		if ok, err := among(ctx, by, who, s.members); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

// whoMay lists the people with a right: those that the configuration gives it to, else the defaults.
func (s *Service) whoMay(right approvals.Right) []Rights {
	if own, ok := s.set.Own[right]; ok {
		return []Rights{own}
	}
	switch right {
	case approvals.MayRequest:
		return []Rights{s.set.Requesters}
	case approvals.MayStop:
		return []Rights{s.set.Requesters, s.set.Approvers}
	case approvals.MayApprove, approvals.MayDeny, approvals.MayRelease, approvals.MayFreeze, approvals.MayUnfreeze, approvals.MayResolve:
		return []Rights{s.set.Approvers}
	case approvals.MayWithdraw, approvals.MayReschedule:
		return nil // who asked, alone
	default:
		return nil
	}
}

func among(ctx context.Context, p approvals.Person, rights Rights, members func(context.Context, string) ([]string, error)) (bool, error) {
	ids := append([]string{p.ID}, p.Also...)
	within := func(list []string) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(list, id) })
	}
	if within(rights.Users) {
		return true, nil
	}
	for _, g := range rights.Groups {
		list, err := members(ctx, g)
		if err != nil {
			return false, err
		}
		if within(list) {
			return true, nil
		}
	}
	return false, nil
}

// fills lists the quotas that a person is of. A group that was read since then, for whether they may approve at all, is not read again.
func (s *Service) fills(ctx context.Context, by approvals.Person, quotas []approvals.Quota, since time.Time) ([]string, error) {
	members := func(ctx context.Context, group string) ([]string, error) {
		if ids, ok := s.groups.since(group, since, s.now()); ok {
			return ids, nil
		}
		return s.members(ctx, group)
	}
	var out []string
	for _, q := range quotas {
		ok, err := among(ctx, by, Rights{Users: q.Users, Groups: q.Groups}, members)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, q.Name)
		}
	}
	return out, nil
}

// Standing says of each person who approved who they are now, why they may not approve any more, and which of the quotas they are of.
func (s *Service) Standing(ctx context.Context, approvers []approvals.Person, quotas []approvals.Quota) ([]approvals.Standing, error) {
	out := make([]approvals.Standing, 0, len(approvers))
	for _, p := range approvers {
		now, err := s.standing(ctx, p.ID)
		if err == nil && now.Why == "" {
			now.Fills, err = s.fills(ctx, now.Person, quotas, s.now().Add(-sameMoment))
		}
		if err != nil {
			return nil, fmt.Errorf("standing of %s: %w", p.ID, err)
		}
		out = append(out, now)
	}
	return out, nil
}

// Releaser says of who released a request who they are now, and why they may not release any more.
func (s *Service) Releaser(ctx context.Context, by approvals.Person) (approvals.Standing, error) {
	out, err := s.standingTo(ctx, by.ID, s.whoMay(approvals.MayRelease), "they are not one of those who may release any more")
	if err != nil {
		return out, fmt.Errorf("standing of %s: %w", by.ID, err)
	}
	return out, nil
}

func (s *Service) standing(ctx context.Context, id string) (approvals.Standing, error) {
	return s.standingTo(ctx, id, s.whoMay(approvals.MayApprove), "they are not one of the approvers any more")
}

// standingTo says of somebody who decided who they are now, and why they do not have the right any more: lost, where they are not of those who have.
func (s *Service) standingTo(ctx context.Context, id string, who []Rights, lost string) (approvals.Standing, error) {
	out := approvals.Standing{ID: id}
	p, err := s.person(ctx, Sender{UserID: id})
	if u, ok := errors.AsType[*Unwelcome](err); ok {
		out.Why = lapsedWords(u.Why)
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.Person = p
	for _, some := range who {
		if in, err := among(ctx, p, some, s.membersLately); err != nil || in {
			return out, err
		}
	}
	out.Why = lost
	return out, nil
}

// lapsedWords says what has become of somebody who approved, by the code of Unwelcome.
func lapsedWords(code string) string {
	switch code {
	case "deleted":
		return "their Slack account is deactivated"
	case "guest":
		return "they are a guest now"
	default:
		return "Slack does not know them as a full member any more (" + code + ")"
	}
}
