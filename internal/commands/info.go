package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
	"offboard/internal/mrkdwn"
)

// mostListed is how many open requests a list shows.
const mostListed = 30

// mayRead refuses whoever has no right at all.
func (s *Service) mayRead(ctx context.Context, by approvals.Person) error {
	for _, right := range []approvals.Right{approvals.MayRequest, approvals.MayApprove} {
		if ok, err := s.may(ctx, right, by); err != nil || ok {
			return err
		}
	}
	for _, own := range s.set.Own {
		if ok, err := among(ctx, by, own, s.membersLately); err != nil || ok {
			return err
		}
	}
	return plainf("Only requesters and approvers may see requests. Ask one of them.")
}

func (s *Service) list(ctx context.Context, by approvals.Person) (Reply, error) {
	if err := s.mayRead(ctx, by); err != nil {
		return Reply{}, err
	}
	open, err := s.book.Open(ctx, mostListed+1)
	if err != nil {
		return Reply{}, err
	}
	lines, err := s.stopped(ctx)
	if err != nil {
		return Reply{}, err
	}
	requests := slices.DeleteFunc(slices.Clone(open), func(r *approvals.Request) bool { return r.Freeze })
	if len(requests) == 0 {
		return Reply{Text: strings.Join(append(lines, "No request is open."), "\n")}, nil
	}
	for _, r := range requests[:min(len(requests), mostListed)] {
		lines = append(lines, summary(r))
	}
	if len(open) > mostListed {
		lines = append(lines, fmt.Sprintf("There are more; these are the newest %d. Type `%s status OFF-42` for another.", mostListed, s.set.Command))
	}
	return Reply{Text: strings.Join(lines, "\n")}, nil
}

// stopped is what a list begins with while everything is stopped.
func (s *Service) stopped(ctx context.Context) ([]string, error) {
	f, err := s.book.Frozen(ctx)
	if err != nil || f == nil {
		return nil, err
	}
	return []string{s.freezeLine(f)}, nil
}

// leftAlone is all that may be said of a request that this version does not understand: any state that it reads may be wrong.
const leftAlone = "was changed by a newer version of the bot. This replica does not understand it and leaves it alone; " +
	"the newer replicas go on with it. Upgrade every replica."

// summary is one line about a request.
func summary(r *approvals.Request) string {
	if r.Foreign {
		return "*" + r.Name() + "* " + leftAlone
	}
	parts := make([]string, 0, len(r.Plan.Steps))
	for _, s := range r.Plan.Steps {
		do, _ := s.Verb()
		parts = append(parts, fmt.Sprintf("%s %s at %s", do, mrkdwn.Name(s.Account.Name, s.Account.ID), mrkdwn.Text(s.Vendor)))
	}
	return fmt.Sprintf("*%s* %s: %s; asked for by %s, %d of %d approvals", r.Name(), r.State.Words(), strings.Join(parts, ", "),
		mrkdwn.Person(r.Requester.ID), len(r.Approvals), r.Policy.Approvals)
}

func (s *Service) status(ctx context.Context, by approvals.Person, number int) (Reply, error) {
	if err := s.mayRead(ctx, by); err != nil {
		return Reply{}, err
	}
	r, err := s.numbered(ctx, number)
	if err != nil {
		return Reply{}, err
	}
	if r.Freeze {
		return Reply{Text: s.freezeLine(r), Card: r.Card.Place}, nil
	}
	if r.Foreign {
		return Reply{Text: summary(r), Card: r.Card.Place}, nil
	}
	lines := []string{summary(r)}
	switch r.State {
	case approvals.StatePending:
		lines = append(lines, "It can be decided until "+mrkdwn.Time(r.Expires)+". Still needed: "+mrkdwn.Text(r.Shortfall().Words())+".")
		if at := r.Plan.NotBefore; !at.IsZero() {
			lines = append(lines, "It begins not before "+mrkdwn.Time(at)+", once it is approved.")
		}
	case approvals.StateApproved:
		if r.Until.After(s.now()) {
			lines = append(lines, "It begins not before "+mrkdwn.Time(r.Until)+".")
		}
		lines = append(lines, "It may begin until "+mrkdwn.Time(r.Window)+".")
		if why := r.Waits(); why != "" {
			lines = append(lines, "It waits: "+mrkdwn.Text(why)+".")
		}
	case approvals.StateHeld:
		lines = append(lines, fmt.Sprintf("%s. Somebody who neither asked nor approved may type `%s release %s`. Otherwise it expires at %s.",
			mrkdwn.Text(r.Last(approvals.Held).Reason), s.set.Command, r.Name(), mrkdwn.Time(r.Expires)))
	case approvals.StateExecuting, approvals.StateDone, approvals.StatePartly, approvals.StateNotDone, approvals.StateUnknown,
		approvals.StateDenied, approvals.StateWithdrawn, approvals.StateExpired, approvals.StateStopped, approvals.StateFrozen, approvals.StateThawed:
	}
	for _, why := range r.Policy.Why {
		lines = append(lines, "It takes: "+mrkdwn.Text(why)+".")
	}
	for i, p := range r.Steps {
		if p.Outcome != "" {
			lines = append(lines, fmt.Sprintf("Step %d: %s. %s", i+1, outcomeWords(p.Outcome), mrkdwn.Text(p.Proof)))
		}
	}
	return Reply{Text: strings.Join(lines, "\n"), Card: r.Card.Place}, nil
}

func outcomeWords(o approvals.Outcome) string {
	switch o {
	case approvals.Done:
		return "done"
	case approvals.Already:
		return "already done"
	case approvals.Elsewhere:
		return "deleted by someone else"
	case approvals.NotDone:
		return "not done"
	case approvals.Rehearsed:
		return "not done (a rehearsal)"
	case approvals.Unseen:
		return "not done, as far as can be seen"
	case approvals.Unknown:
		return "unknown"
	default:
		return string(o)
	}
}

func (s *Service) numbered(ctx context.Context, number int) (*approvals.Request, error) {
	r, err := s.book.Numbered(ctx, number)
	if errors.Is(err, journal.ErrNotFound) {
		return nil, plainf("There is no %s. Type `%s list` for the open requests.", named(number), s.set.Command)
	}
	return r, err
}

func (s *Service) withdraw(ctx context.Context, by approvals.Person, number int, deliveries ...string) (Reply, error) {
	r, err := s.numbered(ctx, number)
	if err != nil {
		return Reply{}, err
	}
	w, err := s.withdrawal(ctx, r, by)
	if err != nil {
		return Reply{}, err
	}
	if _, err := s.book.Update(ctx, r.ID, book.Wish(w), deliveries...); err != nil {
		return Reply{}, err
	}
	return Reply{Text: r.Name() + " is withdrawn. Nothing will be called.", Card: r.Card.Place}, nil
}

func (s *Service) resolve(ctx context.Context, by approvals.Person, line Line, deliveries ...string) (Reply, error) {
	approver, err := s.may(ctx, approvals.MayResolve, by)
	if err != nil {
		return Reply{}, err
	}
	r, err := s.numbered(ctx, line.Number)
	if err != nil {
		return Reply{}, err
	}
	w := approvals.Resolve{By: by, Approver: approver, Done: line.Done, Reason: line.Reason}
	if p := r.Proposal; p != nil && !p.By.Same(by) {
		if w.First, err = s.standing(ctx, p.By.ID); err != nil {
			return Reply{}, err
		}
	}
	after, err := s.book.Update(ctx, r.ID, book.Wish(w), deliveries...)
	if err != nil {
		return Reply{}, err
	}
	if after.Proposal == nil {
		return Reply{Text: r.Name() + " is resolved by hand.", Card: r.Card.Place}, nil
	}
	text := "Recorded. A second approver must agree with the same command before it counts."
	if p := r.Proposal; p != nil && p.Outcome == after.Proposal.Outcome {
		text = "The proposal of " + mrkdwn.Person(p.By.ID) + " counts no more: they may not resolve this any more. Yours stands in its place. " + text
	}
	return Reply{Text: text, Card: r.Card.Place}, nil
}

// withdrawal is the wish to withdraw. Whoever has asked needs no right for it, so that nothing is asked of Slack.
func (s *Service) withdrawal(ctx context.Context, r *approvals.Request, by approvals.Person) (approvals.Withdraw, error) {
	w := approvals.Withdraw{By: by}
	if r.Requester.Same(by) {
		return w, nil
	}
	var err error
	w.Right, err = s.may(ctx, approvals.MayWithdraw, by)
	return w, err
}
