package redis

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"offboard/internal/secret"
)

// Kind is how the servers stand together.
type Kind string

// The kinds.
const (
	Single   Kind = "single"   // one server
	Sentinel Kind = "sentinel" // a master and its replicas, found through Sentinels
	Cluster  Kind = "cluster"  // a Redis Cluster
)

// Accept is a danger that the configuration accepts by name.
type Accept string

// What can be accepted.
const (
	Eviction      Accept = "eviction"       // the server throws keys away when its memory is full
	NoPersistence Accept = "no_persistence" // the server keeps nothing on disk that outlives its end
	NoReplicas    Accept = "no_replicas"    // a write counts as safe when no replica has it
)

// Options say where the journal is and what is asked of its server.
type Options struct {
	Kind   Kind
	Addrs  []string // host:port; of the Sentinels, or of some nodes of the Cluster
	Master string   // the name the Sentinels know the master by
	DB     int      // not in a Cluster
	Prefix string   // hash tag of every key

	Username         string
	Password         secret.Source // nil: none
	SentinelPassword secret.Source // nil: none

	TLS bool   // the server's certificate is always verified
	CA  []byte // PEM, instead of the machine's authorities

	// Strict refuses a server that cannot confirm a write, evicts, or persists nothing, unless Accept names it. Without it such
	// a server is used, a write is confirmed as far as the server can, and Info names the risks.
	Strict bool
	Accept []Accept

	// Existing makes no store where there is none: journal.ErrNotFound.
	Existing bool

	Logger *slog.Logger
}

func (o Options) accepts(a Accept) bool { return slices.Contains(o.Accept, a) }

// where names the servers for people.
func (o Options) where() string { return strings.Join(o.Addrs, ", ") }

// tls is the configuration of every connection; nil: none is encrypted.
func (o Options) tls() (*tls.Config, error) {
	if !o.TLS {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(o.CA) > 0 {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(o.CA) {
			return nil, errors.New("the file of certificate authorities holds no certificate in PEM")
		}
	}
	return c, nil
}

func (o Options) check() error {
	switch {
	case len(o.Addrs) == 0:
		return errors.New("journal: redis: no address")
	case o.Prefix == "" || strings.ContainsAny(o.Prefix, "{}"):
		return fmt.Errorf("journal: redis: the prefix %q is empty or holds a brace", o.Prefix)
	case o.Kind == Sentinel && o.Master == "":
		return errors.New("journal: redis: Sentinel needs the master's name")
	default:
		return nil
	}
}
