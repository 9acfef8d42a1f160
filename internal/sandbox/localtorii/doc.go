// Package localtorii is a local Torii (torii.so): the part of its server API v1 that removing a user needs, answering as
// facts/providers.md says, the ugly answers included: a repeated DELETE is a 403, and so is a user of another environment.
//
// A [Server] holds [User]s of all environments, accepts one secret key that is bound to one of them, and keeps its own record of
// what was done to whom: [Server.StateOf] and [Server.Calls] are what told outcomes are held against. [Behaviour] makes it an
// older server, or picks among answers that the vendor leaves open.
//
// What it does not do: sign-in, sessions, or anything else of Torii.
package localtorii
