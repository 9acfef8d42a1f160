// Package approvals is the core: what a request is, who may decide on it, and what the bot owes.
//
// A [Plan] is the ordered [Step]s that people approve, each one action on one account; its digest is what an approval is given to. A
// [Request] is a plan with its life, and is nothing but the fold of its [Event]s. [Decide] turns a [Wish] of a person, of the
// clock or of the dispatcher into events, or into a [Refusal] that can be shown to that person. [Next] says what the bot owes now and
// when it owes something again. Both are pure: the time is passed in; there is no clock, log, store, Slack or network here.
//
//	pending ──approve (enough)──▶ approved ──due, rechecked──▶ executing ──▶ done | not done | unknown
//	   │  ├─ deny ──▶ denied                │  ├─ withdraw ──▶ withdrawn          unknown ──read back──▶ done | not done
//	   │  ├─ withdraw ──▶ withdrawn         │  └─ account changed ──▶ pending again, approvals void
//	   │  └─ time ──▶ expired               └─ not run in its window ──▶ expired
//
//	approved ──a cap is reached──▶ held ──released by somebody who neither asked nor approved──▶ approved
//	   └─ stop ──▶ stopped           └─ deny, withdraw, stop, time ──▶ denied, withdrawn, stopped, expired
//
// A freeze is a log too, and no request: it has no plan, stops every begin while it is open (see [FreezeKey]), and two people end it.
//
// The promise, held by the properties in this package's tests over random histories:
//
//   - Nothing begins without the consent of enough distinct people, given to exactly the plan that begins. None of them asked for it and
//     none of them is the person to be removed.
//   - Begin is a one-way door. A step that has begun is never begun again, unless the attempt provably never took effect
//     (no connection was made, or the provider answered 429); then at most three times more.
//   - An ended request stays ended. Only an unknown outcome becomes known; "not done, as far as can be seen" counts as unknown,
//     because a late call can still land.
//   - What is held begins only after somebody has released it who has had no part in it, and what was stopped never begins.
//   - A request that is owed something has a time at which it is looked at again.
//
// It does not find out who somebody is, what an account looks like now, or whether a message arrived: it is told.
package approvals
