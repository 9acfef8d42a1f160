package page

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/sandbox/town"
)

// attacks is what can be attacked, and what came of it so far.
type attacks struct {
	Open      []target   `json:"open"` // requests that could be approved yet, the newest first
	Calls     int        `json:"calls"`
	Approvers []approver `json:"approvers"`
	Shared    bool       `json:"shared"` // the approvals channel, with another company
	Tried     []tried    `json:"tried"`  // the last of each kind, the newest first
}

// target is a request that could be approved yet.
type target struct {
	Name  string `json:"name"`  // OFF-1
	What  string `json:"what"`  // what it would do to whom
	Given int    `json:"given"` // approvals that count
	Of    int    `json:"of"`

	Channel string `json:"channel"` // of the card
	TS      string `json:"ts"`

	request *approvals.Request
}

// approver is somebody whose right to approve can be taken and given.
type approver struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	May   bool   `json:"may"` // is in the group of approvers
	Guest bool   `json:"guest"`
}

// tried is an attack that was made.
type tried struct {
	Do        string   `json:"do"`
	At        string   `json:"at"`
	Says      string   `json:"says"`
	Succeeded bool     `json:"succeeded"`
	Channel   string   `json:"channel"` // where to look; empty: nowhere
	TS        string   `json:"ts"`
	Since     []string `json:"since"` // what the journal has of it since then, until the next attack: sentences of the audit channel

	request string
	from    int // records of the request until then
	to      int // and until the next attack; 0: there was none yet
}

// attacked is every attack so far, in their order.
type attacked struct {
	mu  sync.Mutex
	all []tried
}

// approvers are those whose right the page can take.
var approvers = []string{town.Bob, town.Carol}

func (s *server) attacks(all []*approvals.Request) attacks {
	out := attacks{Open: targets(all), Shared: s.town.Slack.Shared(town.Approvals), Approvers: []approver{}, Tried: s.tried(all)}
	for _, name := range town.Providers() {
		for _, c := range s.town.Faults(name).Calls() {
			if c.Write {
				out.Calls++
			}
		}
	}
	for _, id := range approvers {
		p, _ := s.town.Slack.Person(id)
		out.Approvers = append(out.Approvers, approver{
			ID: id, Name: town.Name(id), May: slices.Contains(s.town.Slack.Group(town.Approvers), id), Guest: p.Restricted,
		})
	}
	return out
}

// folded reads the requests of the journal, the newest first.
func (s *server) folded(ctx context.Context) []*approvals.Request {
	return folds(s.ledger.read(ctx, s.records))
}

func folds(all []leaf) []*approvals.Request {
	var out []*approvals.Request
	for _, l := range all {
		out = append(out, l.request)
	}
	return out
}

func targets(all []*approvals.Request) []target {
	out := []target{}
	for _, r := range all {
		waits := r.State == approvals.StatePending || r.State == approvals.StateApproved || r.State == approvals.StateHeld
		if !waits || r.Freeze || !r.Card.Place.Known() || len(r.Plan.Steps) == 0 {
			continue
		}
		step := r.Plan.Steps[0]
		do, _ := step.Verb()
		out = append(out, target{
			Name: r.Name(), What: fmt.Sprintf("%s %s at %s", do, step.Account.Email, step.Vendor),
			Given: len(r.Approvals), Of: r.Policy.Approvals, request: r,
			Channel: r.Card.Place.Channel, TS: r.Card.Place.TS,
		})
	}
	return out
}

// tried gives the last attack of each kind, with what has become of it.
func (s *server) tried(all []*approvals.Request) []tried {
	s.attacked.mu.Lock()
	defer s.attacked.mu.Unlock()
	out := []tried{}
	for _, t := range slices.Backward(s.attacked.all) {
		if slices.ContainsFunc(out, func(later tried) bool { return later.Do == t.Do }) {
			continue
		}
		t.Since = []string{}
		for _, r := range all {
			if r.Name() == t.request {
				t.Since = since(r, t.from, t.to)
			}
		}
		out = append(out, t)
	}
	return out
}

// mostSince is how many lines stand under an attack.
const mostSince = 4

// since gives the records that are chained and come after one and up to another; 0: up to the last.
func since(r *approvals.Request, from, to int) []string {
	out := []string{}
	for _, e := range r.Events {
		if e.Hash != "" && e.Seq > from && (to == 0 || e.Seq <= to) {
			out = append(out, sentence(says(r, e)))
		}
	}
	return out[max(0, len(out)-mostSince):]
}

// sentence is what a line of the audit channel says last, after the kind of the event and the account.
func sentence(line string) string {
	parts := strings.SplitN(line, " · ", 3)
	return parts[len(parts)-1]
}

// note writes down what an attack came to. It ends what was noted of the ones before it.
func (s *server) note(do string, on *approvals.Request, all []*approvals.Request, w said) {
	s.attacked.mu.Lock()
	defer s.attacked.mu.Unlock()
	for i, t := range s.attacked.all {
		for _, r := range all {
			if t.to == 0 && r.Name() == t.request {
				s.attacked.all[i].to = r.Version()
			}
		}
	}
	t := tried{
		Do: do, At: s.town.Clock.Now().UTC().Format(time.RFC3339Nano), Says: strings.Join(w.says, " "), Succeeded: w.succeeded,
		Channel: w.channel, TS: w.ts,
	}
	if on != nil {
		t.request, t.from = on.Name(), on.Version()
	}
	s.attacked.all = append(s.attacked.all, t)
}
