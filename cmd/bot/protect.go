package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"offboard/internal/approvals"
	"offboard/internal/config"
	"offboard/internal/providers"
)

// protection reads whom never, each time it is asked: the configuration's own entries are as they were at the start, the list files as they are.
func protection(entries []config.Protected, ps []providers.Provider) func(context.Context) (approvals.Guard, error) {
	var names []string
	for _, p := range ps {
		names = append(names, p.Describe().Name)
	}
	return func(context.Context) (approvals.Guard, error) {
		var g approvals.Guard
		for _, e := range entries {
			all := []config.Protected{e}
			if e.File != "" {
				var err error
				if all, err = config.ListedProtected(e.File, names); err != nil {
					return approvals.Guard{}, fmt.Errorf("%s: %w", e.Name, err)
				}
				for i := range all {
					all[i].Approvals, all[i].Name = e.Approvals, e.Name+", "+all[i].Name+" of "+filepath.Base(e.File)
				}
			}
			for _, one := range all {
				g.Shields = append(g.Shields, shield(one, ps))
			}
		}
		return g, nil
	}
}

func shield(e config.Protected, ps []providers.Provider) approvals.Shield {
	return approvals.Shield{
		Name: e.Name, Email: e.Email, Domain: e.Domain, ID: e.ID, Group: e.Group, Approvals: e.Approvals,
		Providers: oneHost(e.Provider, ps), Roles: rolesFrom(e, ps),
	}
}

// oneHost lists every name that a provider has in the configuration: two names for one host are two ways to one account.
func oneHost(name string, ps []providers.Provider) []string {
	i := slices.IndexFunc(ps, func(p providers.Provider) bool { return p.Describe().Name == name })
	if i < 0 {
		return nil
	}
	var out []string
	for _, p := range ps {
		if p.Describe().Host == ps[i].Describe().Host {
			out = append(out, p.Describe().Name)
		}
	}
	return out
}

// rolesFrom is the role that an entry names, and those above it where they are meant.
func rolesFrom(e config.Protected, ps []providers.Provider) []string {
	if e.Role == "" {
		return nil
	}
	for _, p := range ps {
		order := p.Describe().RoleOrder
		at := slices.IndexFunc(order, func(r string) bool { return strings.EqualFold(r, e.Role) })
		if p.Describe().Name == e.Provider && e.AndAbove && at >= 0 {
			return order[:at+1]
		}
	}
	return []string{e.Role}
}
