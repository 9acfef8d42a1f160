package page

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/journal"
	"offboard/internal/mrkdwn"
	"offboard/internal/slackbot/cards"
)

// Records is what the page reads of the bot's journal.
type Records interface {
	Each(ctx context.Context, f func(journal.Log) error) error
}

// request is one request as the journal has it.
type request struct {
	Name   string   `json:"name"`  // OFF-1
	State  string   `json:"state"` // in words
	Over   bool     `json:"over"`
	Coming []coming `json:"coming"`
	Broken string   `json:"broken"` // why its chain of hashes is not whole; empty: it is
	Events []event  `json:"events"`
}

// event is one record. A receipt, which says what Slack was told, has no hash.
type event struct {
	Seq  int    `json:"seq"`
	At   string `json:"at"`
	Says string `json:"says"` // mrkdwn, as the audit channel has it
	Hash string `json:"hash"`
	Prev string `json:"prev"`
}

// mostRequests is how many of the newest requests the page shows.
const mostRequests = 30

// requests reads the journal. What cannot be read is left out: the page goes on while the bot stops.
func (s *server) requests(ctx context.Context) []request {
	var logs []journal.Log
	err := s.records.Each(ctx, func(l journal.Log) error {
		logs = append(logs, l)
		return nil
	})
	if err != nil {
		return []request{}
	}
	slices.SortFunc(logs, func(a, b journal.Log) int { return b.Number - a.Number })
	out := []request{}
	for _, l := range logs[:min(len(logs), mostRequests)] {
		if r, err := book.Fold(l); err == nil {
			out = append(out, recorded(l, r, s.town.Clock.Now()))
		}
	}
	return out
}

func recorded(l journal.Log, r *approvals.Request, now time.Time) request {
	out := request{Name: r.Name(), State: r.State.Words(), Over: r.State.Ended(), Coming: comings(r, now)}
	if err := journal.Verify(l); err != nil {
		out.Broken = err.Error()
	}
	for i, e := range r.Events {
		out.Events = append(out.Events, event{
			Seq: e.Seq, At: e.At.UTC().Format(time.RFC3339Nano), Says: says(r, e), Hash: l.Records[i].Hash, Prev: l.Records[i].Prev,
		})
	}
	return out
}

// ends are what each line of the audit channel begins and ends with; the page shows them on their own.
var ends = regexp.MustCompile("^\\*OFF-[0-9]+\\* · | · #[0-9]+(?: `[0-9a-f]*`)?$")

func says(r *approvals.Request, e approvals.Event) string {
	if e.Hash == "" { // a receipt: which message it is about says more than the account
		return mrkdwn.Text(fmt.Sprintf("%s: %s", e.Kind, e.Key))
	}
	return ends.ReplaceAllString(cards.AuditLines(r, []approvals.Event{e}).Text, "")
}
