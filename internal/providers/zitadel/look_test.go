package zitadel_test

import (
	"testing"

	"offboard/internal/providers"
	"offboard/internal/sandbox/localzitadel"
)

func TestLook(t *testing.T) {
	t.Parallel()
	const unseen = "read back: ZITADEL does not show the user to the bot any more (AUTHZ-cdgFk)"
	for name, c := range map[string]struct {
		id      string
		action  providers.Action
		before  func(*world)
		verdict providers.Verdict
		text    string
	}{
		"delete, gone":          {gone, "delete", nil, providers.Reached, "read back: ZITADEL no longer knows the id"},
		"delete, active":        {ada, "delete", nil, providers.NotReached, "read back: USER_STATE_ACTIVE"},
		"delete, inactive":      {cleo, "delete", nil, providers.NotReached, "read back: USER_STATE_INACTIVE"},
		"delete, unseen":        {ada, "delete", revoke, providers.Invisible, unseen},
		"deactivate, inactive":  {cleo, "deactivate", nil, providers.Reached, "read back: USER_STATE_INACTIVE"},
		"deactivate, gone":      {gone, "deactivate", nil, providers.Elsewhere, "read back: ZITADEL no longer knows the id"},
		"deactivate, active":    {ada, "deactivate", nil, providers.NotReached, "read back: USER_STATE_ACTIVE"},
		"deactivate, initial":   {dora, "deactivate", nil, providers.NotReached, "read back: USER_STATE_INITIAL"},
		"deactivate, locked":    {emil, "deactivate", nil, providers.NotReached, "read back: USER_STATE_LOCKED"},
		"deactivate, unseen":    {ada, "deactivate", revoke, providers.Invisible, unseen},
		"delete, after a start": {ada, "delete", interject(localzitadel.ColdStart), providers.NotReached, "read back: USER_STATE_ACTIVE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if c.before != nil {
				c.before(w)
			}
			s, err := w.provider(t).Look(t.Context(), providers.Order{Account: providers.Account{ID: c.id}, Action: c.action})
			if err != nil || s.Verdict != c.verdict || s.Text != c.text {
				t.Errorf("Look = %+v, %v", s, err)
			}
			if seen := s.Account != nil; seen != (c.verdict != providers.Invisible && c.id != gone) {
				t.Errorf("account = %+v", s.Account)
			}
		})
	}
}

func TestLookAtStatesThatNoInstanceShows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state   string
		action  providers.Action
		verdict providers.Verdict // empty: an error
	}{
		"deleted, delete":     {"USER_STATE_DELETED", "delete", providers.Reached},
		"deleted, deactivate": {"USER_STATE_DELETED", "deactivate", providers.Elsewhere},
		"unknown, delete":     {"USER_STATE_FROZEN", "delete", providers.NotReached},
		"unknown, deactivate": {"USER_STATE_FROZEN", "deactivate", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := over(t, answerer{200, "", `{"user":{"userId":"1","state":"` + c.state + `"}}`})
			s, err := p.Look(t.Context(), providers.Order{Account: providers.Account{ID: "1"}, Action: c.action})
			if s.Verdict != c.verdict || (err != nil) != (c.verdict == "") {
				t.Errorf("Look = %+v, %v", s, err)
			}
		})
	}
}

// What could not be read gives no verdict.
func TestLookThatSeesNothing(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*world){
		"revoked token":  func(w *world) { w.RevokeTokens(bot) },
		"too few rights": powerless,
		"never ready":    thrice(localzitadel.ColdStart),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			spoil(w)
			s, err := w.provider(t).Look(t.Context(), providers.Order{Account: providers.Account{ID: ada}, Action: providers.Delete})
			_ = faultOf(t, err)
			if s.Verdict != "" {
				t.Errorf("Look = %+v", s)
			}
		})
	}
}
