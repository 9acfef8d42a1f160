package approvals

import (
	"fmt"
	"maps"
	"strings"

	"offboard/internal/providers"
)

// Guard is what may never be removed.
type Guard struct {
	Protected []string          // e-mail addresses, and accounts as "provider:id"
	Selves    map[string]string // provider → id of the bot's own account there; missing: the credential belongs to no account
}

// With returns the guard with the bot's own account at a provider added; an empty id is none.
func (g Guard) With(provider, id string) Guard {
	selves := map[string]string{}
	maps.Copy(selves, g.Selves)
	if id != "" {
		selves[provider] = id
	}
	g.Selves = selves
	return g
}

// Check refuses a plan that touches an account nobody may remove.
func (g Guard) Check(p Plan) error {
	for _, s := range p.Steps {
		if g.protects(s.Account) {
			return refuse(Protected, fmt.Sprintf("The account %s at %s is protected by the configuration. "+
				"Nothing was done. If it must go, take it off the protected list first.", s.Account.ID, s.Account.Provider))
		}
		if id, ok := g.Selves[s.Account.Provider]; ok && id == s.Account.ID {
			return refuse(BotAccount, fmt.Sprintf("The account %s at %s is the bot's own. Nothing was done. "+
				"Remove it by hand at the provider, if at all.", s.Account.ID, s.Account.Provider))
		}
	}
	return nil
}

func (g Guard) protects(a providers.Account) bool {
	for _, entry := range g.Protected {
		if name, id, ok := strings.Cut(entry, ":"); ok && name == a.Provider && strings.EqualFold(id, a.ID) { // a UUID has two spellings
			return true
		}
		if strings.EqualFold(entry, a.Email) {
			return true
		}
		for _, l := range a.Logins {
			if strings.EqualFold(entry, l) {
				return true
			}
		}
	}
	return false
}
