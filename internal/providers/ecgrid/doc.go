// Package ecgrid is the vendor ECGrid (Loren Data), REST API v2, as facts/providers.md knows it.
//
// Its one action is delete: ECGrid's "terminate", for good. Done means 200 with success and data both true; data false leaves the
// outcome open, and so does everything that is not the documented answer.
//
// A 404 has three meanings here (absent, invisible to this key, wrong path), so nothing in this package concludes "already gone"
// from one: reading gives Denied, looking gives Invisible with the words "no longer visible". Gone is only the status Terminated.
//
// Finding by e-mail asks by name, because logins are usually e-mail addresses, and then goes through the list of users, because
// not all are. Every hit is compared on this side. The list's length is bounded; past it the search is refused, not cut short.
//
// What it does not do: suspend (the REST API has no such call), reset sessions (which clears a lock-out: no containment), read
// keys, or decode phones and recovery questions.
package ecgrid
