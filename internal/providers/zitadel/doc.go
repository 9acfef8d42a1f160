// Package zitadel is the ZITADEL provider: it finds and reads users of one instance, deactivates them, and deletes them.
//
// Users are read through the v2 API; a delete goes through v2, or through management v1 with the user's own organisation in
// x-zitadel-orgid. The bot is a service account with a personal access token, client credentials, or a private key (JWT profile).
//
// What holds here besides the contract of package providers:
//
//   - Answers are judged by details[0].id, never by text and never by the status alone: a 404 has at least five meanings
//     (facts/providers.md).
//   - An access token is at hand before a write begins. Failing to get one is NotSent, never an unknown outcome.
//   - A refused token is dropped and a read is tried once more with a new one; a write is not.
//   - After a write that succeeded the user's session objects are removed, as well as that goes: they outlive the user.
//   - What is printed of an answer is its status and an id of ZITADEL's own shape; bodies and token errors are not.
//
// It does not: reactivate, change memberships, or see admin roles at organisations other than the user's own, which is
// said with every account.
package zitadel
