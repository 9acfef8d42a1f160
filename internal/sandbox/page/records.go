package page

import (
	"context"
	"fmt"
	"strings"
	"time"

	"offboard/internal/approvals"
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

	Card  *cardAt  `json:"card"`  // null: it has none
	Watch *watched `json:"watch"` // null: no call of it is on its way
	End   string   `json:"end"`   // mrkdwn: what became of it, if anything yet
}

// cardAt is where a request's card stands.
type cardAt struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// event is one record. A receipt, which says what Slack was told, has no hash.
type event struct {
	Seq  int    `json:"seq"`
	At   string `json:"at"`
	Says string `json:"says"` // mrkdwn, as the audit channel has it
	Hash string `json:"hash"`
	Prev string `json:"prev"`
	Bad  bool   `json:"bad"` // the chain holds up to the record before it
}

// mostRequests is how many of the newest requests the page shows.
const mostRequests = 30

// requests gives the newest requests as the page shows them.
func requests(all []leaf, now time.Time) []request {
	out := []request{}
	for _, l := range all[:min(len(all), mostRequests)] {
		out = append(out, recorded(l, now))
	}
	return out
}

func recorded(l leaf, now time.Time) request {
	r := l.request
	out := request{
		Name: r.Name(), State: r.State.Words(), Over: r.State.Ended(), Coming: comings(r, now), Watch: watch(r), End: end(r),
		Broken: l.broken, Events: l.events,
	}
	if p := r.Card.Place; p.Known() {
		out.Card = &cardAt{p.Channel, p.TS}
	}
	return out
}

// breach is the first record that breaks the chain, and how; 0: none does.
func breach(l journal.Log) (seq int, why string) {
	err := journal.Verify(l)
	if err == nil {
		return 0, ""
	}
	whole := l
	for i := range l.Records {
		whole.Records = l.Records[:i+1]
		if journal.Verify(whole) != nil {
			break
		}
	}
	words := strings.Split(err.Error(), ": ") // the package and the log's own id say nothing here
	return len(whole.Records), words[len(words)-1]
}

func says(r *approvals.Request, e approvals.Event) string {
	if e.Hash == "" { // a receipt: which message it is about says more than the account
		return mrkdwn.Text(fmt.Sprintf("%s: %s", e.Kind, e.Key))
	}
	kind, _, _ := strings.Cut(strings.TrimPrefix(cards.AuditLines(r, []approvals.Event{e}).Text, "*"+r.Name()+"* · "), " · ")
	return fmt.Sprintf("*%s* · %s", kind, cards.Happened(r, e))
}

// cardOf names the request whose card a message is; empty: it is none's.
func cardOf(all []request, channel, ts string) string {
	for _, r := range all {
		if r.Card != nil && *r.Card == (cardAt{channel, ts}) {
			return r.Name
		}
	}
	return ""
}
