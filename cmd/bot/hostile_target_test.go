package main

import (
	"strings"
	"testing"

	"offboard/internal/sandbox/fault"
	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/sandbox/localtorii"
	"offboard/internal/sandbox/localzitadel"
	"offboard/internal/sandbox/town"
)

// twins gives Dana a second account at ECGrid.
func twins(tw *town.Town) {
	tw.ECGrid.Put(localecgrid.User{ID: 1301, Login: town.Dana.Email + ".old", Email: town.Dana.Email, FirstName: "Dana", LastName: "Hill", NetworkID: 8})
}

// crowd fills the town with accounts that nobody may remove, or that are gone already.
func crowd(tw *town.Town) {
	put := func(id int, email, status string) {
		tw.ECGrid.Put(localecgrid.User{ID: id, Login: email, Email: email, FirstName: "X", LastName: "Y", NetworkID: 7, Status: status})
	}
	put(1401, "Alice@example.com", "")
	put(1402, "CEO@example.com", "")
	put(1403, "vip@example.com", "")
	put(1404, "gone@example.com", localecgrid.Terminated)
	tw.ZITADEL.Put(localzitadel.User{
		ID: "290000000000000404", Org: "290000000000000001", UserName: "idle@example.com", State: localzitadel.Inactive,
		Human: &localzitadel.Human{GivenName: "I", FamilyName: "D", DisplayName: "I D", Email: "idle@example.com", Verified: true},
	})
	tw.Torii.Put(localtorii.User{ID: "01930000-0000-7000-8000-00000000b001", Email: "left@example.com", FirstName: "L", Status: localtorii.Deleted})
}

// What may not be asked for is refused with the reason, and nothing is recorded.
func TestHostileTargets(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{before: crowd, edit: []string{"protected: [ceo@example.com]", `protected: [ceo@example.com, "ecgrid:1403"]`}})
	for _, x := range []struct{ name, line, told string }{
		{"own account", "alice@example.com provider:ecgrid", "your own"},
		{"own account by id", "1401 provider:ecgrid", "your own"},
		{"own account by mention", "<@U0ALICE|alice> provider:ecgrid", "your own"},
		{"protected e-mail", "ceo@example.com provider:ecgrid", "protected"},
		{"protected by e-mail, asked for by id", "1402 provider:ecgrid", "protected"},
		{"protected id", "vip@example.com provider:ecgrid", "protected"},
		{"the bot's own at ECGrid", "900 provider:ecgrid", "bot's own"},
		{"the bot's own at ZITADEL", "290000000000000900 provider:zitadel", "bot's own"},
		{"terminated already", "gone@example.com provider:ecgrid", "already"},
		{"inactive already", "idle@example.com provider:zitadel", "already"},
		{"deleted already", "left@example.com provider:torii", "already"},
		{"nobody", "nobody@example.com", "Nobody was found"},
		{"nobody by that id", "987654 provider:ecgrid", "Nobody was found"},
		{"a part of an address", "dana.hill@example.co", "Nobody was found"},
		{"an unknown provider", "dana.hill@example.com provider:okta", "There is no provider"},
		{"an action it lacks", "dana.hill@example.com provider:ecgrid action:deactivate", "has no action"},
		{"somebody Slack does not know", "<@U0UNKNOWN|x>", "cannot be looked up"},
		{"a bot by mention", "<@U0LOCALBOT|offboard>", "cannot be looked up"},
	} {
		t.Run(x.name, func(t *testing.T) {
			s.asksInVain(t, x.line, x.told)
		})
	}
	s.untouchedBut(town.Dana)
}

// What cannot be understood is said at once, in the acknowledgement.
func TestHostileGrammar(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	for line, told := range map[string]string{
		"dana.hill@example.com rosa.diaz@example.com": "one person at a time",
		"provider:ecgrid":                                      "Say who",
		"dana.hill@example.com action:explode":                 "do not know the action",
		"dana.hill@example.com colour:red":                     "one person at a time",
		"dana.hill@example.com --colour red":                   "do not know the option",
		"dana.hill@example.com provider:ecgrid provider:torii": "given twice",
		"status":              "Say which request",
		"status 42x":          "Say which request",
		"withdraw everything": "Say which request",
		"list everything":     "takes nothing",
		"dana.hill@example.com reason:" + strings.Repeat("x", 600): "longer than",
		strings.Repeat("x", 400):                                   "too long",
		"<!channel>":                                               "not an e-mail address",
	} {
		answer := s.deliver(commandsPath, s.command(town.Alice, line))
		if !strings.Contains(answer, told) || !strings.Contains(answer, "Nothing was done") || !strings.Contains(answer, `"ephemeral"`) {
			t.Errorf("%.40q is answered with %q, not privately with %q", line, answer, told)
		}
	}
	help := s.deliver(commandsPath, s.command(town.Alice, "help"))
	for _, word := range []string{"list", "status OFF-42", "withdraw OFF-42", "provider:NAME", "reason:"} {
		if !strings.Contains(help, word) {
			t.Errorf("the help does not name %s", word)
		}
	}
	s.untouched(town.Dana)
}

// What Slack's clients make of a line is understood.
func TestHostileSpellings(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"mailto":        "<mailto:dana.hill@example.com|dana.hill@example.com> provider:ecgrid reason:left",
		"em dashes":     "dana.hill@example.com —provider ecgrid —reason left",
		"two dashes":    "dana.hill@example.com --provider ecgrid --reason left",
		"curly quotes":  "“dana.hill@example.com” provider:“ecgrid” reason:“left”",
		"equals":        "dana.hill@example.com --provider=ecgrid --action=delete --reason=left",
		"capitals":      "DANA.HILL@EXAMPLE.COM Provider:ECGrid Action:Delete reason:left",
		"an id":         "1201 provider:ecgrid reason:left",
		"the other way": "provider:ecgrid dana.hill@example.com reason:left",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{})
			s.deliver(commandsPath, s.command(town.Alice, line))
			if card := s.card(town.Dana.ID); !strings.Contains(string(card.Blocks), `*Why:* left`) {
				t.Errorf("the card does not give the reason: %s", card.Blocks)
			}
		})
	}
}

// More than one account is a private list with ids, never a card, and its buttons work.
func TestHostileManyHits(t *testing.T) {
	t.Parallel()
	elsewhere := func(tw *town.Town) {
		tw.Torii.Put(localtorii.User{ID: "01930000-0000-7000-8000-00000000c001", Email: town.Dana.Email, FirstName: "Dana", LastName: "Hill"})
	}
	for name, x := range map[string]struct {
		before func(*town.Town)
		other  string // what else the list names
		pick   string
	}{
		"at one provider":      {twins, "1201", "1301"},
		"at several providers": {elsewhere, "torii", "1201"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, props{before: x.before})
			s.deliver(commandsPath, s.command(town.Alice, town.Dana.Email+" reason:left"))
			list := s.told(town.Alice, "2 accounts were found")
			for _, word := range []string{x.other, x.pick, "ecgrid"} {
				if !strings.Contains(string(list.Blocks), word) {
					t.Errorf("the list does not name %s: %s", word, list.Blocks)
				}
			}
			if n := len(s.slack.Messages(town.Approvals)); n != 0 {
				t.Errorf("%d cards are there", n)
			}
			s.deliver(interactionsPath, interaction(s.choice(town.Nadia, list, x.pick))) // somebody else's click gets nowhere
			s.told(town.Nadia, "may not ask")
			s.deliver(interactionsPath, interaction(s.choice(town.Alice, list, x.pick)))
			card := s.card(x.pick)
			if !strings.Contains(string(card.Blocks), `*Why:* left`) {
				t.Errorf("the reason is lost: %s", card.Blocks)
			}
			s.press(town.Bob, card, "approve")
			s.thread(card, "Done")
		})
	}
}

// A provider that cannot be searched is named, and what the others have is a choice, never a card.
func TestHostileProviderDown(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	s.town.Torii.Faults().Set("any", fault.Fault{Mode: fault.Status500})
	s.deliver(commandsPath, s.command(town.Alice, town.Dana.Email))
	list := s.told(town.Alice, "torii could not be searched")
	if n := len(s.slack.Messages(town.Approvals)); n != 0 {
		t.Errorf("%d cards are there", n)
	}
	s.deliver(interactionsPath, interaction(s.choice(town.Alice, list, town.Dana.ID)))
	s.card(town.Dana.ID)
	s.deliver(commandsPath, s.command(town.Alice, "nobody@example.com"))
	s.told(town.Alice, "Try again later")
}

// Under request already: the reply leads to the open one.
func TestHostileAlreadyUnderRequest(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{})
	card := s.ask(town.Dana, "")
	s.deliver(commandsPath, s.command(town.Alice, "1201 provider:ecgrid action:delete"))
	if m := s.told(town.Alice, "OFF-1 is already open"); !strings.Contains(m.Text, strings.ReplaceAll(card.TS, ".", "")) {
		t.Errorf("the reply has no link to the card: %s", m.Text)
	}
	s.press(town.Bob, card, "deny")
	s.thread(card, "Denied")
	s.deliver(commandsPath, s.command(town.Alice, town.Dana.Email))
	s.until("there is a second card", func() bool { return len(s.cards(town.Dana.ID)) == 2 })
}
