package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/journal"
)

// Line is what one line of the audit channel reports.
type Line struct {
	Number int       // of the request that people call OFF-Number
	Seq    int       // of the event in its log, 1 and up
	Hash   string    // of that event, as the journal had it
	At     time.Time // when Slack took the message
}

// String names the event as the audit channel does.
func (l Line) String() string { return fmt.Sprintf("%s #%d", approvals.Name(l.Number), l.Seq) }

// Name says which lines are missing, in few words.
func Name(missing []Line) string {
	switch n := len(missing); n {
	case 0:
		return "nothing"
	case 1:
		return missing[0].String()
	default:
		return fmt.Sprintf("%s and %d more", missing[0], n-1)
	}
}

// Since leaves out what was reported before a moment.
func (r Report) Since(t time.Time) Report {
	r.Lines = slices.DeleteFunc(slices.Clone(r.Lines), func(l Line) bool { return l.At.Before(t) })
	return r
}

// Records is what is asked of a journal.
type Records interface {
	Numbered(ctx context.Context, number int) (id string, err error)
	Load(ctx context.Context, id string) (journal.Log, error)
}

// Missing returns the lines that the journal does not hold as they were reported, in their order.
func Missing(ctx context.Context, j Records, lines []Line) ([]Line, error) {
	var out []Line
	logs := map[int]journal.Log{}
	for _, line := range lines {
		l, ok := logs[line.Number]
		if !ok {
			var err error
			if l, err = numbered(ctx, j, line.Number); err != nil {
				return nil, fmt.Errorf("hold %s against the journal: %w", line, err)
			}
			logs[line.Number] = l
		}
		if line.Seq < 1 || line.Seq > l.Version() || l.Records[line.Seq-1].Hash != line.Hash {
			out = append(out, line)
		}
	}
	return out, nil
}

// numbered returns an empty log where there is none.
func numbered(ctx context.Context, j Records, number int) (journal.Log, error) {
	id, err := j.Numbered(ctx, number)
	if err == nil {
		var l journal.Log
		if l, err = j.Load(ctx, id); err == nil {
			return l, nil
		}
	}
	if errors.Is(err, journal.ErrNotFound) {
		return journal.Log{}, nil
	}
	return journal.Log{}, err
}
