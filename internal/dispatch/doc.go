// Package dispatch carries out what the core says is owed.
//
// A [Dispatcher] claims requests that are due, asks approvals.Next, does what it says, and appends what came of it. It works on a request
// in two lanes: deeds (expiry, recheck, begin, the call, read-back) and telling (card, thread, audit channel), so that a slow Slack does not
// hold up a call and a slow provider does not hold up telling. Every step of both is an append that another replica's would conflict with;
// a crash anywhere is survived because Next is asked again.
//
//	recheck ─▶ append begun ─▶ the call ─▶ read back ─▶ append ended
//	              │ a conflict, or no durable confirmation: no call
//
// A claim is a lease (package lease). Who has lost it, or was stopped until it was over, posts nothing more: that is looked at in the last
// moment before a message leaves. Each post has a door of its own, the sending event; a message whose poster was lost is looked for, and
// waited for, before it is posted again.
//
// What it never does: call without having appended the begin itself, call twice for one begin, or say "done" by itself.
package dispatch
