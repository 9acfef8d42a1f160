package ecgrid

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"offboard/internal/providers"
)

var _ providers.Counter = (*Provider)(nil)

// networkAdmin is the lowest level that administers a whole network (facts/providers.md, "ECGrid").
const networkAdmin = "NetworkAdmin"

// Peers counts who else administers a user's network: active users with the level NetworkAdmin or above.
func (p *Provider) Peers(ctx context.Context, a providers.Account, besides ...string) (providers.Peers, error) {
	if !slices.ContainsFunc(a.Roles, administersNetwork) {
		return providers.Peers{}, nil
	}
	out := providers.Peers{Role: networkAdmin + " or above in network " + a.Tenant}
	network, err := strconv.Atoi(a.Tenant)
	if err != nil {
		out.Note = "ECGrid does not say which network this user belongs to."
		return out, nil
	}
	found, err := p.listed(ctx, map[string]int{"networkId": network}, 1, func(u user) bool {
		state, _ := u.state()
		return string(u.ID) != a.ID && !slices.Contains(besides, string(u.ID)) && string(u.NetworkID) == a.Tenant &&
			state == providers.StateActive && administersNetwork(string(u.AuthLevel))
	})
	switch {
	case len(found) > 0:
		out.Others = 1
	case turnedDown(err):
		out.Note = "ECGrid does not let the bot list the users of the network."
	case errors.Is(err, errCrowd):
		out.Note = "The network has too many users to look through."
	case err != nil:
		return providers.Peers{}, err
	}
	return out, nil
}

func administersNetwork(level string) bool {
	known, _ := roles(level)
	return len(known) == 1 && slices.Index(administrative, known[0]) <= slices.Index(administrative, networkAdmin)
}
