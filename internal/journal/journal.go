package journal

import (
	"context"
	"time"
)

// Log is the whole record of one request.
type Log struct {
	ID      string    // unguessable, chosen by the writer of the first record
	Number  int       // running number, 1 and up, given by the engine with the first record: OFF-42
	Records []Record  // in order; Records[i].Seq == i+1
	Wake    time.Time // when the request is due next; zero: nothing is owed
	Open    bool      // listed by Open
}

// Version is what the next Append must expect: the number of records.
func (l Log) Version() int { return len(l.Records) }

// Record is one event as stored.
type Record struct {
	Seq  int    // position in its log, 1 and up
	Body []byte // versioned JSON, kept byte for byte
	Prev string // chained records: Hash of the chained record before, empty for the first
	Hash string // chained records: hex SHA-256, see Seal; empty for receipts
}

// Chained reports whether the record is part of the hash chain (a decision or a deed), not a receipt.
func (r Record) Chained() bool { return r.Hash != "" }

// Write is one compare-and-append.
type Write struct {
	ID      string
	Expect  int       // the version the writer has read; 0 creates the log and gives it a number
	Now     time.Time // the writer's clock, for deliveries and counts
	Records []Record  // sealed, Seq from Expect+1 on; none: only the rest of the write happens and the version stays
	Wake    time.Time // replaces the log's wake time; zero: nothing is owed
	Open    bool      // replaces the log's listing

	Reserve []Reservation // all or nothing
	Release []string      // keys this log holds; keys it does not hold are left alone; a key in Reserve too stays reserved
	Unless  []string      // keys that no other log may hold; they are looked at and not taken

	Deliveries []string      // Slack deliveries this write handles: any of them known is a DuplicateError
	Keep       time.Duration // how long the deliveries are remembered, from Now

	Counts []Count // all must have room; a key stands in it once

	// Confirm asks that the write is confirmed to survive the loss of a server before Append returns nil. An engine that cannot
	// confirm it returns ErrNotDurable, and the write may or may not have happened.
	Confirm bool
}

// Reservation keeps an account for one open request. It is refused when another log holds Key, unless that log is From.
type Reservation struct {
	Key  string // provider, tenant and account id
	From string // the log it may be taken over from; empty: from none
}

// Count counts one towards a limit: refused when Key has Limit or more entries younger than Within at Now; else adds one at Now.
type Count struct {
	Key    string
	Limit  int // 1 and up
	Within time.Duration
}

// Claimed is a due request handed to one worker.
type Claimed struct {
	ID    string
	Token string // proves the claim to Renew and Done
}

// Info is what an engine says of itself.
type Info struct {
	Engine  string   // "embedded", "redis"
	Install string   // made once with the store; a different one means a different or wiped store
	Length  int      // running number given last
	Risks   []string // plain sentences: what could be lost; empty: nothing that was acknowledged
}

// Journal is the contract. All methods may be called concurrently. Errors are the ones of this package, wrapped or not, or ctx's, or
// the engine's own. After one of which [Unwritten] does not hold, the write may or may not have happened.
type Journal interface {
	// Append carries out one write, all of it or nothing, and returns the log's number. Checks come before effects, in this order:
	// the write itself (ErrMalformed, see Write.Check), version (ErrConflict), deliveries (DuplicateError), reservations
	// and then Unless (ReservedError), counts (LimitError).
	// When it returns nil the write survives the sudden death of this process and of its machine, as far as Info says.
	Append(ctx context.Context, w Write) (number int, err error)

	// Load returns the log, or ErrNotFound.
	Load(ctx context.Context, id string) (Log, error)

	// Numbered returns the id of the log with this running number, or ErrNotFound.
	Numbered(ctx context.Context, number int) (id string, err error)

	// Holder returns the id of the log that has reserved the key, or ErrNotFound.
	Holder(ctx context.Context, key string) (id string, err error)

	// Open returns the ids of all logs with Open set, by number, newest first, at most max.
	Open(ctx context.Context, max int) ([]string, error)

	// Each calls f for every log by number, oldest first, and stops at f's first error, which it returns. It sees a log either
	// before or after a concurrent write, never between.
	Each(ctx context.Context, f func(Log) error) error

	// Remember records deliveries that lead to no other write. Any of them known and younger than its Keep: DuplicateError,
	// and none is recorded.
	Remember(ctx context.Context, deliveries []string, now time.Time, keep time.Duration) error

	// Claim hands out at most max logs whose wake time is at or before now and which nobody has claimed, oldest wake first. A claim
	// lasts for lease, or until Done. Appends to a claimed log change its wake time and leave the claim alone.
	Claim(ctx context.Context, now time.Time, lease time.Duration, max int) ([]Claimed, error)

	// Renew prolongs a claim to now+lease; ErrClaimLost when it has run out and been handed on, or was given up.
	Renew(ctx context.Context, c Claimed, now time.Time, lease time.Duration) error

	// Done gives a claim up: the log can be claimed again as soon as it is due. A lost claim is not an error.
	Done(ctx context.Context, c Claimed) error

	// Info describes the engine and its store.
	Info(ctx context.Context) (Info, error)

	// Close releases the store. Writes under way are finished first.
	Close() error
}
