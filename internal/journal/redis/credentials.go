package redis

import (
	"context"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"offboard/internal/secret"
)

// credentials sign new connections in, each with the passwords as they are then. A connection that is open stays so when a password is exchanged:
// Redis does not ask again.
type credentials struct {
	user     string
	password secret.Source // nil: none
	sentinel secret.Source // nil: none
	given    atomic.Pointer[secret.String]
}

func newCredentials(o Options) *credentials {
	c := &credentials{user: o.Username}
	if !secret.Empty(o.Password) {
		c.password = o.Password
	}
	if o.Kind == Sentinel && !secret.Empty(o.SentinelPassword) {
		c.sentinel = o.SentinelPassword
	}
	return c
}

// signIn puts the credentials into the options.
func (c *credentials) signIn(u *redis.UniversalOptions) {
	u.Username = c.user
	if c.password != nil {
		u.CredentialsProviderContext = c.give
	}
	if c.sentinel != nil {
		u.OnConnect = c.atSentinel
	}
}

func (c *credentials) give(context.Context) (user, password string, err error) {
	p := c.password.Get()
	c.given.Store(&p)
	return c.user, p.Reveal(), nil
}

// atSentinel signs in at a Sentinel, for which go-redis takes a fixed password alone. It is asked on every new connection; one to the master or a
// replica is signed in by then.
func (c *credentials) atSentinel(ctx context.Context, conn *redis.Conn) error {
	if !redis.HasErrorPrefix(conn.Ping(ctx).Err(), "NOAUTH") {
		return nil // any other fault is for the command that the connection is made for
	}
	p := c.sentinel.Get()
	err := conn.Auth(ctx, p.Reveal()).Err()
	if passwordRefused(err) {
		if other, ok := c.sentinel.Instead(p); ok {
			err = conn.Auth(ctx, other.Reveal()).Err()
		}
	}
	return err
}

// renew reports whether an error is that the password was refused, and another one is at hand for the next connection.
func (c *credentials) renew(err error) bool {
	given := c.given.Load()
	if given == nil || !passwordRefused(err) {
		return false
	}
	_, ok := c.password.Instead(*given)
	return ok
}

func passwordRefused(err error) bool {
	return redis.HasErrorPrefix(err, "WRONGPASS") || redis.HasErrorPrefix(err, "NOAUTH")
}

// read asks, and once more with another password where the first was refused. A write is not repeated: nothing of it was carried out, and whoever
// wanted it is told so.
func read[T any](c *credentials, ask func() (T, error)) (T, error) {
	v, err := ask()
	if c.renew(err) {
		return ask()
	}
	return v, err
}
