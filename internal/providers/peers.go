package providers

import (
	"context"
	"fmt"
)

// Peers says who else administers what an account administers.
type Peers struct {
	Role   string // what the account would be the last one of, in the vendor's word; empty: it administers no tenant
	Others int    // accounts of other people that hold the role too and are active; counted up to one
	Note   string // why that could not be counted; one plain sentence. Empty: it was
}

// Alone reports whether a tenant would be left without an administrator.
func (p Peers) Alone() bool { return p.Role != "" && p.Note == "" && p.Others == 0 }

// Counter is a provider that can count who else administers a tenant. One that is none cannot be asked, and the card says so.
type Counter interface {
	// Peers counts who holds the highest role of an account as it was read, besides the account itself and the ids that do not count: the
	// bot's own. Of several tenants the one that would be left alone is told of. What the provider does not show is a Note; an
	// error is only what may be gone at the next try.
	Peers(ctx context.Context, a Account, besides ...string) (Peers, error)
}

// notCounted is what there is to say of a provider that is no Counter.
const notCounted = "%s cannot be asked who administers there."

// PeersOf asks a provider who else administers what an account administers.
func PeersOf(ctx context.Context, p Provider, a Account, besides ...string) (Peers, error) {
	if c, ok := p.(Counter); ok {
		return c.Peers(ctx, a, besides...)
	}
	return Peers{Note: fmt.Sprintf(notCounted, p.Describe().Vendor)}, nil
}
