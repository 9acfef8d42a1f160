package commands

import (
	"context"
	"errors"
	"slices"

	"offboard/internal/approvals"
)

// Heirs counts who could still approve once the target is gone, besides whoever asks: in all, and of each circle that the policy asks for and
// the target is of. Nil: the target is no approver. An error is [approvals.Unreadable].
func (s *Service) Heirs(ctx context.Context, target, by approvals.Person, p approvals.Policy) (*approvals.Heirs, error) {
	heirs, err := s.heirs(ctx, target, by, p)
	if err != nil {
		return nil, &approvals.Unreadable{What: "the list of approvers", Err: err}
	}
	return heirs, nil
}

func (s *Service) heirs(ctx context.Context, target, by approvals.Person, p approvals.Policy) (*approvals.Heirs, error) {
	is, err := s.oneOf(ctx, target, s.whoMay(approvals.MayApprove))
	if err != nil || !is {
		return nil, err
	}
	out := &approvals.Heirs{}
	others := []approvals.Person{target, by}
	if out.Approvers, err = s.left(ctx, s.whoMay(approvals.MayApprove), others, max(p.Approvals, 1)); err != nil {
		return nil, err
	}
	for _, q := range p.Quotas(s.set.Policies) {
		circle := []Rights{{Users: q.Users, Groups: q.Groups}}
		if is, err := s.oneOf(ctx, target, circle); err != nil || !is {
			if err != nil {
				return nil, err
			}
			continue
		}
		n, err := s.left(ctx, circle, others, max(q.Needs, 1))
		if err != nil {
			return nil, err
		}
		if n < max(q.Needs, 1) {
			out.Lacks = q.Name
		}
	}
	return out, nil
}

// left counts the people of a circle who may approve, besides some others, up to as many as are needed.
func (s *Service) left(ctx context.Context, circle []Rights, others []approvals.Person, needed int) (int, error) {
	seen := slices.Clone(others)
	for _, some := range s.parts(ctx, circle) {
		ids, err := some()
		if err != nil {
			return 0, err
		}
		for _, id := range ids {
			if len(seen)-len(others) == needed {
				return needed, nil
			}
			p, ok, err := s.couldApprove(ctx, id)
			if err != nil {
				return 0, err
			}
			if ok && !slices.ContainsFunc(seen, p.Same) {
				seen = append(seen, p)
			}
		}
		if len(seen)-len(others) == needed {
			break
		}
	}
	return len(seen) - len(others), nil
}

// couldApprove asks Slack whether somebody may decide here at all, and is an approver.
func (s *Service) couldApprove(ctx context.Context, id string) (approvals.Person, bool, error) {
	p, err := s.person(ctx, Sender{UserID: id})
	if _, unwelcome := errors.AsType[*Unwelcome](err); unwelcome {
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	ok, err := s.oneOf(ctx, p, s.whoMay(approvals.MayApprove))
	return p, ok, err
}

func (s *Service) oneOf(ctx context.Context, p approvals.Person, who []Rights) (bool, error) {
	if !p.Known() {
		return false, nil
	}
	for _, some := range s.parts(ctx, who) {
		ids, err := some()
		if err != nil || slices.ContainsFunc(ids, p.Is) {
			return err == nil, err
		}
	}
	return false, nil
}

// parts lists the people of some rights, in parts that are read when they are needed: a user group costs a question.
func (s *Service) parts(ctx context.Context, who []Rights) []func() ([]string, error) {
	var out []func() ([]string, error)
	for _, w := range who {
		out = append(out, func() ([]string, error) { return w.Users, nil })
		for _, g := range w.Groups {
			out = append(out, func() ([]string, error) { return s.membersLately(ctx, g) })
		}
	}
	return out
}
