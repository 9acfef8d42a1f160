// Package localzitadel is a ZITADEL instance on loopback, for trying the bot and for testing it.
//
// A [Server] holds organisations, users, memberships, sessions and credentials in memory and answers the calls the bot makes the
// way facts/providers.md says a real instance does: v2 users (get, search, deactivate, reactivate, delete), the management v1
// delete and memberships search, who am I, sessions, and the token endpoint. It keeps the awkward parts: the instance is chosen by Host,
// JSON omits default values, 64-bit numbers are strings, text is compared case-sensitively unless asked otherwise, "already
// inactive" and "no such user" are answered before rights are looked at, too few rights on a search, or none, look like an empty page
// with a total, deleted users vanish from every read while their sessions stay.
//
// What is true is kept apart from what was answered: [Server.StateOf], [Server.Exists] and [Server.Sessions] tell what really
// happened, whatever a fault made the caller see.
//
// It does not do: log-in, user creation over HTTP, gRPC, translations, or any rights model beyond four levels of a member.
package localzitadel
