package embedded

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math"
	"time"

	"offboard/internal/journal"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// head is what the records table keeps of a log behind its records.
type head struct {
	Number  int       `json:"number"`
	Version int       `json:"version"`
	Wake    time.Time `json:"wake,omitzero"`
	Open    bool      `json:"open"`
}

func decodeHead(b []byte) (head, error) {
	var h head
	if err := json.Unmarshal(b, &h); err != nil {
		return head{}, damaged("log entry: %v", err)
	}
	return h, nil
}

// encodeRecord writes prev and hash with their lengths before the body, which stays as it is to the last byte.
func encodeRecord(r journal.Record) []byte {
	var b []byte
	for _, s := range []string{r.Prev, r.Hash} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return append(b, r.Body...)
}

func decodeRecord(seq int, b []byte) (journal.Record, error) {
	r := journal.Record{Seq: seq}
	for _, s := range []*string{&r.Prev, &r.Hash} {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return journal.Record{}, damaged("record %d is cut", seq)
		}
		*s = string(b[size : size+int(n)])
		b = b[size+int(n):]
	}
	r.Body = append([]byte{}, b...)
	return r, nil
}

// timeSize is the length of what timeKey returns.
const timeSize = 12

// timeKey orders as the times do, down to the nanosecond, for any time.
func timeKey(t time.Time) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(t.Unix())^(1<<63))
	return binary.BigEndian.AppendUint32(b, uint32(t.Nanosecond()))
}

func decodeTime(b []byte) time.Time {
	return time.Unix(int64(binary.BigEndian.Uint64(b)^(1<<63)), int64(binary.BigEndian.Uint32(b[8:]))).UTC()
}

func numberKey(n int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func decodeNumber(b []byte) int { return int(binary.BigEndian.Uint64(b)) }

// prefix begins the keys of everything that belongs to name; the length keeps "a" apart from "ab".
func prefix(name string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(name))), name...)
}

func recordKey(id string, seq int) []byte { return append(prefix(id), numberKey(seq)...) }

// headKey is behind the log's records, and so most often on the page that the next record changes anyway.
func headKey(id string) []byte { return binary.BigEndian.AppendUint64(prefix(id), math.MaxUint64) }

// stamp appends the checksum of key and value.
func stamp(key, value []byte) []byte {
	return binary.BigEndian.AppendUint32(append([]byte{}, value...), checksum(key, value))
}

// unstamp checks the checksum and returns the value without it, still in the database's own memory.
func unstamp(key, stored []byte) ([]byte, error) {
	n := len(stored) - crc32.Size
	if n < 0 || binary.BigEndian.Uint32(stored[n:]) != checksum(key, stored[:n]) {
		return nil, damaged("an entry does not match its checksum")
	}
	return stored[:n], nil
}

// weight is what an entry adds to its table's weight: one in the upper half and its checksum in the lower, so that the sum
// tells an entry that is missing. No entry weighs nothing.
func weight(stored []byte) uint64 {
	n := len(stored) - crc32.Size
	if n < 0 {
		return 0
	}
	return 1<<32 + uint64(binary.BigEndian.Uint32(stored[n:]))
}

func checksum(key, value []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", journal.ErrForeign, fmt.Sprintf(format, args...))
}
