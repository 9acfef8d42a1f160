package redis

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"offboard/internal/journal"
)

// encodeRecord puts the two hashes, which are hex, each on a line before the body, which stays as it is to the last byte.
func encodeRecord(r journal.Record) string {
	return r.Prev + "\n" + r.Hash + "\n" + string(r.Body)
}

func decodeRecord(seq int, s string) (journal.Record, error) {
	prev, rest, ok := strings.Cut(s, "\n")
	hash, body, also := strings.Cut(rest, "\n")
	if !ok || !also {
		return journal.Record{}, fmt.Errorf("%w: record %d is cut", journal.ErrForeign, seq)
	}
	return journal.Record{Seq: seq, Prev: prev, Hash: hash, Body: []byte(body)}, nil
}

// micros is a time as a score. Scores are doubles, which hold microseconds exactly until the year 2255.
func micros(t time.Time) int64 { return t.UnixMicro() }

// countKey begins the members of a count; the length keeps "a" apart from "ab".
func countKey(name string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(name))), name...)
}

// countAt begins the members of a count that were counted at t; they sort as the times do, down to the nanosecond.
func countAt(name string, t time.Time) []byte {
	b := binary.BigEndian.AppendUint64(countKey(name), uint64(t.Unix())^(1<<63))
	return binary.BigEndian.AppendUint32(b, uint32(t.Nanosecond()))
}

// countedAt is when a member of the count was counted.
func countedAt(name, member string) (time.Time, error) {
	b := []byte(member)
	n := len(countKey(name))
	if len(b) < n+12 {
		return time.Time{}, fmt.Errorf("%w: a count is cut", journal.ErrForeign)
	}
	b = b[n:]
	return time.Unix(int64(binary.BigEndian.Uint64(b)^(1<<63)), int64(binary.BigEndian.Uint32(b[8:]))).UTC(), nil
}

func encodeTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func decodeTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: wake time %q", journal.ErrForeign, s)
	}
	return t, nil
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
