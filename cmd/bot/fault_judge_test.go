package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/dispatch"
	"offboard/internal/journal"
	"offboard/internal/journal/redis"
	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// figures are what a fault run came to. Everything but what says how large it was, and calls, must be nought; calls at most one.
type figures struct {
	requests, kills int
	calls           int // most for one approval
	faults          map[string]int
}

// The faults that a run can find.
const (
	noConsent  = "calls without consent or begin"
	untrue     = "state against truth"
	untold     = "outcomes not told"
	twicePost  = "double posts"
	lostAsk    = "lost requests"
	lostClick  = "lost clicks"
	unended    = "requests without an end"
	oneTooMany = "requests too many"
	noAudit    = "audit lines missing"
	wrongAudit = "audit lines too many"
	broken     = "chains broken"
	panicked   = "panics and races"
)

func faultNames() []string {
	return []string{noConsent, untrue, untold, twicePost, lostAsk, lostClick, unended, oneTooMany, noAudit, wrongAudit, broken, panicked}
}

func (f *figures) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "requests %d\nkills %d\ncalls per approval (most) %d\n", f.requests, f.kills, f.calls)
	for _, name := range faultNames() {
		fmt.Fprintf(&b, "%s %d\n", name, f.faults[name])
	}
	return b.String()
}

// bad lists what must be nought and is not.
func (f *figures) bad() []string {
	var out []string
	if f.calls > 1 {
		out = append(out, fmt.Sprintf("%d calls for one approval", f.calls))
	}
	for _, name := range faultNames() {
		if n := f.faults[name]; n > 0 {
			out = append(out, fmt.Sprintf("%s: %d", name, n))
		}
	}
	return out
}

// bench judges a run: the providers' own records, Slack's messages and the journal against each other.
type bench struct {
	*crew
	figures
	requests map[string][]*approvals.Request // by account
	posts    map[string][]workspace.Message  // by mark
}

func (b *bench) found(name, format string, args ...any) {
	b.faults[name]++
	b.t.Logf("%s: %s", name, fmt.Sprintf(format, args...))
}

// judge must be called once nothing runs any more but the store.
func (c *crew) judge(all []leaver) *figures {
	b := &bench{crew: c, figures: figures{kills: int(c.kills.Load()), faults: map[string]int{}}}
	b.read()
	b.collect()
	for _, l := range all {
		rs := b.requests[l.id]
		if len(rs) == 0 {
			b.found(lostAsk, "%s was asked for, its card was seen, and it is not in the journal", l.email)
		}
		b.calls(l, rs)
		b.again(rs)
		for _, r := range rs {
			b.figures.requests++
			b.truth(l, r)
			b.told(r)
		}
	}
	b.heard(all)
	b.audited()
	for _, word := range []string{"DATA RACE", `"msg":"panic`, "goroutine "} {
		if n := strings.Count(c.logs(), word); n > 0 {
			b.found(panicked, "%q stands %d times in the logs", word, n)
		}
	}
	return &b.figures
}

// read reads the journal.
func (b *bench) read() {
	b.requests = map[string][]*approvals.Request{}
	j, err := redis.Open(b.ctx, redis.Options{Kind: redis.Single, Addrs: []string{b.store.Addr()}, Prefix: "offboard", Existing: true})
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	err = j.Each(b.ctx, func(l journal.Log) error {
		if err := journal.Verify(l); err != nil {
			b.found(broken, "OFF-%d: %v", l.Number, err)
		}
		r, err := book.Fold(l)
		if err == nil {
			id := r.Plan.Steps[0].Account.ID
			b.requests[id] = append(b.requests[id], r)
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, rs := range b.requests {
		slices.SortFunc(rs, func(a, b *approvals.Request) int { return a.Number - b.Number })
	}
}

// collect gathers all messages by their mark; each mark stands once.
func (b *bench) collect() {
	b.posts = map[string][]workspace.Message{}
	each := slices.Concat(b.town.Slack.Messages(town.Approvals), b.town.Slack.Messages(town.Audit))
	for _, card := range b.town.Slack.Messages(town.Approvals) {
		each = append(each, b.town.Slack.Thread(card.Channel, card.TS)...)
	}
	for _, m := range each {
		b.posts[markOf(m)] = append(b.posts[markOf(m)], m)
	}
	for mark, ms := range b.posts {
		if len(ms) > 1 || mark == "" {
			b.found(twicePost, "%d times %s, at %s and %s: %s", len(ms), mark, ms[0].TS, ms[len(ms)-1].TS, ms[0].Text)
		}
	}
}

// calls counts what reached the provider for an account, without what was answered 429, against what was begun.
func (b *bench) calls(l leaver, rs []*approvals.Request) {
	sent, begun := 0, 0
	for _, c := range b.town.Faults(l.at).Calls() {
		if c.Write && c.Status != 429 && strings.Contains(c.Path+"/", "/"+l.id+"/") {
			sent++
		}
	}
	for _, r := range rs {
		consents, attempts := map[string]bool{}, 0
		for _, e := range r.Events {
			switch e.Kind {
			case approvals.Approved:
				consents[e.By.ID] = true
			case approvals.Begun:
				attempts = 1 // more only after an answer of 429 or where no connection was made
			}
		}
		begun += attempts
		needs := 1
		if l.at == "torii" {
			needs = 2
		}
		if attempts > 0 && (len(consents) < needs || consents[town.Alice]) {
			b.found(noConsent, "%s was begun with the consent of %d", r.Name(), len(consents))
		}
	}
	if begun == 0 && sent > 0 {
		b.found(noConsent, "%s: %d calls and no begin", l.email, sent)
		return
	}
	if begun > 0 {
		b.figures.calls = max(b.figures.calls, (sent+begun-1)/begun)
	}
	if sent > begun {
		b.t.Logf("%s: %d calls for %d approvals: %s", l.email, sent, begun, events(rs))
	}
}

// again holds that an account has one open request at a time: people may type again while a look-up still runs, and a second request follows
// only where the first was over by then.
func (b *bench) again(rs []*approvals.Request) {
	for i, r := range rs[min(1, len(rs)):] {
		if !wasOver(rs[i], r.Events[0].At) {
			b.found(oneTooMany, "%s beside %s: %s", r.Name(), rs[i].Name(), events(rs))
		}
	}
}

func events(rs []*approvals.Request) string {
	var out []string
	for _, r := range rs {
		for _, e := range r.Events {
			if !e.Kind.Receipt() {
				out = append(out, fmt.Sprintf("%s #%d %s %s %s %s", r.Name(), e.Seq, e.At.Format("15:04:05.000"), e.Kind, e.Replica, e.Proof))
			}
		}
	}
	return strings.Join(out, "; ")
}

// truth holds what is said of a request against the provider's record.
func (b *bench) truth(l leaver, r *approvals.Request) {
	record := b.town.Record(l.at, l.id)
	did := record.State == gone[l.provider]
	p := r.Steps[0]
	switch p.Outcome {
	case approvals.Done:
		if !did || record.Writes == 0 {
			b.found(untrue, "%s: told done (%s), on record %+v", r.Name(), p.Proof, record)
		}
	case approvals.Already:
		if !did {
			b.found(untrue, "%s: told already done (%s), on record %+v", r.Name(), p.Proof, record)
		}
	case approvals.Unseen, approvals.NotDone:
		if did {
			b.found(untrue, "%s: told %s (%s), on record %+v", r.Name(), p.Outcome, p.Proof, record)
		}
	case approvals.Unknown, approvals.Elsewhere, approvals.Rehearsed:
		if b.hurried && p.Outcome == approvals.Unknown {
			break // which is never wrong
		}
		b.found(untrue, "%s: told %s (%s), on record %+v: nothing here can end so", r.Name(), p.Outcome, p.Proof, record)
	case "":
		if r.State == approvals.StateExecuting {
			b.found(unended, "%s is %s: %s", r.Name(), r.State, events([]*approvals.Request{r}))
		}
		if did && record.Writes > 0 && len(b.requests[l.id]) == 1 {
			b.found(untrue, "%s is %s, on record %+v", r.Name(), r.State, record)
		}
	}
	if b.requests[l.id][0] == r && l.plot.decided() && !r.State.Ended() { // nobody clicks on the card of a second one
		b.found(unended, "%s: %s, and it is %s: %s", r.Name(), l.plot, r.State, events([]*approvals.Request{r}))
	}
}

// told holds that each decision and outcome stands in the thread, and that the card shows the end.
func (b *bench) told(r *approvals.Request) {
	cards := b.posts[dispatch.Mark(r.ID, approvals.KeyCard)]
	if len(cards) == 0 || cards[0].TS != r.Card.Place.TS {
		b.found(untold, "%s: its card is not the one on record", r.Name())
		return
	}
	if buttonsOn(cards[0]) == r.State.Ended() {
		b.found(untold, "%s is %s, and its card has buttons: %t", r.Name(), r.State, buttonsOn(cards[0]))
	}
	for _, e := range b.owed(r) {
		words, owed := sentence(e)
		if !owed {
			continue
		}
		ms := b.posts[dispatch.Mark(r.ID, "t"+strconv.Itoa(e.Seq))]
		if len(ms) == 0 || !strings.HasPrefix(ms[0].Text, words) {
			b.found(untold, "%s: event %d, %s %s, is told as %v", r.Name(), e.Seq, e.Kind, e.Outcome, ms)
		}
	}
}

// owed are the events that people must have been told of: all of them, but in a hurried run those after an outcome that was told as unknown, since
// the run may have ended in the middle of reading it back.
func (b *bench) owed(r *approvals.Request) []approvals.Event {
	for i, e := range r.Events {
		if b.hurried && e.Kind == approvals.Ended && e.Outcome == approvals.Unknown {
			return r.Events[:i+1]
		}
	}
	return r.Events
}

// sentence is how the thread tells an event begins.
func sentence(e approvals.Event) (words string, owed bool) {
	switch e.Kind {
	case approvals.Approved:
		return "Approved by", true
	case approvals.Denied:
		return "Denied by", true
	case approvals.Withdrawn:
		return "Withdrawn by", true
	case approvals.Ended:
		return map[approvals.Outcome]string{
			approvals.Done: "Done:", approvals.Unseen: "Not done, as far as can be seen", approvals.Unknown: "Outcome unknown",
		}[e.Outcome], true
	default:
		return "", false
	}
}

// heard holds that no acknowledged click was lost: what its person did is on record, or the request was over by then.
func (b *bench) heard(all []leaver) {
	by := map[string]leaver{}
	for _, l := range all {
		by[l.id] = l
	}
	for _, k := range b.clicks {
		rs := b.requests[k.account]
		if !slices.ContainsFunc(rs, func(r *approvals.Request) bool {
			return wasOver(r, k.at) || slices.ContainsFunc(r.Events, func(e approvals.Event) bool { return e.By.ID == k.by && e.Kind != approvals.Requested })
		}) {
			b.found(lostClick, "%s: %s by %s was acknowledged at %s", by[k.account].email, k.button, k.by, k.at)
		}
	}
}

// audited holds that the audit channel reports every decision and deed once, with its hash, and nothing else.
func (b *bench) audited() {
	reported := map[string]int{}
	for _, line := range b.auditLines() {
		found := auditEnd.FindStringSubmatch(line)
		if found == nil {
			b.found(wrongAudit, "a line without a hash: %q", line)
			continue
		}
		reported[strings.Join(found[1:], " ")]++
	}
	for _, rs := range b.requests {
		for _, r := range rs {
			owed := len(b.owed(r))
			for _, e := range r.Events {
				if e.Hash == "" {
					continue
				}
				key := strings.Join([]string{strconv.Itoa(r.Number), strconv.Itoa(e.Seq), e.Hash}, " ")
				if n := reported[key]; n == 0 && e.Seq <= owed {
					b.found(noAudit, "%s: event %d (%s)", r.Name(), e.Seq, e.Kind)
				} else if n > 1 {
					b.found(wrongAudit, "%s: event %d (%s) %d times", r.Name(), e.Seq, e.Kind, n)
				}
				delete(reported, key)
			}
		}
	}
	for key := range reported {
		b.found(wrongAudit, "%s is reported, which the journal does not have", key)
	}
}

// cutOff counts the calls whose process was lost, and how many were met by a fault of the provider's.
func (c *crew) writesByStatus() map[int]int {
	out := map[int]int{}
	for _, calls := range [][]fault.Call{c.town.ECGrid.Calls(), c.town.ZITADEL.Calls(), c.town.Torii.Calls()} {
		for _, call := range calls {
			if call.Write {
				out[call.Status]++
			}
		}
	}
	return out
}
