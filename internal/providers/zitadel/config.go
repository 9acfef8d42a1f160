package zitadel

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"offboard/internal/outbound"
	"offboard/internal/providers"
	"offboard/internal/secret"
)

// The two interfaces a delete can go through.
const (
	DeleteV2 = "v2" // the default: needs no organisation header
	DeleteV1 = "v1" // management v1, deprecated upstream and still served
)

const (
	vendor         = "ZITADEL"
	defaultTimeout = 30 * time.Second
	// settle: get by id does not lag behind writes (facts/providers.md); this is for a replica of the instance behind a balancer.
	settle = 2 * time.Second
)

// Config is what one ZITADEL instance needs. Exactly one way to sign in is set: Token; ClientID and ClientSecret; or Key.
type Config struct {
	Name         string        // name in the configuration
	URL          string        // https://<instance domain>
	Token        secret.Source // a personal access token
	ClientID     secret.Source // of a service account's client credentials
	ClientSecret secret.Source //
	Key          secret.Source // the contents of a service account's key file
	DeleteAPI    string        // DeleteV2 where empty
	Default      providers.Action
	Timeout      time.Duration  // of one call: 30 s where zero; an instance may take 20 s (facts/providers.md)
	Route        outbound.Route // how it is reached
	Logger       *slog.Logger   // nothing is logged where nil
}

// complete fills in the defaults.
func (c Config) complete() Config {
	if c.DeleteAPI == "" {
		c.DeleteAPI = DeleteV2
	}
	if c.Default == "" {
		c.Default = providers.Deactivate
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	c.URL = strings.TrimRight(c.URL, "/")
	return c
}

// check reports everything that is wrong here, the address excepted.
func (c Config) check() error { return errors.Join(c.checkSignIn(), c.checkChoices()) }

func (c Config) checkSignIn() error {
	ways := 0
	for _, given := range []bool{
		!secret.Empty(c.Token), !secret.Empty(c.ClientID) || !secret.Empty(c.ClientSecret), !secret.Empty(c.Key),
	} {
		if given {
			ways++
		}
	}
	switch {
	case ways != 1:
		return errors.New("give exactly one of token, client_id with client_secret, or key_file")
	case secret.Empty(c.ClientID) != secret.Empty(c.ClientSecret):
		return errors.New("client_id and client_secret go together")
	case !secret.Empty(c.Token) && strings.ContainsFunc(c.Token.Get().Reveal(), notInToken):
		return errors.New("token: holds a space or a line break")
	}
	return nil
}

func notInToken(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

func (c Config) checkChoices() error {
	switch {
	case c.Name == "":
		return errors.New("name: missing")
	case c.DeleteAPI != DeleteV1 && c.DeleteAPI != DeleteV2:
		return fmt.Errorf("delete_api: %q is neither v2 nor v1", c.DeleteAPI)
	case c.Default != providers.Delete && c.Default != providers.Deactivate:
		return fmt.Errorf("action: %q is neither delete nor deactivate", c.Default)
	case c.Timeout < 0:
		return fmt.Errorf("timeout: %s is not a time to wait", c.Timeout)
	}
	return nil
}
