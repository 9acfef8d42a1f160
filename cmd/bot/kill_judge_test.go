package main

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/dispatch"
	"offboard/internal/journal"
	"offboard/internal/journal/embedded"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// judge holds the providers' records, the workspace's messages and the journal against each other, once the bot has stopped.
func (s *killStage) judge(all []leaver, kills int) {
	s.t.Helper()
	requests := s.journal()
	writes, lost, outcomes := 0, 0, map[approvals.Outcome]int{}
	for _, l := range all {
		found := requests[l.id]
		if len(found) == 0 {
			s.t.Errorf("%s: no request in the journal", l.email)
			continue
		}
		r := found[0]
		s.judgeAgain(l, found)
		s.judgeCalls(l, r)
		s.judgeClicks(l, r)
		s.judgeTold(l, r)
		writes += s.town.Record(l.at, l.id).Writes
		outcomes[r.Steps[0].Outcome]++
		if slices.ContainsFunc(r.Events, func(e approvals.Event) bool { return strings.Contains(e.Proof, "interrupted") }) {
			lost++
		}
	}
	if n := s.writes(); n != writes {
		s.t.Errorf("%d calls reached the providers, and %d of them are for accounts that were asked for", n, writes)
	}
	s.judgeMessages(requests)
	s.judgeAudit(requests)
	raw, err := os.ReadFile(s.path("log"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, bad := range []string{"DATA RACE", `"msg":"panic`, "goroutine "} {
		if strings.Contains(string(raw), bad) {
			s.t.Errorf("the bots' log holds %q", bad)
		}
	}
	s.t.Logf("%d kills; %d requests, %d calls, %d of them cut off by a kill; %d acknowledged clicks; outcomes %v",
		kills, len(all), writes, lost, len(s.clicks), outcomes)
}

// journal reads every request, by account. Every chain must be whole.
func (s *killStage) journal() map[string][]*approvals.Request {
	s.t.Helper()
	j, err := embedded.Open(s.path("offboard.db"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	out := map[string][]*approvals.Request{}
	err = j.Each(s.ctx, func(l journal.Log) error {
		if err := journal.Verify(l); err != nil {
			s.t.Error(err)
		}
		r, err := book.Fold(l)
		if err == nil {
			id := r.Plan.Steps[0].Account.ID
			out[id] = append(out[id], r)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, rs := range out {
		slices.SortFunc(rs, func(a, b *approvals.Request) int { return a.Number - b.Number })
	}
	return out
}

// judgeAgain holds that an account has a second request only where people typed again, with the first one already over and its account still
// there: a look-up may end after the request of the line before it was denied. Nobody clicks on the second one's card.
func (s *killStage) judgeAgain(l leaver, found []*approvals.Request) {
	for i, r := range found[1:] {
		first := found[i]
		if typed := r.Events[0].At; !wasOver(first, typed) || !slices.Contains([]plot{deny, disagree, takeBack}, l.plot) || r.State != approvals.StatePending {
			s.t.Errorf("%s: %s (%s) at %s beside %s (%s)", l.email, r.Name(), r.State, typed, first.Name(), first.State)
		}
	}
}

// gone are the providers' own words for an account that the action has reached.
var gone = map[string]string{"ecgrid": "Terminated", "zitadel": "USER_STATE_INACTIVE", "zitadel-v1": "USER_STATE_DELETED", "torii": "deleted"}

// judgeCalls holds what the provider was asked and did against what people consented to and what was said of it.
func (s *killStage) judgeCalls(l leaver, r *approvals.Request) {
	record := s.town.Record(l.at, l.id)
	begun, consents := 0, map[string]bool{}
	for _, e := range r.Events {
		switch e.Kind {
		case approvals.Approved:
			consents[e.By.ID] = true
		case approvals.Begun:
			begun++
		}
	}
	needs := 1
	if l.at == "torii" {
		needs = 2
	}
	delete(consents, town.Alice)
	if record.Writes > begun || begun > 1 || begun == 1 && len(consents) < needs {
		s.t.Errorf("%s: %d calls, begun %d times, with the consent of %d of %d", l.email, record.Writes, begun, len(consents), needs)
	}
	if (l.plot == nobody || l.plot == tooFew || l.plot == deny) && begun > 0 {
		s.t.Errorf("%s: begun although %s", l.email, l.plot)
	}
	if l.plot.decided() != r.State.Ended() || l.plot == approve && r.State != approvals.StateDone && r.State != approvals.StateNotDone {
		s.t.Errorf("%s: %s and yet %s", l.email, l.plot, r.State)
	}
	did := record.State == gone[l.provider]
	switch p := r.Steps[0]; p.Outcome {
	case approvals.Done:
		if !did || record.Writes != 1 {
			s.t.Errorf("%s: told done (%s), on record %+v", l.email, p.Proof, record)
		}
	case approvals.Unseen, "":
		if did || p.Outcome == "" && begun > 0 {
			s.t.Errorf("%s: told %q (%s), on record %+v", l.email, p.Outcome, p.Proof, record)
		}
	default:
		s.t.Errorf("%s: told %q (%s), on record %+v: nothing here can end so", l.email, p.Outcome, p.Proof, record)
	}
}

// judgeClicks holds that no acknowledged click was lost: what its person did is on record, or the request was over by then.
func (s *killStage) judgeClicks(l leaver, r *approvals.Request) {
	for _, c := range s.clicks {
		if c.account != l.id || wasOver(r, c.at) {
			continue
		}
		if !slices.ContainsFunc(r.Events, func(e approvals.Event) bool { return e.By.ID == c.by && e.Kind != approvals.Requested }) {
			s.t.Errorf("%s: %s by %s was acknowledged at %s, and nothing of them is on record", l.email, c.button, c.by, c.at)
		}
	}
}

// judgeTold holds that the card's thread tells each decision and outcome once, and that the card shows the end.
func (s *killStage) judgeTold(l leaver, r *approvals.Request) {
	card, ok := s.cardOf(l)
	if !ok || card.TS != r.Card.Place.TS || markOf(card) != dispatch.Mark(r.ID, approvals.KeyCard) {
		s.t.Errorf("%s: its card is not the one on record", l.email)
	}
	if buttonsOn(card) == r.State.Ended() {
		s.t.Errorf("%s: %s, and its card has buttons: %t", l.email, r.State, buttonsOn(card))
	}
	told := map[string]string{}
	for _, m := range s.town.Slack.Thread(card.Channel, card.TS) {
		told[markOf(m)] = m.Text
	}
	owed := 0
	for _, e := range r.Events {
		words := ""
		switch e.Kind {
		case approvals.Approved:
			words = "Approved by"
		case approvals.Denied:
			words = "Denied by"
		case approvals.Withdrawn:
			words = "Withdrawn by"
		case approvals.Ended:
			words = map[approvals.Outcome]string{
				approvals.Done: "Done:", approvals.Unseen: "Not done, as far as can be seen", approvals.Unknown: "Outcome unknown",
			}[e.Outcome]
		default:
			continue
		}
		owed++
		if text := told[dispatch.Mark(r.ID, "t"+strconv.Itoa(e.Seq))]; !strings.HasPrefix(text, words) || words == "" {
			s.t.Errorf("%s: event %d, %s %s, is told as %q", l.email, e.Seq, e.Kind, e.Outcome, text)
		}
	}
	if len(told) != owed {
		s.t.Errorf("%s: the thread has %d sentences, not %d: %q", l.email, len(told), owed, told)
	}
}

// judgeMessages holds that there is one card for each request, and nothing that was posted twice.
func (s *killStage) judgeMessages(requests map[string][]*approvals.Request) {
	owed := 0
	for _, rs := range requests {
		owed += len(rs)
	}
	if n := len(s.town.Slack.Messages(town.Approvals)); n != owed {
		s.t.Errorf("%d cards for %d requests", n, owed)
	}
	marks := map[string]string{}
	each := slices.Concat(s.town.Slack.Messages(town.Approvals), s.town.Slack.Messages(town.Audit))
	for _, card := range s.town.Slack.Messages(town.Approvals) {
		each = append(each, s.town.Slack.Thread(card.Channel, card.TS)...)
	}
	for _, m := range each {
		mark := markOf(m)
		if other, twice := marks[mark]; twice || mark == "" {
			s.t.Errorf("posted twice, or unmarked:\n%s\n%s", other, m.Text)
		}
		marks[mark] = m.Text
	}
}

func markOf(m workspace.Message) string {
	var md struct {
		Payload struct{ Mark string } `json:"event_payload"`
	}
	if json.Unmarshal(m.Metadata, &md) != nil {
		return ""
	}
	return md.Payload.Mark
}

var auditEnd = regexp.MustCompile("^\\*OFF-(\\d+)\\* .* · #(\\d+) `([0-9a-f]{64})`$")

// judgeAudit holds that the audit channel reports every decision and deed of the journal once, with its hash, and nothing else.
func (s *killStage) judgeAudit(requests map[string][]*approvals.Request) {
	reported := map[string]int{}
	for _, line := range s.auditLines() {
		found := auditEnd.FindStringSubmatch(line)
		if found == nil {
			s.t.Errorf("an audit line without a hash: %q", line)
			continue
		}
		reported[strings.Join(found[1:], " ")]++
	}
	for _, rs := range requests {
		for _, r := range rs {
			for _, e := range r.Events {
				key := strings.Join([]string{strconv.Itoa(r.Number), strconv.Itoa(e.Seq), e.Hash}, " ")
				if e.Hash == "" {
					continue
				}
				if reported[key] != 1 {
					s.t.Errorf("%s: event %d (%s) is reported %d times", r.Name(), e.Seq, e.Kind, reported[key])
				}
				delete(reported, key)
			}
		}
	}
	for key := range reported {
		s.t.Errorf("the audit channel reports %s, which the journal does not have", key)
	}
}

// wasOver reports whether a request had ended before a moment.
func wasOver(r *approvals.Request, before time.Time) bool {
	then := &approvals.Request{}
	for _, e := range r.Events {
		if then.Fold(e).State.Ended() {
			return e.At.Before(before)
		}
	}
	return false
}
