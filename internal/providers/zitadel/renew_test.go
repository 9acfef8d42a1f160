package zitadel_test

import (
	"crypto/rand"
	"crypto/rsa"
	"sync"
	"testing"

	"offboard/internal/providers"
	"offboard/internal/providers/zitadel"
	"offboard/internal/secret"
)

// exchange is a credential that is exchanged, which is found out by asking.
type exchange struct {
	mu   sync.Mutex
	now  string
	then string
}

func (e *exchange) Get() secret.String {
	e.mu.Lock()
	defer e.mu.Unlock()
	return secret.New(e.now)
}

func (e *exchange) Instead(refused secret.String) (secret.String, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.then != "" {
		e.now = e.then
	}
	return secret.New(e.now), e.now != refused.Reveal()
}

func (e *exchange) to(then string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.then = then
}

// Each way to sign in outlives an exchange of its credential: reads are made once more, a write that was refused is not, and the next one goes well.
func TestCredentialsAreExchanged(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		set    func(c *zitadel.Config, s secret.Source)
		first  func(t *testing.T, w *world) string
		rotate func(t *testing.T, w *world) string // ends the old one at ZITADEL and returns the new one
	}{
		"token": {
			func(c *zitadel.Config, s secret.Source) { c.Token = s },
			func(*testing.T, *world) string { return pat },
			func(_ *testing.T, w *world) string {
				w.RevokeTokens(bot)
				w.AddToken(bot, "another-token")
				return "another-token"
			},
		},
		"client credentials": {
			func(c *zitadel.Config, s secret.Source) {
				c.Token, c.ClientID, c.ClientSecret = secret.String{}, secret.New("the-client"), s
			},
			func(_ *testing.T, w *world) string { w.AddClient(bot, "the-client", "first"); return "first" },
			func(_ *testing.T, w *world) string {
				w.RevokeTokens(bot)
				w.AddClient(bot, "the-client", "second")
				return "second"
			},
		},
		"key file": {
			func(c *zitadel.Config, s secret.Source) { c.Token, c.Key = secret.String{}, s },
			func(t *testing.T, w *world) string { return string(keyFile(t, w.Server)) },
			func(t *testing.T, w *world) string {
				private, err := rsa.GenerateKey(rand.Reader, 2048)
				if err != nil {
					t.Fatal(err)
				}
				w.RevokeTokens(bot)
				file, err := w.AddKey(bot, "key-1", private) // the same id: the old key holds no more
				if err != nil {
					t.Fatal(err)
				}
				return string(file)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			source := &exchange{now: tc.first(t, w)}
			p := w.provider(t, func(c *zitadel.Config) { tc.set(c, source) })
			o := order(t, p, ada, providers.Delete)
			source.to(tc.rotate(t, w))
			if name == "token" { // the others get their token before the write is under way
				_, err := p.Do(t.Context(), o)
				if e := faultOf(t, err); e.Kind != providers.Denied || e.NotSent || w.writes() != 1 || !w.Exists(ada) {
					t.Errorf("a write with the old token: %+v, %d writes", e, w.writes())
				}
			} else if a, err := p.Read(t.Context(), ada); err != nil || a.ID != ada {
				t.Errorf("Read = %+v, %v", a, err)
			}
			before := w.writes()
			if _, err := p.Do(t.Context(), o); err != nil || w.writes() != before+1 || w.Exists(ada) {
				t.Errorf("the next write: %v, %d writes", err, w.writes()-before)
			}
			source.to("")
			w.RevokeTokens(bot)
			if name == "token" {
				if _, err := p.Read(t.Context(), cleo); faultOf(t, err).Kind != providers.Denied {
					t.Errorf("with no other: %v", err)
				}
			}
		})
	}
}
