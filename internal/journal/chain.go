package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
)

// Draft is a record before it has its place in a log.
type Draft struct {
	Body    []byte
	Chained bool
}

// Seal places drafts at the end of the log and chains the chained ones.
//
// Hash is the hex SHA-256 of these lines, each ended by a newline: "offboard/1", the log's id, the record's Seq in decimal, Prev,
// and the Body.
func Seal(l Log, drafts ...Draft) []Record {
	head := Head(l)
	out := make([]Record, 0, len(drafts))
	for i, d := range drafts {
		r := Record{Seq: l.Version() + 1 + i, Body: d.Body}
		if d.Chained {
			r.Prev = head
			r.Hash = hash(l.ID, r)
			head = r.Hash
		}
		out = append(out, r)
	}
	return out
}

// Head returns the hash of the last chained record; empty when there is none.
func Head(l Log) string {
	for i := len(l.Records) - 1; i >= 0; i-- {
		if l.Records[i].Chained() {
			return l.Records[i].Hash
		}
	}
	return ""
}

// Verify checks places and chain of a log and returns the first fault found.
func Verify(l Log) error {
	head := ""
	for i, r := range l.Records {
		if r.Seq != i+1 {
			return fmt.Errorf("journal: %s: record %d stands at place %d", l.ID, r.Seq, i+1)
		}
		if !r.Chained() {
			continue
		}
		if r.Prev != head {
			return fmt.Errorf("journal: %s: record %d does not follow the chained record before it", l.ID, r.Seq)
		}
		if r.Hash != hash(l.ID, r) {
			return fmt.Errorf("journal: %s: record %d was changed after it was written", l.ID, r.Seq)
		}
		head = r.Hash
	}
	return nil
}

func hash(id string, r Record) string {
	h := sha256.New()
	for _, line := range []string{"offboard/1", id, strconv.Itoa(r.Seq), r.Prev, string(r.Body)} {
		h.Write([]byte(line))
		h.Write([]byte{'\n'})
	}
	return hex.EncodeToString(h.Sum(nil))
}
