package workspace

import (
	"log/slog"
	"slices"
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

	AckWithin  time.Duration // how long an app has to acknowledge; 0: 3 s, as Slack's
	PingEvery  time.Duration // between pings on a socket; 0: 5 s
	RateLimits bool
	Clock      func() time.Time // of ts, triggers, response_urls and rate limits; nil: time.Now
	Logger     *slog.Logger     // nil: nothing is logged
}

// EnoughScopes are the bot scopes that facts/slack.md says suffice, and those to read our own threads back.
func EnoughScopes() []string {
	return []string{
		"commands", "chat:write", "users:read", "users:read.email", "usergroups:read", "channels:read", "groups:read",
		"channels:history", "groups:history",
	}
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
	c.Scopes, c.AppScopes = slices.Clone(c.Scopes), slices.Clone(c.AppScopes)
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
