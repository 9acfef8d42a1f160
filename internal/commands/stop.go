package commands

import (
	"context"

	"offboard/internal/approvals"
	"offboard/internal/book"
)

// stop does what the Stop button does, for whoever has no card at hand.
func (s *Service) stop(ctx context.Context, by approvals.Person, number int, deliveries ...string) (Reply, error) {
	r, err := s.numbered(ctx, number)
	if err != nil {
		return Reply{}, err
	}
	w, err := s.wish(ctx, r, approvals.ButtonStop, by, "")
	if err != nil {
		return Reply{}, err
	}
	if _, err := s.book.Update(ctx, r.ID, book.Wish(w), deliveries...); err != nil {
		return Reply{}, err
	}
	return Reply{Text: r.Name() + " is stopped. Nothing will be called. Ask again if it is wanted after all.", Card: r.Card.Place}, nil
}
