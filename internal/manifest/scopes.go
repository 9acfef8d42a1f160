package manifest

import "slices"

// AppScope is the scope of the app-level token that Socket Mode needs. A manifest cannot hold it.
const AppScope = "connections:write"

// Methods lists the Web API methods that the bot calls, each with the scopes of the bot token that it needs. Where Slack asks for one
// scope for each kind of channel, the bot needs those of public and private channels (facts/slack.md). apps.connections.open takes the
// app-level token and needs none of the bot's.
func Methods() map[string][]string {
	write := []string{"chat:write"}
	channels := []string{"channels:read", "groups:read"}
	history := []string{"channels:history", "groups:history"}
	return map[string][]string{
		"apps.connections.open": nil,
		"auth.test":             nil,
		"bots.info":             {"users:read"},
		"chat.getPermalink":     nil,
		"chat.postEphemeral":    write,
		"chat.postMessage":      write,
		"chat.update":           write,
		"conversations.history": history,
		"conversations.info":    channels,
		"conversations.replies": history,
		"usergroups.users.list": {"usergroups:read"},
		"users.info":            {"users:read", "users:read.email"}, // without the second it leaves the e-mail address out
		"users.lookupByEmail":   {"users:read.email"},
		"views.open":            nil,
	}
}

// Scopes lists the scopes that the manifest asks for, sorted: the slash command's own, and what the methods need.
func Scopes() []string {
	out := []string{"commands"}
	for _, needs := range Methods() {
		out = append(out, needs...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
