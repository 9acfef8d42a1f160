package main

import (
	"slices"
	"strings"

	"offboard/internal/providers"
)

// protected gives what nobody may remove, each account under every name that its provider has in the configuration: two names for one
// host are two ways to one account.
func protected(entries []string, ps []providers.Provider) []string {
	at := map[string]string{}
	for _, p := range ps {
		at[p.Describe().Name] = p.Describe().Host
	}
	out := slices.Clone(entries)
	for _, entry := range entries {
		name, id, _ := strings.Cut(entry, ":")
		for _, p := range ps {
			if d := p.Describe(); d.Name != name && d.Host == at[name] {
				out = append(out, d.Name+":"+id)
			}
		}
	}
	return out
}
