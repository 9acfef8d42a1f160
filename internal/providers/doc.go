// Package providers is the contract between the bot and an identity provider.
//
// An [Account] is a person's entry at one provider. A [Provider] finds and reads accounts, says which [Action]s it has and what
// each of them destroys, carries out one action on one account ([Provider.Do]) and looks at the account afterwards
// ([Provider.Look]).
//
// The contract's promise, which the suite in providertest holds every vendor to:
//
//   - Do puts at most one write on the wire. It follows no redirect, repeats nothing by itself, and uses a fresh connection.
//   - An answer counts only when it is JSON (or the documented empty answer) and carries the vendor's own success mark. Anything
//     else is an [Error] whose [Kind] says what is known. What may have happened is [UnknownOutcome], never success.
//   - Find never returns an account that does not match the query, and refuses an empty query.
//   - No error and no text holds a secret.
//
// What it does not do: decide. Whether a call may leave, and what its answer means for a request, is the core's to say.
package providers
