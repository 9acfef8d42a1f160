package dispatch

import (
	"context"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/providers"
)

// Two administrators who are removed in the same moment would each count the other. So a begin for an account that administers something takes the
// host's key with it, which one request has at a time until its outcome is settled, and under it who else is left is counted once more before the call.

// gate is what must hold in the write that begins a call.
func (d *Dispatcher) gate(host string, peers providers.Peers) book.Gate {
	g := book.Gate{Unless: []string{approvals.FreezeKey}, Limits: d.limits}
	if peers.Role != "" {
		g.Take = []string{approvals.AdministratorsKey(host)}
	}
	return g
}

// goingFirst says for which request a begin waits.
func (d *Dispatcher) goingFirst(ctx context.Context, holder string) string {
	const why = "another administrator there is being removed, and one goes at a time"
	r, err := d.book.Get(ctx, holder)
	if err != nil {
		d.log.Warn("whose removal goes first", "request", holder, "error", err)
		return why
	}
	return why + ": " + r.Name()
}

// lastWord is why a call that has begun is not made after all; nil: it is.
type lastWord func(context.Context) *providers.Error

// lastCount counts again who else administers. It may take half of the call's time.
func (d *Dispatcher) lastCount(p providers.Provider, a providers.Account, before providers.Peers, g approvals.Guard) lastWord {
	return func(ctx context.Context) *providers.Error {
		if before.Role == "" {
			return nil
		}
		desc := p.Describe()
		ctx, cancel := context.WithTimeout(ctx, desc.Timeout/2)
		defer cancel()
		peers, err := d.peers(ctx, p, a, g)
		e := &providers.Error{NotSent: true, Vendor: desc.Vendor, Op: "count the administrators", Err: err}
		switch {
		case err != nil:
			e.Kind, e.Say = providers.Temporary, desc.Vendor+" could not be asked who else administers there; nothing was sent"
		case peers.Alone():
			e.Kind, e.Say = providers.Refused, "by now nobody else administers there"
		default:
			return nil
		}
		return e
	}
}

func (d *Dispatcher) peers(ctx context.Context, p providers.Provider, a providers.Account, g approvals.Guard) (providers.Peers, error) {
	return ask(ctx, d, func(ctx context.Context) (providers.Peers, error) {
		return providers.PeersOf(ctx, p, a, g.Selves[p.Describe().Name]...)
	})
}
