// Package town is a small made-up company for trying the bot: a local Slack workspace with people and channels, and local ECGrid,
// ZITADEL and Torii with accounts of people who leave.
//
// [Open] starts all of it on loopback. [Town.Config] gives the configuration file and the environment with which the bot serves it, the
// same way as it would serve the real ones. [Town.Record] and [Town.Accounts] say what the providers themselves have on record, and
// [Town.Faults] makes them misbehave.
//
// It does not know the bot.
package town
