package story

import "offboard/internal/sandbox/town"

// scene is one request from the command to its end.
type scene struct {
	title    string
	provider string // its name in the configuration
	at       string // whose records tell the truth: ecgrid, zitadel or torii
	action   string
	leaver   town.Leaver
	deny     bool
	silent   bool   // the provider does it and never answers
	ends     string // how the last message in the thread begins
	truth    string // the provider's own word for the account afterwards
	writes   int    // requests that the provider must have received
}

func scenes() []scene {
	return []scene{
		{
			title: "ECGrid: terminate a user", provider: "ecgrid", at: "ecgrid", action: "delete", leaver: town.Dana,
			ends: "Done", truth: "Terminated", writes: 1,
		},
		{
			title: "ZITADEL: delete a user (v2)", provider: "zitadel", at: "zitadel", action: "delete", leaver: town.Omar,
			ends: "Done", truth: "USER_STATE_DELETED", writes: 1,
		},
		{
			title: "ZITADEL: delete a user (management v1)", provider: "zitadel-v1", at: "zitadel", action: "delete", leaver: town.Lin,
			ends: "Done", truth: "USER_STATE_DELETED", writes: 1,
		},
		{
			title: "ZITADEL: deactivate a user (v2)", provider: "zitadel", at: "zitadel", action: "deactivate", leaver: town.Priya,
			ends: "Done", truth: "USER_STATE_INACTIVE", writes: 1,
		},
		{
			title: "Torii: delete a user", provider: "torii", at: "torii", action: "delete", leaver: town.Jonas,
			ends: "Done", truth: "deleted", writes: 1,
		},
		{
			title: "Torii does it and never answers", provider: "torii", at: "torii", action: "delete", leaver: town.Kim, silent: true,
			ends: "Done", truth: "deleted", writes: 1,
		},
		{
			title: "A denied request", provider: "ecgrid", at: "ecgrid", action: "delete", leaver: town.Rosa, deny: true,
			ends: "Denied", truth: "Active", writes: 0,
		},
	}
}

// rehearsed is the story of a bot that does everything but the providers' writes: nothing may change.
func rehearsed(all []scene, state func(scene) string) []scene {
	var out []scene
	for _, s := range all {
		if s.silent {
			continue // no call, so nothing that is never answered
		}
		if !s.deny {
			s.ends = "Rehearsal"
		}
		s.truth, s.writes = state(s), 0
		out = append(out, s)
	}
	return out
}
