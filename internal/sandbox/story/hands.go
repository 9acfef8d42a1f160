package story

import (
	"context"
	"fmt"
	"strings"

	"offboard/internal/sandbox/hand"
)

// sends makes a request by hand and writes down what the bot answered, which must be this status and these words, or nothing.
func (p *player) sends(ctx context.Context, r hand.Request, status int, words string) error {
	got, err := hand.Send(ctx, p.bot.URL, r)
	if err != nil {
		return err
	}
	p.writes("the bot answers", []string{strings.TrimSpace(fmt.Sprintf("%d %s", got.Status, got.Words))})
	if got.Status != status || got.Words != words {
		return fmt.Errorf("the bot answered a request by hand with %d %q; it must be %d %q", got.Status, got.Words, status, words)
	}
	return nil
}
