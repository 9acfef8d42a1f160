// Package directory says who is who, as Slack itself says at that moment, and who we are.
//
// [Directory] answers commands' questions: who sent this, who was mentioned, who is in a user group. [Start] asks at start-up whether
// the token, the team, the app and the channels are what the configuration says, with a sentence for the operator where they are not.
//
// The promise: it fails closed. An answer without what was asked for is an error, also where Slack says ok; so is a user with another id
// than the one that was asked for (facts/slack.md: {} and {"ok":false} read as a user who is neither a bot nor deleted). Nothing is
// remembered between two questions. Each question has a short deadline, so that a click is answered inside Slack's three seconds.
//
// It does not know who may do what: rights are the service's.
package directory
