// Package redis is the journal on a Redis server that several replicas share: standalone, behind Sentinel, or a Cluster.
//
// What it promises beside the contract: one append is one script and one round trip; all checks come before the first write, since Redis
// takes back nothing that a script has written. Each append carries an operation id that the script remembers, so that go-redis, which
// repeats a command whose answer was lost, gets the first answer again. A write that asks to be confirmed returns nil only when the
// server's answer, or WAITAOF and WAIT behind it, prove that it outlives the loss of this server (confirm.go); otherwise
// journal.ErrNotDurable.
//
// The script compares what the server holds with what this process has seen: the id that was made with the store, and the latest write, by
// its number and its operation id. A wiped or rolled-back server fits neither, also when others have written to it since. It is refused
// with journal.ErrLost before anything is written, until this process is started anew.
//
// What it does not do: decide, keep a second copy, or read this machine's clock for anything but the server's: see [Journal.Now].
//
// All keys stand in one shard, under one hash tag (keys.go): numbers and limits are counted over all requests, and what one write
// changes must lie on one server.
package redis
