package zitadel_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"offboard/internal/providers"
	"offboard/internal/providers/providertest"
	"offboard/internal/providers/zitadel"
	"offboard/internal/sandbox/localzitadel"
	"offboard/internal/secret"
)

// The contract, over each way to sign in and each way to delete.
func TestContract(t *testing.T) {
	t.Parallel()
	for name, sign := range map[string]func(*testing.T, *localzitadel.Server, *zitadel.Config){
		"token, deactivate": func(_ *testing.T, _ *localzitadel.Server, c *zitadel.Config) { c.Token = secret.New(pat) },
		"client credentials, delete v2": func(_ *testing.T, _ *localzitadel.Server, c *zitadel.Config) {
			byClient(c)
			c.Default = providers.Delete
		},
		"private key, delete v1": func(t *testing.T, s *localzitadel.Server, c *zitadel.Config) {
			c.Key, c.Default, c.DeleteAPI = secret.New(string(keyFile(t, s))), providers.Delete, zitadel.DeleteV1
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			providertest.Run(t, providertest.Rig{Start: func(t *testing.T) *providertest.Bench {
				t.Helper()
				return bench(t, sign)
			}})
		})
	}
}

func bench(t *testing.T, sign func(*testing.T, *localzitadel.Server, *zitadel.Config)) *providertest.Bench {
	t.Helper()
	s, err := localzitadel.New("http://not-yet.example")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Server: s}
	w.populate()
	s.Grant(localzitadel.Member{User: bot, Roles: []string{"IAM_USER_MANAGER"}})
	var base zitadel.Config
	sign(t, s, &base)
	return &providertest.Bench{
		Server: s, Faults: s.Faults(), SelfID: bot, Unknown: "404", Logins: true,
		Secrets: []string{pat, clientSecret, "issued-", "PRIVATE KEY"},
		Connect: func(l providertest.Link) (providers.Provider, error) {
			_ = s.Move(l.URL) // the instance lives where the suite listens; an address that is none is for New to refuse
			c := base
			c.Name, c.URL, c.Timeout, c.Logger = "zitadel-test", l.URL, l.Timeout, l.Logger
			return connect(c)
		},
		Put: func(p providertest.Person) string { return put(s, p) },
		Done: func(id string, aim providers.Action) bool {
			if aim == providers.Delete {
				return !s.Exists(id)
			}
			return s.StateOf(id) == localzitadel.Inactive
		},
	}
}

// connect keeps a nil *Provider from becoming a provider.
func connect(c zitadel.Config) (providers.Provider, error) {
	p, err := zitadel.New(c)
	if err != nil {
		return nil, err
	}
	return p, nil
}

func put(s *localzitadel.Server, p providertest.Person) string {
	id := rand.Text()
	if p.Login == "" {
		p.Login = "login-" + strings.ToLower(id)
	}
	s.Put(localzitadel.User{ID: id, Org: "org-2", UserName: p.Login,
		Human: &localzitadel.Human{DisplayName: fmt.Sprint("Person ", id), Email: p.Email}})
	return id
}
