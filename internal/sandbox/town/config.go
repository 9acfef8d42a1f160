package town

import (
	"cmp"
	"fmt"
)

// Command is the slash command of the bot.
const Command = "/offboard"

// Hint is what the composer says of the command, as the bot's manifest has it.
const Hint = "who [provider:NAME] [action:delete] [reason:why], or help"

// Settings vary the configuration.
type Settings struct {
	Journal string // path of the embedded journal
	Listen  string // of the bot; empty: a free port
	HTTP    bool   // signed requests instead of Socket Mode
	Writes  bool
	Caps    string // what stands in caps; empty: Roomy
}

// Roomy are caps that hold nothing: people play and test here faster than anybody removes accounts in earnest.
const Roomy = "all: {per_hour: 100000, per_day: 100000}, requester: {per_hour: 100000, per_day: 100000}, " +
	"approver: {per_hour: 100000, per_day: 100000}, pair: {per_hour: 100000, per_day: 100000}"

// Config gives the bot's configuration file for this town, and the environment that it refers to.
func (t *Town) Config(s Settings) (yaml string, env map[string]string) {
	w := t.Slack.Config()
	transport := "transport: socket\n  app_token: env:SLACK_APP_TOKEN"
	if s.HTTP {
		transport = "transport: http\n  signing_secret: env:SLACK_SIGNING_SECRET"
	}
	if s.Listen == "" {
		s.Listen = "127.0.0.1:0"
	}
	yaml = fmt.Sprintf(configYAML, transport, t.Slack.APIURL(), Command, w.TeamID, Approvals, Audit, s.Listen, s.Journal, s.Writes,
		Alice, Approvers, protected, cmp.Or(s.Caps, Roomy), t.urls["ecgrid"], t.urls["zitadel"], t.urls["zitadel"], t.urls["torii"], environment)
	t.configured.Store(&yaml)
	return yaml, map[string]string{
		"SLACK_BOT_TOKEN": w.BotToken, "SLACK_APP_TOKEN": w.AppToken, "SLACK_SIGNING_SECRET": w.SigningSecret,
		"ECGRID_API_KEY": ecgridKey, "ZITADEL_TOKEN": zitadelPAT, "TORII_SECRET_KEY": toriiKey,
	}
}

// Configured is the configuration file that was given last; empty: none was. It holds no secret, only where each is.
func (t *Town) Configured() string {
	if yaml := t.configured.Load(); yaml != nil {
		return *yaml
	}
	return ""
}

// configYAML is what the README shows, with the town's addresses. ZITADEL stands in it twice, so that both of its delete APIs are tried, and what
// needs two approvals and what cools off, neither of which is what the story begins with; the short timeout of Torii lets a call that is never answered be told soon.
const configYAML = `slack:
  %s
  api_url: %s
  bot_token: env:SLACK_BOT_TOKEN
  command: %s
  team: %s
  approvals_channel: %s
  audit_channel: %s
http:
  listen: %s
journal: file:%s
writes: %t
requesters: {users: [%s]}
approvers: {groups: [%s]}
policies:
  - approvals: 1
    expires: 24h
    window: 1h
  - match: {providers: [zitadel-v1], actions: [deactivate]}
    approvals: 2
  - match: {providers: [zitadel-v1], admin: true}
    cool_off: 10m
protected: [%s]
digest: off
caps: {%s}
providers:
  ecgrid: {type: ecgrid, url: "%s", api_key: env:ECGRID_API_KEY, action: delete}
  zitadel: {type: zitadel, url: "%s", token: env:ZITADEL_TOKEN, action: deactivate}
  zitadel-v1: {type: zitadel, url: "%s", token: env:ZITADEL_TOKEN, action: delete, delete_api: v1}
  torii: {type: torii, url: "%s", secret_key: env:TORII_SECRET_KEY, environment: "%s", action: delete, timeout: 2s}
`
