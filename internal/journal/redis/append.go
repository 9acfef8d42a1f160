package redis

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"offboard/internal/journal"
)

// noLog stands for the expected version of a write that is about no log.
const noLog = -1

// Append carries out one write in one round trip.
func (j *Journal) Append(ctx context.Context, w journal.Write) (int, error) {
	if err := w.Check(); err != nil {
		return 0, err
	}
	return j.submit(ctx, w)
}

// Remember records deliveries that lead to no other write.
func (j *Journal) Remember(ctx context.Context, deliveries []string, now time.Time, keep time.Duration) error {
	if err := journal.CheckDeliveries(deliveries, now, keep); err != nil || len(deliveries) == 0 {
		return err
	}
	_, err := j.submit(ctx, journal.Write{Expect: noLog, Now: now, Deliveries: deliveries, Keep: keep})
	return err
}

func (j *Journal) submit(ctx context.Context, w journal.Write) (int, error) {
	leave, err := j.enter(ctx)
	if err != nil {
		return 0, journal.NotWritten(err)
	}
	defer leave()
	if err := j.store.fault(); err != nil {
		return 0, err
	}
	if w.Confirm {
		if err := j.mayConfirm(); err != nil {
			return 0, journal.NotWritten(err)
		}
	}
	begun := j.wire.now()
	a := arguments{op: rand.Text(), w: w, seen: j.store.mark(), install: j.store.install}
	answer, unproven, err := j.runAppend(ctx, j.keys.write(w.ID), a.list(), w.Confirm)
	j.signIn.renew(err) // for the next write: this one is not made again
	if err != nil && j.wire.unwritten(begun, err) {
		return 0, journal.NotWritten(err)
	}
	if err != nil {
		return 0, err
	}
	n, err := j.judge(a, answer)
	if err == nil && unproven != nil {
		return 0, unproven
	}
	return n, err
}

// arguments are what the append script is given.
type arguments struct {
	op, install string
	seen        mark
	w           journal.Write
}

func (a arguments) list() []any {
	w := a.w
	now, keep := int64(0), int64(0)
	if !w.Now.IsZero() {
		now, keep = micros(w.Now), micros(w.Now.Add(w.Keep))
	}
	score := any("")
	if !w.Wake.IsZero() {
		score = micros(w.Wake)
	}
	args := []any{a.op, a.install, a.seen.writes, a.seen.op, now, w.ID, w.Expect, encodeTime(w.Wake), score, flag(w.Open), keep}
	args = append(args, len(w.Records))
	for _, r := range w.Records {
		args = append(args, encodeRecord(r))
	}
	args = append(args, len(w.Deliveries))
	for _, d := range w.Deliveries {
		args = append(args, d)
	}
	return a.limits(a.reservations(args))
}

func (a arguments) reservations(args []any) []any {
	args = append(args, len(a.w.Reserve))
	for _, r := range a.w.Reserve {
		args = append(args, r.Key, r.From)
	}
	args = append(args, len(a.w.Release))
	for _, key := range a.w.Release {
		args = append(args, key)
	}
	args = append(args, len(a.w.Unless))
	for _, key := range a.w.Unless {
		args = append(args, key)
	}
	return args
}

// afterAny sorts after every member of one moment of a count: their ends are letters.
var afterAny = strings.Repeat("\xff", 32)

func (a arguments) limits(args []any) []any {
	args = append(args, len(a.w.Counts))
	for _, c := range a.w.Counts {
		args = append(args,
			countKey(c.Key), c.Limit,
			string(countAt(c.Key, a.w.Now.Add(-c.Within)))+afterAny,
			string(countAt(c.Key, a.w.Now))+a.op,
			micros(a.w.Now.Add(c.Within)),
		)
	}
	return args
}

// judge turns the script's answer into the contract's.
func (j *Journal) judge(a arguments, answer []any) (int, error) {
	w := a.w
	switch text(answer, 0) {
	case "ok":
		if w.Expect != noLog {
			j.store.saw(mark{number(answer, 2), a.op})
		}
		return int(number(answer, 1)), nil
	case "conflict":
		return 0, journal.ErrConflict
	case "seen":
		return 0, &journal.DuplicateError{Delivery: w.Deliveries[number(answer, 1)-1]}
	case "held":
		return 0, &journal.ReservedError{Key: w.Reserve[number(answer, 1)-1].Key, Holder: text(answer, 2)}
	case "barred":
		return 0, &journal.ReservedError{Key: w.Unless[number(answer, 1)-1], Holder: text(answer, 2)}
	case "full":
		c := w.Counts[number(answer, 1)-1]
		at, err := countedAt(c.Key, text(answer, 2))
		if err != nil {
			return 0, err
		}
		return 0, &journal.LimitError{Key: c.Key, Limit: c.Limit, Free: at.Add(c.Within)}
	case "lost":
		return 0, j.store.lose(text(answer, 1), number(answer, 2), a.seen)
	default:
		return 0, fmt.Errorf("journal: the server answered %q", answer)
	}
}

// text is an entry of a script's answer; empty when it is not there or no text.
func text(answer []any, i int) string {
	if i >= len(answer) {
		return ""
	}
	s, _ := answer[i].(string)
	return s
}

// number is an entry of a script's answer; 0 when it is not there or no number.
func number(answer []any, i int) int64 {
	if i >= len(answer) {
		return 0
	}
	n, _ := answer[i].(int64)
	return n
}
