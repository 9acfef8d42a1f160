package town

import (
	"encoding/json"
	"net/http"
	"testing"
)

// Each account gets another address at its provider, keeps the rest, and gets its own back with everybody else.
func TestAccountsGetAnotherAddress(t *testing.T) {
	t.Parallel()
	tw := open(t)
	const other = "the.ceo@example.com"
	emails := map[string]func() string{
		"ecgrid": func() string {
			u, _ := tw.ECGrid.User(1201)
			return u.FirstName + " " + u.Email
		},
		"zitadel": func() string {
			var out struct {
				User struct {
					Human struct {
						Profile struct{ GivenName string }
						Email   struct{ Email string }
					}
				}
			}
			if err := json.Unmarshal(tw.zitadel(t, http.MethodGet, "/v2/users/"+Omar.ID), &out); err != nil {
				t.Fatal(err)
			}
			return out.User.Human.Profile.GivenName + " " + out.User.Human.Email.Email
		},
		"torii": func() string {
			u, _ := tw.Torii.User(Jonas.ID)
			return u.FirstName + " " + u.Email
		},
	}
	for provider, l := range map[string]Leaver{"ecgrid": Dana, "zitadel": Omar, "torii": Jonas} {
		if !tw.Readdress(provider, l.ID, other) || emails[provider]() != l.First+" "+other {
			t.Errorf("%s has %q", provider, emails[provider]())
		}
		if state := tw.Record(provider, l.ID).State; state == "" || tw.Readdress(provider, "404", other) {
			t.Errorf("%s: %q, or an account that there is not got an address", provider, state)
		}
	}
	tw.Rehire()
	for provider, l := range map[string]Leaver{"ecgrid": Dana, "zitadel": Omar, "torii": Jonas} {
		if got := emails[provider](); got != l.First+" "+l.Email {
			t.Errorf("afterwards %s has %q", provider, got)
		}
	}
	tw.zitadel(t, http.MethodDelete, "/v2/users/"+Omar.ID)
	if tw.Readdress("zitadel", Omar.ID, other) {
		t.Error("a deleted account got an address")
	}
}

func TestTheApprovalsChannelIsShared(t *testing.T) {
	t.Parallel()
	tw := open(t)
	for _, with := range []bool{true, true, false} {
		tw.Share(with)
		if tw.Slack.Sees(Olga, Approvals) != with {
			t.Errorf("shared: %t, and olga's sight of it is another", with)
		}
	}
}
