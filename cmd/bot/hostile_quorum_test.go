package main

import (
	"strings"
	"testing"

	"offboard/internal/commands"
	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// Erin and Frank approve as Bob and Carol do. Who of them is of IT and who of HR is each test's own.
const (
	erin, frank = "U0ERIN", "U0FRANK"
	it, hr      = "S0IT", "S0HR"
)

// circlesOf has four approvers, and these circles.
func circlesOf(ofIT, ofHR []string) func(*town.Town) {
	return func(tw *town.Town) {
		for id, name := range map[string]string{erin: "erin", frank: "frank"} {
			tw.Slack.AddPerson(workspace.Person{ID: id, Name: name, Email: name + "@example.com"})
		}
		tw.Slack.ChangeChannel(town.Approvals, func(c *workspace.Channel) { c.Members = append(c.Members, erin, frank) })
		tw.Slack.AddGroup(town.Approvers, town.Bob, town.Carol, erin, frank)
		tw.Slack.AddGroup(it, ofIT...)
		tw.Slack.AddGroup(hr, ofHR...)
	}
}

// twoCircles has a policy ask for one of IT and one of HR.
var twoCircles = []string{"approvals: 1", "approvals: 2\n    out_of: [{name: IT, groups: [" + it + "]}, {name: HR, groups: [" + hr + "]}]"}

// called holds how many calls have come to ECGrid for Dana's account.
func (s *stage) called(times int) {
	s.t.Helper()
	if n := s.town.Record("ecgrid", town.Dana.ID).Writes; n != times {
		s.t.Fatalf("ECGrid got %d calls, not %d", n, times)
	}
}

// shows waits until the card as it is now holds some words.
func (s *stage) shows(card workspace.Message, words string) {
	s.t.Helper()
	s.until("the card says "+words, func() bool { return strings.Contains(string(s.now(card).Blocks), words) })
}

// One person who is of IT and of HR does not fill both places, and two of IT do not fill that of HR.
func TestHostileQuorum(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		ofIT, ofHR    []string
		first, second string
		third         string // empty: two suffice
		needed        string // after the second, or after the first where two suffice
	}{
		"one of each":        {[]string{town.Bob}, []string{town.Carol}, town.Bob, town.Carol, "", "1 approver of HR"},
		"one person of both": {[]string{town.Bob}, []string{town.Bob, frank}, town.Bob, erin, frank, "1 approver of IT or HR"},
		"two of IT":          {[]string{town.Bob, town.Carol}, []string{erin}, town.Bob, town.Carol, erin, "1 approver of HR"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{edit: twoCircles, before: circlesOf(tc.ofIT, tc.ofHR)})
			card := s.ask(town.Dana, "")
			s.shows(card, "2 approvers, 1 of IT and 1 of HR, other than")
			s.shows(card, "because it holds for everything: 2 approvals, 1 of IT, 1 of HR")
			s.press(tc.first, card, "approve")
			s.thread(card, "1 of 2")
			if tc.third != "" {
				s.press(tc.second, card, "approve")
				s.thread(card, "2 of 2")
			}
			s.shows(card, tc.needed)
			s.types(tc.first, "status OFF-1", "Still needed: "+tc.needed)
			s.called(0)
			last := tc.second
			if tc.third != "" {
				last = tc.third
			}
			s.press(last, card, "approve")
			s.thread(card, "Done")
			s.stop()
			s.called(1)
		})
	}
}

// Carol approves as one of HR, is taken out of it, and then Bob approves: hers fills no place when the call is about to begin.
func TestHostileQuorumLostBetween(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: twoCircles, before: circlesOf([]string{town.Bob}, []string{town.Carol, erin})})
	card := s.ask(town.Dana, "")
	s.press(town.Carol, card, "approve")
	s.thread(card, "1 of 2")
	s.slack.AddGroup(hr, erin)
	s.press(town.Bob, card, "approve")
	s.thread(card, "The approval of <@"+town.Carol+"> counts no more: they are not of HR any more. Nothing was called. Still needed: 1 approver of HR.")
	s.until("the card asks again", func() bool { return buttonsOn(s.now(card)) })
	s.called(0)
	s.press(erin, card, "approve")
	s.thread(card, "Done")
	s.stop()
	s.called(1)
}

// The policies are changed while a request is open: what was approved under less does not begin, and the card, the thread and the audit channel say
// what is asked for now. Less than before changes nothing.
func TestHostilePolicyTightened(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		was, is string
		after   []string // who approves under the new ones, after Bob under the old
		say     string   // the thread; empty: nothing is said, and it begins
		card    string
	}{
		"two approvals":     {"approvals: 1", "approvals: 2", []string{town.Carol}, "2 approvals instead of 1. Nothing was called. 1 more approval is needed.", "1 of 2 approvals"},
		"one of HR":         {"approvals: 1", "out_of: [{name: HR, groups: [" + hr + "]}]", []string{erin}, "1 of HR. Nothing was called. Still needed: 1 approver of HR.", "1 approver of HR, other than"},
		"Bob, who is of IT": {"approvals: 1", "out_of: [{name: IT, groups: [" + it + "]}]", nil, "1 of IT. Nothing was called. It begins now.", ""},
		"a policy besides":  {"approvals: 1", "approvals: 1\n  - match: {reversible: false, admin: true}\n    approvals: 2", nil, "", ""},
		"more for what cannot be undone": {
			"approvals: 1", "approvals: 1\n  - match: {reversible: false}\n    approvals: 2", []string{town.Carol},
			"2 approvals instead of 1. Nothing was called. 1 more approval is needed.", "policy 2, because it cannot be undone: 2 approvals",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{before: circlesOf([]string{town.Bob}, []string{erin})})
			card := s.ask(town.Dana, "")
			s.stop()
			s.rewrite(tc.was, tc.is)
			s.start()
			s.press(town.Bob, card, "approve")
			if tc.say != "" {
				s.thread(card, "The configuration asks for more now than when this was asked for: "+tc.say)
				s.until("it is audited", func() bool { return len(s.audited("tightened", "asks for more now")) == 1 })
			}
			if len(tc.after) > 0 {
				s.shows(card, "What it takes now, and why")
				s.shows(card, tc.card)
				s.called(0)
			}
			for _, who := range tc.after {
				s.press(who, s.now(card), "approve")
			}
			s.thread(card, "Done")
			s.stop()
			s.called(1)
		})
	}
}

// Bob has clicked Approve when typing comes to be asked for: his approval is void, and it goes on with what Carol types.
func TestHostilePolicyComesToAskForTyping(t *testing.T) {
	t.Parallel()
	s := overSocket(t, props{edit: hurry})
	s.took(s.slack.Command(s.ctx, town.Alice, town.General, "/offboard", town.Dana.Email+" provider:ecgrid"))
	card := s.card(town.Dana.ID)
	s.town.ECGrid.Faults().Set("any", fault.Fault{Mode: fault.Status500})
	s.took(s.slack.Click(s.ctx, town.Bob, card.Channel, card.TS, "approve"))
	s.until("it waits for ECGrid", func() bool { return len(s.out.entries("recheck postponed")) > 0 })
	s.stop()
	s.town.ECGrid.Faults().Clear()
	s.rewrite("approvals: 1", "confirm: typed")
	s.start()
	s.thread(card, "each typed. Nothing was called. Not typed, and void therefore: what was approved by <@"+town.Bob+">. 1 more approval is needed.")
	s.shows(card, "0 of 1 approvals")
	s.called(0)
	s.until("a socket is open again", func() bool { return s.slack.OpenSockets() > 0 })
	s.took(s.slack.Click(s.ctx, town.Carol, card.Channel, card.TS, "approve"))
	form, err := s.slack.WaitView(s.ctx, town.Carol, func(workspace.View) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	s.took(s.slack.Submit(s.ctx, town.Carol, form.ID, map[string]string{commands.FieldTyped: town.Dana.Email}))
	s.thread(card, "Done")
	s.stop()
	s.called(1)
}

// A policy that asks for less now than when the request was made changes nothing for it.
func TestHostilePolicyLoosened(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{edit: twoCircles, before: circlesOf([]string{town.Bob}, []string{erin})})
	card := s.ask(town.Dana, "")
	s.press(town.Bob, card, "approve")
	s.thread(card, "1 of 2")
	s.stop()
	s.rewrite(twoCircles[1], "approvals: 1")
	s.start()
	s.press(town.Carol, card, "approve")
	s.thread(card, "2 of 2")
	s.shows(card, "1 approver of HR")
	s.called(0)
	s.press(erin, card, "approve")
	s.thread(card, "Done")
	if n := len(s.audited("tightened")); n != 0 {
		t.Errorf("%d times tightened", n)
	}
}

// A right of its own holds in the bot as it is wired: who may deny denies, and an approver does not.
func TestHostileRightOfItsOwn(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{
		edit:   []string{"policies:", "rights: {deny: {users: [" + erin + "]}, withdraw: {groups: [" + hr + "]}}\npolicies:"},
		before: circlesOf(nil, []string{frank}),
	})
	card := s.ask(town.Dana, "")
	s.press(town.Bob, card, "deny")
	s.told(town.Bob, "not one of those who may deny OFF-1")
	s.press(town.Carol, card, "withdraw")
	s.told(town.Carol, "Only the person who asked")
	s.press(frank, card, "withdraw")
	s.thread(card, "Withdrawn by <@"+frank+">")
	other := s.ask(town.Rosa, "")
	s.press(erin, other, "deny")
	s.thread(other, "Denied by <@"+erin+">")
}
