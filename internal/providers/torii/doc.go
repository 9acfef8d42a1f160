// Package torii is the vendor Torii (torii.so, not toriihq.com), server API v1, as facts/providers.md knows it.
//
// Its one action is delete: Torii keeps the user's record, but has no way back. Done means 204, the documented empty answer.
//
// A 403 to a delete has two meanings (already deleted, or of another environment), and so [Provider.Look] decides by a
// search for this very id in every status: deleted is done, active or banned is not. Where the search shows nothing, a 403 counts as
// done only when the write of this order was answered with it and an earlier write of ours is on record; everything else is Invisible,
// and a human looks. A 404 to a delete leaves the outcome open.
//
// Accounts of another environment than the configured one are refused. Older servers may ignore a search's selectors, so every item
// is compared on this side, and the pages are gone through.
//
// What it does not do: ban, sessions, or read anybody's metadata.
package torii
