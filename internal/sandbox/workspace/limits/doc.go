// Package limits says what Slack would refuse of a message, a view or metadata.
//
// A fault is one sentence in the wording and with the JSON pointer that Slack puts into response_metadata.messages. Everything is
// counted in code points. An empty list means that Slack would take it, as far as Slack's documentation and facts/slack.md say: shapes
// that a bot seldom sends (rich_text, video, table) are looked at for their type only. It does not know channels, tokens or scopes.
package limits
