package ecgrid

import (
	"context"
	"fmt"

	"offboard/internal/providers"
)

// Look reads the user. Only the status Terminated is done; a 404 may also mean that the bot's rights changed.
func (p *Provider) Look(ctx context.Context, o providers.Order) (providers.Sight, error) {
	a, err := p.Read(ctx, o.Account.ID)
	if missing(err) {
		return providers.Sight{Verdict: providers.Invisible, Text: "read back: ECGrid answered 404, the user is no longer visible"}, nil
	}
	if err != nil {
		return providers.Sight{}, err
	}
	sight := providers.Sight{Text: "read back: " + a.StateWord, Account: &a}
	switch a.StateWord {
	case wordTerminated:
		sight.Verdict = providers.Reached
	case wordActive, wordActiveLocked, wordSuspended, wordDevelopment, wordPreproduction:
		sight.Verdict = providers.NotReached
	default:
		return providers.Sight{}, &providers.Error{Kind: providers.Misconfigured, Vendor: vendor, Op: "read back",
			Say: fmt.Sprintf("ECGrid gives the user the status %.40q, which the bot does not know", a.StateWord)}
	}
	return sight, nil
}
