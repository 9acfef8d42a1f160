package page

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"offboard/internal/sandbox/town"
)

func (s *server) letApprove(_ context.Context, a attack, _ target) (said, error) {
	if !slices.Contains(approvers, a.Who) {
		return said{}, errors.New("only bob and carol are put into the group and taken out of it")
	}
	s.town.LetApprove(a.Who, a.On)
	name := town.Name(a.Who)
	if a.On {
		return said{says: []string{name + " is in the group of approvers again."}}, nil
	}
	return said{says: []string{name + " is in the group no more. " + void(name)}}, nil
}

func (s *server) makeGuest(_ context.Context, a attack, _ target) (said, error) {
	if !slices.Contains(approvers, a.Who) {
		return said{}, errors.New("only bob and carol are made guests")
	}
	s.town.MakeGuest(a.Who, a.On)
	name := town.Name(a.Who)
	if !a.On {
		return said{says: []string{name + " is a member again."}}, nil
	}
	return said{says: []string{name + " is a guest now. " + void(name)}}, nil
}

// void says what losing the right means.
func void(name string) string {
	return "A click of " + name + " is refused. An approval of " + name + " from before counts no more: the bot asks Slack again right before the call."
}

// elsewhere is the address that an account gets.
const elsewhere = "somebody.else@example.com"

func (s *server) readdress(_ context.Context, _ attack, on target) (said, error) {
	step := on.request.Plan.Steps[0]
	provider := strings.ToLower(step.Vendor)
	if !slices.Contains(town.Providers(), provider) || !s.town.Readdress(provider, step.Account.ID, elsewhere) {
		return said{}, errors.New("the account is not there any more")
	}
	place := on.request.Card.Place
	return said{channel: place.Channel, ts: place.TS, says: []string{
		fmt.Sprintf("At %s the account has the address %s now.", step.Vendor, elsewhere),
		"Approve it: right before the call the bot reads the account again, says what changed, and the approvals are void.",
	}}, nil
}

func (s *server) shareChannel(_ context.Context, a attack, _ target) (said, error) {
	s.town.Share(a.On)
	if !a.On {
		return said{says: []string{"The channel is shared no more."}}, nil
	}
	return said{channel: town.Audit, says: []string{
		"olga, of the other company, sees the cards now. Be her and click Approve: she gets no answer, and the audit channel has her click.",
		"Ask for somebody else: no card is posted while strangers can see it, and the audit channel is told.",
	}}, nil
}
