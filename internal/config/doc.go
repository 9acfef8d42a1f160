// Package config reads the bot's one configuration file, offboard.yaml, into plain typed values.
//
// [Load] gives a [Config] that needs no further checking, or [Faults]: everything that is wrong with the file at once, each [Fault]
// with its line, the line itself and one plain sentence. A [Warning] is something that works and is probably not meant.
//
// Secrets never stand in the file: a secret is env:NAME or file:PATH. What looks like a secret in clear is a fault, and neither a
// fault's sentence nor its excerpt shows it. A file that holds a secret may be readable by its owner alone, or by its group with a warning.
//
// Relative paths (of the journal, of secret files) start at the folder of the configuration file, so that a bot that is
// started from another folder does not begin with an empty journal.
//
// What it does not do: talk to Slack or a provider, open the journal, or decide which policy holds.
package config
