package zitadel

import (
	"context"
	"errors"
	"fmt"

	"offboard/internal/providers"
)

// Look reads the user back. "Gone" is ZITADEL's own id for an unknown user, never a bare 404; it is conclusive because the same
// credential has read this very user before.
func (p *Provider) Look(ctx context.Context, o providers.Order) (providers.Sight, error) {
	a, err := p.get(ctx, o.Account.ID)
	if err != nil {
		return unseen(o.Action, err)
	}
	a.RolesNote = rolesNotAsked
	s := providers.Sight{Verdict: providers.NotReached, Text: "read back: " + a.StateWord, Account: &a}
	switch a.State {
	case providers.StateDeleted:
		s.Verdict = gone(o.Action)
	case providers.StateInactive:
		if o.Action == providers.Deactivate {
			s.Verdict = providers.Reached
		}
	case providers.StateActive, providers.StateLocked, providers.StateInitial:
	case providers.StateUnknown:
		if o.Action == providers.Deactivate {
			return providers.Sight{}, &providers.Error{Kind: providers.Misconfigured, Vendor: vendor, Op: opRead,
				Say: "ZITADEL gave a state that the bot does not know"}
		}
		s.Text = "read back: the user is still there"
	}
	return s, nil
}

// unseen judges a read that gave no user.
func unseen(action providers.Action, err error) (providers.Sight, error) {
	e, ok := errors.AsType[*providers.Error](err)
	switch {
	case !ok:
		return providers.Sight{}, err
	case e.Kind == providers.NotFound && e.Code == idUserUnknown:
		return providers.Sight{Verdict: gone(action), Text: "read back: ZITADEL no longer knows the id"}, nil
	case e.Code == idNoMembership:
		return providers.Sight{Verdict: providers.Invisible,
			Text: fmt.Sprintf("read back: ZITADEL does not show the user to the bot any more (%s)", e.Code)}, nil
	}
	return providers.Sight{}, err
}

// gone is what a user's absence means for an action: the aim of a delete; for a deactivation, that somebody else deleted the user.
func gone(action providers.Action) providers.Verdict {
	if action == providers.Delete {
		return providers.Reached
	}
	return providers.Elsewhere
}
