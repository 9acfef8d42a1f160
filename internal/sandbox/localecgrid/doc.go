// Package localecgrid is a local ECGrid: the part of Loren Data's REST API v2 that removing a user needs, answering as
// facts/providers.md says, the ugly answers included.
//
// A [Server] holds [User]s, checks the API key, and keeps its own record of what was done to whom: [Server.StateOf] and
// [Server.Calls] are what told outcomes are held against. Searching by name matches parts of logins and e-mail addresses, because
// the real match mode is not known. [Behaviour] picks among answers that the vendor leaves open.
//
// What it does not do: networks, mailboxes, mail, or anything else of ECGrid.
package localecgrid
