// Package lineartest checks that a journal is linearizable while its processes and its server are killed: that there is one order of
// everything that was asked of it, in which each answer is the one the contract gives, and in which nothing stands before what had been
// answered before it was asked.
//
// A child process runs a crowd of goroutines that append, load, reserve, release, take over and look at a few logs and keys ([Work]).
// Before each operation it writes a line, and another behind it, into one pipe that all children share: writes this short are whole,
// so the pipe's order is the order of the world, and no clock is needed. [Run] kills children at random moments, and whatever else the
// engine's own test wants killed, and then reads what is left. An operation without an answer may have happened or not. Every record
// is unlike any other, so the last reading tells: what it shows has happened at some time after it was asked, and what it does not
// show has not.
//
// The model (model.go) is the contract for the logs' versions, contents, numbers, wake times and listing, and for the reservations.
// Deliveries, counts and claims are not in it; the suite in journaltest has them.
//
// [Hasty] and [Blind] are broken on purpose. An engine's test runs them too, and they must be found out.
package lineartest
