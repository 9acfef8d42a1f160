package page

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
)

// ledger remembers what was read of the journal: a log is folded and put into words once for each state of it, and not for each look at the page.
type ledger struct {
	mu     sync.Mutex
	leaves map[string]leaf // by the log's id
}

// leaf is one log, read.
type leaf struct {
	log     journal.Log
	request *approvals.Request // is not changed any more
	events  []event
	broken  string
}

// read gives the requests of a journal, the newest first. What cannot be read is left out: the page goes on while the bot stops.
func (b *ledger) read(ctx context.Context, records Records) []leaf {
	if records == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []leaf
	leaves := map[string]leaf{}
	err := records.Each(ctx, func(l journal.Log) error {
		known, ok := b.leaves[l.ID]
		if !ok || !same(known.log, l) {
			r, err := book.Fold(l)
			if err != nil {
				return nil //nolint:nilerr // a log of a newer version, or one that is no request
			}
			known = turn(l, r)
		}
		leaves[l.ID] = known
		out = append(out, known)
		return nil
	})
	if err != nil {
		return nil
	}
	b.leaves = leaves
	slices.SortFunc(out, func(x, y leaf) int { return y.log.Number - x.log.Number })
	return out
}

// same reports whether two readings of a log have the same records.
func same(a, b journal.Log) bool {
	return a.Number == b.Number && slices.EqualFunc(a.Records, b.Records, func(x, y journal.Record) bool {
		return x.Seq == y.Seq && x.Hash == y.Hash && x.Prev == y.Prev && bytes.Equal(x.Body, y.Body)
	})
}

// turn puts a log into words.
func turn(l journal.Log, r *approvals.Request) leaf {
	bad, broken := breach(l)
	out := leaf{log: l, request: r, broken: broken}
	for i, e := range r.Events {
		out.events = append(out.events, event{
			Seq: e.Seq, At: moment(e.At), Says: says(r, e), Hash: l.Records[i].Hash, Prev: l.Records[i].Prev, Bad: e.Seq == bad,
		})
	}
	return out
}
