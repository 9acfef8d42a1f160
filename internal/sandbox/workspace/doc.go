// Package workspace is a local Slack workspace on loopback, for trying and testing apps without Slack.
//
// A [Workspace] has people, channels, groups and messages. One app is installed in it: the app calls Slack's Web API under
// /api/, takes commands, clicks, form submissions and the events that it subscribes to over signed HTTP or Socket Mode, and answers through
// response_urls. A test or the sandbox acts as a person ([Workspace.Command], [Workspace.Press], [Workspace.Submit], [Workspace.Say],
// [Workspace.React], [Workspace.OpenApp]) and reads what that person would see ([Workspace.Messages], [Workspace.Ephemerals],
// [Workspace.Views], [Workspace.Home]).
//
// It is strict: what Slack refuses it refuses with Slack's words (scopes, membership, limits, rate limits, one-time tickets and
// triggers, five uses of a response_url), as facts/slack.md and Slack's documentation say. A confirm dialog is not in the way of
// a click, because a hostile client would not show it either. A [Fault] makes it misbehave as Slack and networks do.
//
// It does not know what an app is for, keeps nothing on disk, files included, unfurls nothing, and has one app only.
package workspace
