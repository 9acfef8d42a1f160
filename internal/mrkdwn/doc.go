// Package mrkdwn makes text safe to show in Slack.
//
// Untrusted text is everything that a provider, a person or a configuration wrote. [Text] makes it safe inside Slack's mrkdwn and
// in plain_text objects, [Name] shows a person's or account's name, [Person] mentions somebody in Slack. [Cut] keeps to a limit.
//
// The promise, held by this package's properties over arbitrary text: what comes out is one line; has no control, bidi, zero-width or
// other invisible character; has no bare & < >, so that it cannot mention or link; and, from Text, has nothing that mrkdwn
// would format or that would ping where bare mentions are looked for. What it changes for that stays readable: mrkdwn has no escape
// character, so the few characters that would format are shown as look-alikes (∗ for *, ＠ for an @ that begins a word). E-mail
// addresses and ids come through as they are, except for very odd ones.
//
// It does not know Slack's limits for each place, and does not translate markdown.
package mrkdwn
