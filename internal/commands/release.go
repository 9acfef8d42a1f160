package commands

import (
	"context"

	"offboard/internal/approvals"
	"offboard/internal/book"
)

// onNumber is what a verb decides on the request that it names; nil: it decides nothing by the number alone.
func (s *Service) onNumber(v Verb) func(ctx context.Context, by approvals.Person, number int, deliveries ...string) (Reply, error) {
	switch v { //nolint:exhaustive // the others need more, or decide nothing
	case VerbWithdraw:
		return s.withdraw
	case VerbRelease:
		return s.release
	case VerbStop:
		return s.stop
	default:
		return nil
	}
}

// release lets a held request begin over the cap. Slack is asked about the right only when nothing else refuses the person already.
func (s *Service) release(ctx context.Context, by approvals.Person, number int, deliveries ...string) (Reply, error) {
	r, err := s.numbered(ctx, number)
	if err != nil {
		return Reply{}, err
	}
	w := approvals.Release{By: by, Right: true}
	if _, err := approvals.Decide(r, w, s.now()); err != nil {
		return Reply{}, err
	}
	if w.Right, err = s.may(ctx, approvals.MayRelease, by); err != nil {
		return Reply{}, err
	}
	if _, err := s.book.Update(ctx, r.ID, book.Wish(w), deliveries...); err != nil {
		return Reply{}, err
	}
	return Reply{Text: r.Name() + " is released, over the cap. It begins as soon as everything else allows it; its thread tells how it goes.", Card: r.Card.Place}, nil
}
