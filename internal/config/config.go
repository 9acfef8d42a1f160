package config

import (
	"time"

	"offboard/internal/approvals"
	"offboard/internal/providers"
	"offboard/internal/secret"
)

// Config is the whole configuration, checked, with defaults filled in.
type Config struct {
	Slack      Slack
	HTTP       HTTP
	Journal    Journal
	Writes     bool // false: a rehearsal; everything but the provider's write really happens
	Requesters People
	Approvers  People
	Rights     map[approvals.Right]People // only what the file gives to people of its own
	Policies   []approvals.Policy         // in the order of the file; none: what approvals.Strictest gives without any
	Protected  []Protected
	Limits     Limits
	Digest     Digest
	Caps       approvals.Caps // none is without a bound
	Providers  []Provider     // at least one, in the order of the file
	// Files are the secrets above that stand in files, in the order of the file.
	Files []*secret.File
}

// Transport is how Slack reaches the bot.
type Transport string

// The transports.
const (
	Socket Transport = "socket" // the bot opens WebSockets to Slack
	HTTPS  Transport = "http"   // Slack posts signed requests to the bot
)

// Transports lists every Transport.
func Transports() []Transport { return []Transport{Socket, HTTPS} }

// Slack is the workspace and how to talk to it.
type Slack struct {
	Transport        Transport
	APIURL           string // ends with a slash
	BotToken         secret.Source
	AppToken         secret.Source // socket only
	SigningSecret    secret.Source // http only, never empty then
	Command          string        // with its slash: "/offboard"
	Team             string        // T… or E…
	AppID            string        // A…, may be empty
	ApprovalsChannel string        // C… or G…
	AuditChannel     string        // C… or G…
	Out              Out
}

// Out is how a service is reached.
type Out struct {
	CA    []byte // certificate authorities, PEM; empty: the machine's
	Proxy string // a URL, or ProxyOfEnvironment; empty: none
}

// ProxyOfEnvironment stands for the proxy that the environment names.
const ProxyOfEnvironment = "environment"

// HTTP is where the bot listens.
type HTTP struct {
	Listen      string        // host:port; Slack's requests with the http transport, and health and metrics unless AdminListen is set
	AdminListen string        // host:port for health and metrics alone; empty: they are at Listen
	Drain       time.Duration // how long a replica that stops still takes requests in, once it says that it is not ready
}

// Journal says where the journal is.
type Journal struct {
	File  string // path of the embedded journal; empty where Redis is set
	Redis *Redis
}

// RedisKind is how Redis servers stand together.
type RedisKind string

// The kinds.
const (
	RedisSingle   RedisKind = "single"
	RedisSentinel RedisKind = "sentinel"
	RedisCluster  RedisKind = "cluster"
)

// RedisRisk is a danger that the configuration accepts by name.
type RedisRisk string

// The risks.
const (
	RedisEviction      RedisRisk = "eviction"
	RedisNoPersistence RedisRisk = "no_persistence"
	RedisNoReplicas    RedisRisk = "no_replicas"
)

// RedisRisks lists every RedisRisk.
func RedisRisks() []RedisRisk { return []RedisRisk{RedisEviction, RedisNoPersistence, RedisNoReplicas} }

// Redis says where a journal on Redis is, and how to get in.
type Redis struct {
	Kind   RedisKind
	Addrs  []string // host:port, at least one
	Master string   // sentinel only
	DB     int      // not with cluster
	Prefix string   // of every key
	TLS    bool

	Username         string
	Password         secret.Source // may be nil
	SentinelPassword secret.Source // may be nil
	CA               []byte        // PEM; empty: the machine's authorities
	Accept           []RedisRisk
}

// People are members of the workspace, by id and by user group.
type People struct {
	Users  []string // U… or W…
	Groups []string // S…
}

// Limits bound how much can be asked for.
type Limits struct {
	PerHour            int
	PerRequesterPerDay int
}

// ProviderType is a vendor.
type ProviderType string

// The provider types.
const (
	ECGrid  ProviderType = "ecgrid"
	ZITADEL ProviderType = "zitadel"
	Torii   ProviderType = "torii"
)

// ProviderTypes lists every ProviderType.
func ProviderTypes() []ProviderType { return []ProviderType{ECGrid, ZITADEL, Torii} }

// DeleteAPI is which of its two APIs ZITADEL is asked to delete by.
type DeleteAPI string

// The delete APIs.
const (
	DeleteV1 DeleteAPI = "v1" // management v1
	DeleteV2 DeleteAPI = "v2"
)

// Provider is one configured identity provider. Of the credentials exactly those that the type needs are set.
type Provider struct {
	Name   string // a-z, 0-9, - and _
	Type   ProviderType
	URL    string // without a slash at the end
	Action providers.Action
	// Timeout is how long a call may take before its outcome counts as unknown; 0: the vendor's default.
	Timeout time.Duration
	Out     Out

	APIKey secret.Source // ecgrid

	SecretKey   secret.Source // torii
	Environment string        // torii

	Token        secret.Source // zitadel: this,
	ClientID     secret.Source // or this
	ClientSecret secret.Source // and this,
	Key          secret.Source // or this: the content of key_file, a service account's JSON key
	DeleteAPI    DeleteAPI     // zitadel
}

// The defaults of design §6.
const (
	defaultAPIURL             = "https://slack.com/api/"
	defaultCommand            = "/offboard"
	defaultListen             = "127.0.0.1:8080"
	defaultDrain              = 5 * time.Second
	defaultJournal            = "offboard.db"
	defaultPerHour            = 20
	defaultPerRequesterPerDay = 10
)
