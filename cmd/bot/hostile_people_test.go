package main

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

// outsider is somebody who may not approve the removal of Dana.
type outsider struct {
	workspace.Person
	told string // what they are told; empty: they are owed no answer
	code string // in the audit
}

// The first promise, against everybody who could click: each of them is in the approvers' group, but Nadia.
func outsiders() []outsider {
	p := func(id string, change func(*workspace.Person)) workspace.Person {
		out := workspace.Person{ID: id, Name: strings.ToLower(id), Email: strings.ToLower(id) + "@example.com"}
		change(&out)
		return out
	}
	return []outsider{
		{workspace.Person{ID: town.Alice, Name: "alice", Email: "alice@example.com"}, "a second person must decide", "own request"},
		{workspace.Person{ID: town.Nadia, Name: "nadia", Email: "nadia@example.com"}, "not one of the approvers", "not approver"},
		{p("U0GUEST", func(p *workspace.Person) { p.Restricted = true }), "Guests cannot", "guest"},
		{p("U0ULTRA", func(p *workspace.Person) { p.UltraRestricted = true }), "Guests cannot", "guest"},
		{p("U0INVITED", func(p *workspace.Person) { p.InvitedUser = true }), "not joined this workspace", "invited"},
		{p("U0UNCONFIRMED", func(p *workspace.Person) { p.EmailUnconfirmed = true }), "no confirmed e-mail", "unconfirmed e-mail"},
		{p("U0TARGET", func(p *workspace.Person) { p.Email = "Dana.Hill@Example.com" }), "your own account", "own account"},
		{p("U0BOT", func(p *workspace.Person) { p.Bot = true }), "", "bot"},
		{p("U0DELETED", func(p *workspace.Person) { p.Deleted = true }), "", "deleted"},
		{p("U0STRANGER", func(p *workspace.Person) { p.Stranger = true }), "", "stranger"},
		{p("U0FOREIGN", func(p *workspace.Person) { p.TeamID = "T0FOREIGN" }), "", "other team"},
		{workspace.Person{ID: "USLACKBOT", Name: "slackbot"}, "", "bot"},
		{workspace.Person{ID: "U0NOBODY"}, "", "stranger"},
	}
}

func TestHostileApprovers(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{before: func(tw *town.Town) {
		group, members := []string{town.Bob}, []string{tw.Slack.Config().BotUserID, town.Alice, town.Nadia}
		for _, o := range outsiders() {
			if o.ID != "U0NOBODY" {
				tw.Slack.AddPerson(o.Person)
			}
			members = append(members, o.ID)
			if o.ID != town.Nadia {
				group = append(group, o.ID)
			}
		}
		tw.Slack.AddGroup(town.Approvers, group...)
		tw.Slack.ChangeChannel(town.Approvals, func(c *workspace.Channel) { c.Members = members })
	}})
	card := s.ask(town.Dana, "")
	for _, o := range outsiders() {
		s.press(o.ID, card, "approve")
		s.press(o.ID, card, "approve")
		if o.ID != town.Alice && o.ID != "U0TARGET" {
			s.press(o.ID, card, "deny")
		}
	}
	for _, o := range outsiders() {
		t.Run(o.ID, func(t *testing.T) {
			s.until(o.ID+"'s refused click is audited", func() bool { return len(s.audited("click refused", "<@"+o.ID+">")) > 0 })
			lines := s.audited("click refused", "<@"+o.ID+">")
			if len(lines) != 1 || !strings.Contains(lines[0], o.code) {
				t.Errorf("audited as %q, not in one line with %q", lines, o.code)
			}
			if o.told != "" {
				s.told(o.ID, o.told)
			}
		})
	}
	s.stop()
	for _, o := range outsiders() {
		if got := s.heard(o.ID); o.told == "" && len(got) > 0 {
			t.Errorf("%s is owed no answer and was told %q", o.ID, got)
		}
	}
	if now := s.now(card); !strings.Contains(string(now.Blocks), "0 of 1 approvals") || !buttonsOn(now) {
		t.Errorf("the card is not as it was: %s", now.Blocks)
	}
	if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 0 || r.State != "Active" {
		t.Errorf("ECGrid has %+v on record", r)
	}
}

// Whoever is named by an @mention does not approve their own removal, whatever the e-mail address of the account is.
func TestHostileMentionedTarget(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{before: func(tw *town.Town) {
		tw.Slack.AddPerson(workspace.Person{ID: town.Carol, Name: "carol", Email: town.Dana.Email})
	}})
	s.deliver(commandsPath, s.command(town.Alice, "<@U0CAROL|carol> reason:moves on"))
	card := s.card(town.Dana.ID)
	s.slack.AddPerson(workspace.Person{ID: town.Carol, Name: "carol", Email: "carol.new@example.com"})
	s.press(town.Carol, card, "approve")
	s.told(town.Carol, "your own account")
	s.press(town.Carol, card, "deny")
	s.press(town.Bob, card, "approve")
	s.thread(card, "Done")
}

// An answer of Slack's that does not say who somebody is approves nothing, and does not use the click up.
func TestHostileUnclearAnswers(t *testing.T) {
	t.Parallel()
	who := map[string]string{"user": town.Bob}
	for name, f := range map[string]workspace.Fault{
		"users.info {}":               {Method: "users.info", Kind: workspace.FaultEmpty, With: who},
		"users.info not ok":           {Method: "users.info", Kind: workspace.FaultNoError, With: who},
		"users.info ok and no more":   {Method: "users.info", Kind: workspace.FaultOKWithNothing, With: who},
		"users.info a page":           {Method: "users.info", Kind: workspace.FaultHTML, With: who},
		"users.info never":            {Method: "users.info", Kind: workspace.FaultTimeout, With: who},
		"users.info 500":              {Method: "users.info", Kind: workspace.FaultStatus, With: who},
		"users.info 429":              {Method: "users.info", Kind: workspace.FaultThrottle, With: who},
		"users.info refused":          {Method: "users.info", Kind: workspace.FaultRefuse, Error: "fatal_error", With: who},
		"usergroups {}":               {Method: "usergroups.users.list", Kind: workspace.FaultEmpty},
		"usergroups ok and no more":   {Method: "usergroups.users.list", Kind: workspace.FaultOKWithNothing},
		"usergroups never":            {Method: "usergroups.users.list", Kind: workspace.FaultTimeout},
		"usergroups 500":              {Method: "usergroups.users.list", Kind: workspace.FaultStatus},
		"usergroups no_such_subteam":  {Method: "usergroups.users.list", Kind: workspace.FaultRefuse, Error: "no_such_subteam"},
		"usergroups subteam disabled": {Method: "usergroups.users.list", Kind: workspace.FaultRefuse, Error: "plan_upgrade_required"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{})
			card := s.ask(town.Dana, "")
			s.slack.Fault(f)
			s.press(town.Bob, card, "approve")
			s.told(town.Bob, "cannot check who you are")
			if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 0 {
				t.Errorf("ECGrid got %d calls", r.Writes)
			}
			s.slack.ClearFaults()
			s.press(town.Bob, card, "approve")
			s.thread(card, "Done")
			if n := len(s.audited("click refused")); n != 0 {
				t.Errorf("%d refused clicks are audited: nobody was refused", n)
			}
		})
	}
}

// An answer about somebody else is no answer about who clicked.
func TestHostileAnotherPerson(t *testing.T) {
	t.Parallel()
	var lying atomic.Bool
	s := newStage(t, props{between: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			raw, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			body := string(raw)
			if lying.Load() && strings.HasSuffix(r.URL.Path, "/users.info") {
				body = strings.ReplaceAll(body, town.Alice, town.Carol)
			}
			r.Body = io.NopCloser(strings.NewReader(body))
			next.ServeHTTP(w, r)
		})
	}})
	card := s.ask(town.Dana, "")
	lying.Store(true)
	s.press(town.Alice, card, "approve")
	s.told(town.Alice, "cannot check who you are")
	s.stop()
	s.uncalled(town.Dana)
}

// An empty group is nobody.
func TestHostileEmptyGroup(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	card := s.ask(town.Dana, "")
	s.slack.AddGroup(town.Approvers)
	s.press(town.Bob, card, "approve")
	s.told(town.Bob, "not one of the approvers")
	s.stop()
	if r := s.town.Record("ecgrid", town.Dana.ID); r.Writes != 0 {
		t.Errorf("ECGrid got %d calls", r.Writes)
	}
}

// Who may not ask gets no card: the people who may not decide, and members who are not requesters.
func TestHostileRequesters(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{before: func(tw *town.Town) {
		for _, o := range outsiders() {
			tw.Slack.AddPerson(o.Person)
		}
	}, edit: []string{"requesters: {users: [U0ALICE]}", "requesters: {users: [U0ALICE, U0GUEST, U0ULTRA, U0INVITED, U0BOT, U0DELETED, U0STRANGER, U0FOREIGN]}"}})
	silent := []string{"U0BOT", "U0DELETED", "U0STRANGER", "U0FOREIGN", "USLACKBOT"}
	for _, who := range append(slices.Clone(silent), "U0GUEST", "U0ULTRA", "U0INVITED", town.Bob, town.Nadia) {
		s.deliver(commandsPath, s.command(who, town.Dana.Email))
	}
	s.told(town.Bob, "may not ask")
	s.told(town.Nadia, "may not ask")
	s.told("U0GUEST", "Guests cannot")
	s.told("U0ULTRA", "Guests cannot")
	s.told("U0INVITED", "not joined")
	for _, who := range silent {
		if got := s.heard(who); len(got) > 0 {
			t.Errorf("%s is owed no answer and was told %q", who, got)
		}
	}
	s.untouchedBut(town.Dana)
}
