package ecgrid_test

import (
	"fmt"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"offboard/internal/providers"
	"offboard/internal/providers/ecgrid"
	"offboard/internal/providers/providertest"
	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/secret"
)

const apiKey = "marked-ecgrid-api-key"

func TestContract(t *testing.T) {
	t.Parallel()
	providertest.Run(t, providertest.Rig{Start: bench(localecgrid.Behaviour{})})
}

// TestContractOtherSpelling holds for the other half of the vendor's contradicting pages.
func TestContractOtherSpelling(t *testing.T) {
	t.Parallel()
	providertest.Run(t, providertest.Rig{Start: bench(localecgrid.Behaviour{OtherSpelling: true, Sparse: true, LargestPage: 3})})
}

func bench(how localecgrid.Behaviour) func(*testing.T) *providertest.Bench {
	return func(*testing.T) *providertest.Bench {
		server := localecgrid.New(apiKey, 7)
		server.Behave(how)
		var last atomic.Int64
		last.Store(1000)
		return &providertest.Bench{
			Server: server, Faults: server.Faults(), Secrets: []string{apiKey, localecgrid.Recovery}, Unknown: "999999", SelfID: "7", Logins: true,
			Connect: func(l providertest.Link) (providers.Provider, error) {
				return ecgrid.New(ecgrid.Config{Name: "ecgrid", URL: l.URL, APIKey: secret.New(apiKey), Timeout: l.Timeout, Logger: l.Logger})
			},
			Put: func(p providertest.Person) string {
				id := int(last.Add(1))
				if p.Login == "" {
					p.Login = fmt.Sprintf("user-%d", id)
				}
				server.Put(localecgrid.User{ID: id, Login: p.Login, Email: p.Email, FirstName: "Anna", LastName: "Smith", NetworkID: 3,
					Created: time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)})
				return strconv.Itoa(id)
			},
			Done: func(id string, _ providers.Action) bool { return server.StateOf(id) == localecgrid.Terminated },
		}
	}
}

// connect starts a local server and a provider for the vendor's own tests.
func connect(t *testing.T) (*localecgrid.Server, *ecgrid.Provider) {
	t.Helper()
	server := localecgrid.New(apiKey, 7)
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	return server, dial(t, listening.URL)
}

func dial(t *testing.T, url string) *ecgrid.Provider {
	t.Helper()
	p, err := ecgrid.New(ecgrid.Config{Name: "ecgrid", URL: url, APIKey: secret.New(apiKey), Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
