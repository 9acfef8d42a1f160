// Package providertest is the suite that every vendor passes: [Run] holds a [providers.Provider] to the contract of package
// providers, against the vendor's own local server.
//
// A [Rig] starts a fresh [Bench] for each case: a local server with its own record of the truth, and a way to connect a provider
// to it. The suite listens on the wire between them: it counts connections, writes and redirects followed, and at the end of
// each case looks through every error, text and log line for the bench's secrets.
//
// What it does not do: know what is particular to one vendor. That is for the vendor's own tests.
package providertest
