package town

import (
	"strings"

	"offboard/internal/sandbox/fault"
)

// Record is what a provider itself has on record of an account.
type Record struct {
	State  string // the provider's own word; empty: there is no such account
	Writes int    // destructive requests that arrived for it
}

// Record returns what a provider (ecgrid, zitadel or torii) has on record of an account.
func (t *Town) Record(provider, id string) Record {
	switch provider {
	case "ecgrid":
		return Record{State: t.ECGrid.StateOf(id), Writes: writes(t.ECGrid.Calls(), id)}
	case "torii":
		return Record{State: t.Torii.StateOf(id), Writes: writes(t.Torii.Calls(), id)}
	default:
		return Record{State: t.ZITADEL.StateOf(id), Writes: writes(t.ZITADEL.Calls(), id)}
	}
}

func writes(calls []fault.Call, id string) int {
	n := 0
	for _, c := range calls {
		if c.Write && strings.Contains(c.Path+"/", "/"+id+"/") {
			n++
		}
	}
	return n
}
