package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
	"offboard/internal/mrkdwn"
)

// parseReasoned reads a verb that needs nothing but may say why, as plain text or as reason:text.
func parseReasoned(v Verb, rest string) (Line, error) {
	reason := unescape(strings.TrimSpace(strings.TrimPrefix(rest, "reason:")))
	if utf8.RuneCountInString(reason) > longestReason {
		return Line{}, faultf("The reason is longer than %d characters. Shorten it.", longestReason)
	}
	return Line{Verb: v, Reason: reason}, nil
}

// freeze stops every begin. When it is answered with success nothing begins any more on any replica.
func (s *Service) freeze(ctx context.Context, by approvals.Person, line Line, deliveries ...string) (Reply, error) {
	may, err := s.may(ctx, approvals.MayFreeze, by)
	if err != nil {
		return Reply{}, err
	}
	r, err := s.book.Freeze(ctx, approvals.Freeze{By: by, Right: may, Reason: line.Reason}, deliveries...)
	if held, ok := errors.AsType[*journal.ReservedError](err); ok {
		return Reply{}, s.stoppedAlready(ctx, held.Holder)
	}
	if err != nil {
		return Reply{}, err
	}
	s.log.Warn("everything is stopped", "request", r.ID, "number", r.Number, "by", by.ID)
	return Reply{Text: fmt.Sprintf("Everything is stopped (%s): no call begins on any replica. %s Two approvers end it, each with `%s unfreeze`.",
		r.Name(), s.underWay(ctx), s.set.Command)}, nil
}

func (s *Service) stoppedAlready(ctx context.Context, id string) error {
	r, err := s.book.Get(ctx, id)
	if err != nil {
		return err
	}
	return plainf("Everything is stopped already (%s, by %s, %s). Nothing was added.", r.Name(), mrkdwn.Person(r.Requester.ID), mrkdwn.Time(r.Created))
}

// mostLooked is how many open requests are looked at for a call that had begun. What was scheduled long ago is older than what is listed.
const mostLooked = 200

// underWay says which calls had begun before everything was stopped: none begins afterwards.
func (s *Service) underWay(ctx context.Context) string {
	open, err := s.book.Open(ctx, mostLooked+1) // the freeze is one of them
	if err != nil {
		s.log.Warn("list open requests", "error", err)
		return fmt.Sprintf("A call that had begun before is not stopped; `%s list` says which.", s.set.Command)
	}
	var names []string
	for _, r := range open {
		if r.State == approvals.StateExecuting {
			names = append(names, r.Name())
		}
	}
	out := "Not stopped, because the call had begun before: " + strings.Join(names, ", ") + "."
	all := len(open) <= mostLooked
	switch {
	case len(names) == 0 && all:
		return "No call was under way."
	case len(names) == 0:
		out = fmt.Sprintf("No call of the newest %d open requests was under way.", mostLooked)
	}
	if !all {
		out += " One of an older request that had begun before is not stopped."
	}
	return out
}

// unfreeze is one of the two words that end a freeze.
func (s *Service) unfreeze(ctx context.Context, by approvals.Person, line Line, deliveries ...string) (Reply, error) {
	f, err := s.book.Frozen(ctx)
	if err != nil {
		return Reply{}, err
	}
	if f == nil {
		return Reply{}, plainf("Nothing is stopped. Nothing was recorded.")
	}
	w := approvals.Thaw{By: by, Reason: line.Reason}
	if w.Right, err = s.may(ctx, approvals.MayUnfreeze, by); err != nil {
		return Reply{}, err
	}
	if first := f.ThawAsked(s.now()); first != nil && w.Right && !first.By.Same(by) {
		if w.First, err = s.standing(ctx, first.By.ID); err != nil {
			return Reply{}, err
		}
	}
	after, err := s.book.Update(ctx, f.ID, book.Wish(w), deliveries...)
	if err != nil {
		return Reply{}, err
	}
	if after.State != approvals.StateThawed {
		return Reply{Text: fmt.Sprintf("Recorded. Everything stays stopped until a second approver types `%s unfreeze` too, within an hour.",
			s.set.Command), Card: f.Card.Place}, nil
	}
	s.log.Warn("the freeze is over", "request", f.ID, "number", f.Number, "by", by.ID)
	return Reply{Text: "The freeze " + f.Name() + " is over. What is approved and still in its window begins within a minute.", Card: f.Card.Place}, nil
}

// freezeLine is one line about a freeze.
func (s *Service) freezeLine(f *approvals.Request) string {
	if f.Foreign {
		return "*" + f.Name() + "* " + leftAlone
	}
	out := fmt.Sprintf("*%s* freeze, by %s, %s", f.Name(), mrkdwn.Person(f.Requester.ID), mrkdwn.Time(f.Created))
	if why := mrkdwn.Text(f.Reason); why != "" {
		out += ": " + why
	}
	if f.State.Ended() {
		return out + ". It is over."
	}
	out += fmt.Sprintf(". *Everything is stopped.* Two approvers end it, each with `%s unfreeze`.", s.set.Command)
	if first := f.ThawAsked(s.now()); first != nil {
		out += " " + mrkdwn.Person(first.By.ID) + " has done so already."
	}
	return out
}
