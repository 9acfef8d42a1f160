package redis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Limits of one command. Disk and replica may each take confirmTime at the server before it answers.
const (
	dialTime  = 2 * time.Second
	readTime  = 5 * time.Second
	writeTime = 2 * time.Second
	retries   = 2
)

// newClient makes a client that always speaks to the master, over counted connections. It connects when it is first used.
func newClient(o Options, w *wire, c *credentials) (redis.UniversalClient, error) {
	conf, err := o.tls()
	if err != nil {
		return nil, err
	}
	u := &redis.UniversalOptions{
		Addrs: o.Addrs, DB: o.DB, MasterName: o.Master,
		Protocol: 2, MaxRetries: retries, DialTimeout: dialTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		ContextTimeoutEnabled: true, DialerRetries: 1, Dialer: w.dialer(conf), TLSConfig: conf, DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	c.signIn(u)
	switch o.Kind {
	case Sentinel:
		return redis.NewFailoverClient(u.Failover()), nil
	case Cluster:
		u.DB = 0
		return redis.NewClusterClient(u.Cluster()), nil
	case Single:
		return redis.NewClient(u.Simple()), nil
	default:
		return nil, fmt.Errorf("no such kind: %q", o.Kind)
	}
}

// node is the server that holds our keys now: of a Cluster the master of our slot. It is no method, since what
// imports the journal would read *redis.Client with it, at a cost of seconds in a first build.
func node(ctx context.Context, j *Journal) (*redis.Client, error) {
	switch c := j.client.(type) {
	case *redis.Client:
		return c, nil
	case *redis.ClusterClient:
		n, err := c.MasterForKey(ctx, j.keys.of("meta"))
		if err != nil {
			return nil, fmt.Errorf("find the server of our keys: %w", err)
		}
		return n, nil
	default:
		return nil, errors.New("a client of an unknown kind")
	}
}

// quiet takes what go-redis would print on standard error. Everything that matters comes back as an error.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}
