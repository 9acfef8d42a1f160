package workspace

import (
	"log/slog"
	"slices"
	"strings"
	"time"
)

// Config says who the workspace and its one app are. The zero value works: every empty field gets a default.
type Config struct {
	TeamID, TeamName string
	EnterpriseID     string // empty: not part of an organisation
	AppID            string
	BotUserID, BotID string
	BotName          string
	BotToken         string
	AppToken         string // for apps.connections.open
	SigningSecret    string
	Scopes           []string // of the bot token; nil: [EnoughScopes]
	AppScopes        []string // of the app token; nil: connections:write

	HomeTab  bool     // the app has a Home tab
	Writable bool     // people may write to the app in its Messages tab, which the page looks at; false: messages_tab_read_only_enabled
	Events   []string // the bot events that the app subscribes to, such as message.channels, of [EveryEvent]

	MostFile   int           // bytes of a file; 0: 20 MB
	AckWithin  time.Duration // how long an app has to acknowledge; 0: 3 s, as Slack's
	PingEvery  time.Duration // between pings on a socket; 0: 5 s
	RateLimits bool
	// EventRetries is how long after each failure an event is sent again; nil: as Slack does.
	EventRetries []time.Duration
	Clock        func() time.Time // of ts, triggers, response_urls and rate limits; nil: time.Now
	Logger       *slog.Logger     // nil: nothing is logged
}

// EnoughScopes are the bot scopes that facts/slack.md says suffice, and those to read our own threads back.
func EnoughScopes() []string {
	return []string{
		"commands", "chat:write", "users:read", "users:read.email", "usergroups:read", "channels:read", "groups:read",
		"channels:history", "groups:history",
	}
}

// EveryScope are the scopes of a bot token that any method or event here asks for.
func EveryScope() []string {
	var out []string
	for _, m := range methods {
		if !m.app {
			out = append(out, m.scopes...)
		}
	}
	for _, scopes := range eventScopes {
		out = append(out, scopes...)
	}
	for _, k := range kinds {
		out = append(out, k.scope, strings.Replace(k.scope, "read", "history", 1))
	}
	out = append(out, EnoughScopes()...)
	slices.Sort(out)
	return slices.Compact(out)
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		field *string
		value string
	}{
		{&c.TeamID, "T0LOCAL"}, {&c.TeamName, "local"}, {&c.AppID, "A0LOCAL"}, {&c.BotUserID, "U0LOCALBOT"}, {&c.BotID, "B0LOCAL"},
		{&c.BotName, "offboard"}, {&c.BotToken, "xoxb-local-bot-token"}, {&c.AppToken, "xapp-1-local-app-token"},
		{&c.SigningSecret, "local-signing-secret"},
	} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	if c.Scopes == nil {
		c.Scopes = EnoughScopes()
	}
	if c.AppScopes == nil {
		c.AppScopes = []string{"connections:write"}
	}
	c.Scopes, c.AppScopes, c.Events = slices.Clone(c.Scopes), slices.Clone(c.AppScopes), slices.Clone(c.Events)
	if c.EventRetries == nil {
		c.EventRetries = slackRetries
	}
	if c.MostFile <= 0 {
		c.MostFile = 20 << 20
	}
	if c.AckWithin <= 0 {
		c.AckWithin = 3 * time.Second
	}
	if c.PingEvery <= 0 {
		c.PingEvery = 5 * time.Second
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}
