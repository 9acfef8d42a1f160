package config

import (
	"strings"

	"offboard/internal/secret"
)

func readSlack(top *fields) Slack {
	s := Slack{APIURL: defaultAPIURL, Command: defaultCommand}
	v, ok := top.required("slack", "the workspace and the bot's tokens")
	if !ok {
		return s
	}
	f, ok := v.fields()
	if !ok {
		return s
	}
	transport, known := readTransport(f)
	s.Transport = transport
	if v, ok := f.optional("api_url"); ok {
		if u, ok := v.address(); ok {
			s.APIURL = u + "/"
		}
	}
	s.Out = readOut(f, s.APIURL)
	s.BotToken = needed(f, "bot_token", true, "the bot's token, as in env:SLACK_BOT_TOKEN")
	s.AppToken = needed(f, "app_token", known && transport == Socket, "the app-level token that socket needs, as in env:SLACK_APP_TOKEN")
	s.SigningSecret = needed(f, "signing_secret", known && transport == HTTPS,
		"the secret that http needs to know Slack by, as in env:SLACK_SIGNING_SECRET")
	prefixed(f, "bot_token", s.BotToken, "xoxb-")
	prefixed(f, "app_token", s.AppToken, "xapp-")
	if v, ok := f.optional("command"); ok {
		if c, ok := v.shaped(commandName); ok {
			s.Command = c
		}
	}
	s.Team = shapedField(f, "team", teamID, true)
	s.AppID = shapedField(f, "app_id", appID, false)
	s.ApprovalsChannel = shapedField(f, "approvals_channel", channelID, true)
	s.AuditChannel = shapedField(f, "audit_channel", channelID, true)
	if v, ok := f.optional("audit_channel"); ok && s.AuditChannel != "" && s.AuditChannel == s.ApprovalsChannel {
		v.warn("is also the approvals channel; a channel of its own keeps the audit trail readable")
	}
	f.done()
	return s
}

func readTransport(f *fields) (Transport, bool) {
	v, ok := f.required("transport", "how Slack reaches the bot: socket or http")
	if !ok {
		return "", false
	}
	return choice(v, Transports())
}

// needed reads a secret that is needed, and only looks at the form of one that is not: the same file may serve both transports.
func needed(f *fields, name string, need bool, what string) secret.Source {
	v, ok := f.optional(name)
	switch {
	case !ok && need:
		f.missing(name, what)
	case ok && need:
		return v.secret()
	case ok:
		v.reference()
	}
	return nil
}

func prefixed(f *fields, name string, s secret.Source, prefix string) {
	if v, ok := f.optional(name); ok && !secret.Empty(s) && !strings.HasPrefix(s.Get().Reveal(), prefix) {
		v.warn("points to a value that does not begin with %s; is it another token?", prefix)
	}
}

func shapedField(f *fields, name string, s shape, need bool) string {
	v, ok := f.optional(name)
	if !ok {
		if need {
			f.missing(name, s.what)
		}
		return ""
	}
	t, _ := v.shaped(s)
	return t
}
