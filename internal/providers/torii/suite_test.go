package torii_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"

	"offboard/internal/providers"
	"offboard/internal/providers/providertest"
	"offboard/internal/providers/torii"
	"offboard/internal/sandbox/localtorii"
	"offboard/internal/secret"
)

const (
	secretKey   = "sk_test_marked_torii_secret"
	environment = "01930000-0000-7000-8000-0000000000e1"
)

func TestContract(t *testing.T) {
	t.Parallel()
	providertest.Run(t, providertest.Rig{Start: bench(localtorii.Behaviour{})})
}

// TestContractOlderServer holds for servers that ignore what a search asks for.
func TestContractOlderServer(t *testing.T) {
	t.Parallel()
	providertest.Run(t, providertest.Rig{Start: bench(localtorii.Behaviour{IgnoresSelectors: true, DeletedIsGone: true})})
}

func bench(how localtorii.Behaviour) func(*testing.T) *providertest.Bench {
	return func(*testing.T) *providertest.Bench {
		server := localtorii.New(secretKey, environment)
		server.Behave(how)
		return &providertest.Bench{
			Server: server, Faults: server.Faults(), Secrets: []string{secretKey, localtorii.Metadata}, Unknown: uuid.NewString(),
			Connect: func(l providertest.Link) (providers.Provider, error) {
				return torii.New(torii.Config{Name: "torii", URL: l.URL, SecretKey: secret.New(secretKey), Environment: environment,
					Timeout: l.Timeout, Logger: l.Logger})
			},
			Put: func(p providertest.Person) string {
				id := uuid.NewString()
				server.Put(localtorii.User{ID: id, Email: p.Email, FirstName: "Anna", LastName: "Smith",
					Created: time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)})
				return id
			},
			Done: func(id string, _ providers.Action) bool { return server.StateOf(id) == localtorii.Deleted },
		}
	}
}

// connect starts a local server and a provider for the vendor's own tests.
func connect(t *testing.T) (*localtorii.Server, *torii.Provider) {
	t.Helper()
	server := localtorii.New(secretKey, environment)
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	return server, dial(t, listening.URL)
}

func dial(t *testing.T, url string) *torii.Provider {
	t.Helper()
	p, err := torii.New(torii.Config{Name: "torii", URL: url, SecretKey: secret.New(secretKey), Environment: environment, Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
