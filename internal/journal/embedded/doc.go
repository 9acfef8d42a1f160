// Package embedded is the journal in one file of this machine, kept by go.etcd.io/bbolt.
//
// What it promises beside the contract: a write that was acknowledged survives a power cut (every commit is synced, the folder too when
// the file is made), a second process is refused with journal.ErrBusy, and a file that is not ours or is damaged is refused with
// journal.ErrForeign before a byte of it is changed. Every stored value carries a checksum of itself and its key, and every table
// the sum of them (its bucket's sequence), so that a missing entry is noticed too; [Open] reads the whole file once and checks all of them.
//
// Writes that wait at the same moment share one commit (writer.go): one caller waits for nobody, many callers share the disk.
// Claims live in memory: no other process can hold one, so a restart gives all of them up at once.
//
// Every page that a commit changes costs the disk a write at another place, so a write changes as few tables as it can: what another
// order of the entries can tell (which logs are due, which deliveries were handled) is in memory, read from the file when it is opened (index.go).
//
// What it does not do: replicate, encrypt, or look into a record. The chain of records is the contract's (journal.Verify); the checksums
// here find damage, not forgery.
//
// The file's buckets:
//
//	meta     format → mark and version; install → id made with the file
//	records  id, seq → record; id, the highest number → the log's number, version, wake time, open
//	numbers  running number → id
//	open     running number → id, of the logs that are listed
//	held     reserved key → id
//	counts   key, time, sequence
//	expiry   time, kind, key in counts or delivery: what may be forgotten from then on, and is remembered until then
package embedded
