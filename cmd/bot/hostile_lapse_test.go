package main

import (
	"strings"
	"testing"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// Bob approves, and then something becomes of Bob before the second approval: his does not count when the call is about to begin, and
// another approver takes his place.
func TestHostileApprovalLapses(t *testing.T) {
	t.Parallel()
	const erin = "U0ERIN"
	for name, tc := range map[string]struct {
		becomes func(w *workspace.Workspace)
		why     string
	}{
		"taken out of the group": {func(w *workspace.Workspace) { w.AddGroup(town.Approvers, town.Carol, erin) }, "they are not one of the approvers any more"},
		"deactivated": {func(w *workspace.Workspace) {
			w.AddPerson(workspace.Person{ID: town.Bob, Name: "bob", Email: "bob@example.com", Deleted: true})
		}, "their Slack account is deactivated"},
		"made a guest": {func(w *workspace.Workspace) {
			w.AddPerson(workspace.Person{ID: town.Bob, Name: "bob", Email: "bob@example.com", Restricted: true})
		}, "they are a guest now"},
		"found to be the person to be removed": {func(w *workspace.Workspace) {
			w.AddPerson(workspace.Person{ID: town.Bob, Name: "bob", Email: town.Dana.Email})
		}, "the account turns out to be their own"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{edit: []string{"approvals: 1", "approvals: 2"}, before: func(tw *town.Town) {
				tw.Slack.AddPerson(workspace.Person{ID: erin, Name: "erin", Email: "erin@example.com"})
				tw.Slack.AddGroup(town.Approvers, town.Bob, town.Carol, erin)
				tw.Slack.ChangeChannel(town.Approvals, func(c *workspace.Channel) { c.Members = append(c.Members, erin) })
			}})
			card := s.ask(town.Dana, "")
			s.press(town.Bob, card, "approve")
			s.thread(card, "1 of 2")
			tc.becomes(s.slack)
			s.press(town.Carol, card, "approve")
			s.thread(card, "The approval of <@"+town.Bob+"> counts no more: "+tc.why+". Nothing was called. 1 more approval is needed.")
			s.until("the card asks again", func() bool {
				now := s.now(card)
				return buttonsOn(now) && strings.Contains(string(now.Blocks), "1 of 2 approvals")
			})
			if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 0 {
				t.Fatalf("ECGrid got %d calls on one approval that counts", r.Writes)
			}
			s.press(erin, card, "approve")
			s.thread(card, "Done")
			s.until("the lapse is audited", func() bool { return len(s.audited("approval lapsed", "<@"+town.Bob+">")) == 1 })
			s.stop()
			if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 1 {
				t.Errorf("ECGrid got %d calls, not one", r.Writes)
			}
		})
	}
}
