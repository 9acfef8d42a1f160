package page

import (
	"context"

	"offboard/internal/sandbox/workspace"
)

// suggest asks the app what can be chosen, after something was typed into a menu whose options are the app's to give.
func (s *server) suggest(ctx context.Context, p pressed) (workspace.Suggestions, error) {
	given, ack, err := s.town.Slack.Suggest(ctx, p.press())
	return given, outcome(ack, err)
}
