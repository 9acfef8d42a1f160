// Package journal is the contract of the append-only record of every request.
//
// A [Log] is the record of one request: its [Record]s in order. A [Journal] changes only by [Journal.Append], a compare-and-append:
// one atomic, durable write that either finds the log at the version the writer has read, or is refused with a conflict. The same
// write reserves and releases accounts, is refused while another log holds a key, counts towards limits, moves the request in the due
// index and remembers handled Slack deliveries, so that none of these can be true without the others.
//
// Records are opaque here: versioned JSON that the engines keep byte for byte, unknown fields included. Chained records carry the hash
// of the chained record before them in the same log ([Seal], [Verify]); receipts do not.
//
// Engines live in packages below and pass the suite in journaltest. What an engine does not do: decide, look into a record, or
// read a clock (the due index of an engine with many replicas may use its server's time).
package journal
