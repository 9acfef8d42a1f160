package dispatch

import (
	"context"
	"errors"

	"offboard/internal/approvals"
	"offboard/internal/providers"
)

// guard reads whom never, right before a call: by the account as it was approved, since another one is asked about again anyway. peers are who else
// administers what the account does. why says what could not be read; then nothing may be called.
func (d *Dispatcher) guard(
	ctx context.Context, r *approvals.Request, step int, p providers.Provider,
) (g approvals.Guard, w approvals.Whose, peers providers.Peers, why string) {
	account := r.Plan.Steps[step].Account
	if d.set.Guards != nil {
		var err error
		if g, w, err = d.guards(ctx, r, account); err != nil {
			d.log.Error("what is protected cannot be read", "request", r.ID, "error", err)
			return g, w, peers, unreadable(err)
		}
	}
	name, host := p.Describe().Name, p.Describe().Host
	for _, q := range d.providers {
		if q.Describe().Host != host {
			continue
		}
		self, err := d.self(ctx, q)
		if err != nil {
			return g, w, peers, say(err)
		}
		g = g.With(name, self.ID)
	}
	peers, err := d.peers(ctx, p, account, g)
	if err != nil {
		return g, w, peers, say(err)
	}
	return g.Alone(account, peers), w, peers, ""
}

func (d *Dispatcher) guards(ctx context.Context, r *approvals.Request, a providers.Account) (approvals.Guard, approvals.Whose, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	g, w, err := d.set.Guards.Guard(ctx, approvals.Whom{Known: r.Plan.Target, Account: a})
	if err != nil {
		return g, w, err
	}
	g.Heirs, err = d.set.Guards.Heirs(ctx, w.Target, r.Requester, r.Policy)
	return g, w, err
}

// unreadable says in the journal and on the card what could not be read, without what the reading answered.
func unreadable(err error) string {
	if u, ok := errors.AsType[*approvals.Unreadable](err); ok {
		return u.What + " cannot be read"
	}
	return "whom nobody may remove cannot be read"
}
