package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/sandbox/localzitadel"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
)

const execs = "S0EXECS"

// court fills the town with those whom the configuration below protects, and with those who only look like them.
func court(tw *town.Town) {
	put := func(id int, login, email, level string) {
		tw.ECGrid.Put(localecgrid.User{ID: id, Login: login, Email: email, FirstName: "X", LastName: "Y", NetworkID: 7, AuthLevel: level})
	}
	put(1501, "chair", "chair@BOARD.Example.com.", "")
	put(1502, "treasurer@board.example.com", "t@elsewhere.example", "")
	put(1503, "sub", "x@sub.board.example.com", "")
	put(1504, "evil", "x@board.example.com.evil.org", "")
	put(1505, "name", "board.example.com@evil.org", "")
	put(1506, "homograph", "x@bo\u0430rd.example.com", "")
	put(1507, "tech", "tech@example.com", "TechOps")
	put(1508, "net", "net@example.com", "NetworkUser")
	put(1509, "pope", "pope@example.com", "Pope")
	put(1510, "idn", "x@xn--vrstand-90a.example", "")
	put(1511, "nadia.private", "n@elsewhere.example", "")
	tw.ECGrid.Put(localecgrid.User{ID: 1512, Login: "nadia@example.com", Email: "n.work@elsewhere.example", FirstName: "N", LastName: "A", NetworkID: 7})
	tw.Slack.AddGroup(execs, town.Nadia)
	tw.ZITADEL.Put(localzitadel.User{
		ID: "290000000000000601", Org: "290000000000000001", UserName: "root@example.com",
		Human: &localzitadel.Human{GivenName: "R", FamilyName: "O", DisplayName: "R O", Email: "root@example.com", Verified: true},
	})
	tw.ZITADEL.Grant(localzitadel.Member{User: "290000000000000601", Roles: []string{"IAM_OWNER"}})
}

const courtOrder = `protected:
  - ceo@example.com
  - {domain: board.example.com}
  - {domain: vorstand.example}
  - {domain: vörstand.example}
  - {group: S0EXECS}
  - {role: NetworkAdmin, provider: ecgrid, and_above: true}
  - {role: IAM_OWNER, provider: zitadel}`

// Whom never, by each kind of entry: refused with the entry that holds, and nothing is recorded.
func TestHostileProtected(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{before: court, edit: []string{"protected: [ceo@example.com]", courtOrder}})
	for name, x := range map[string]struct{ line, told string }{
		"a domain, in capitals and with a dot":  {"1501 provider:ecgrid", "(protected 2: the domain board.example.com)"},
		"the domain of a login":                 {"1502 provider:ecgrid", "(protected 2: the domain board.example.com)"},
		"a domain in its other form":            {"1510 provider:ecgrid", "(protected 4: the domain vörstand.example)"},
		"a role above":                          {"1507 provider:ecgrid", "(protected 6: the role TechOps)"},
		"a level that is not known":             {"1509 provider:ecgrid", "(protected 6: its admin roles, which could not be read)"},
		"a group, by the login":                 {"1512 provider:ecgrid", "(protected 5: the user group S0EXECS)"},
		"a role, under the provider's name":     {"root@example.com provider:zitadel", "(protected 7: the role IAM_OWNER)"},
		"a role, under its other name":          {"root@example.com provider:zitadel-v1 action:delete", "(protected 7: the role IAM_OWNER)"},
		"an e-mail, for the other kind of deed": {"ceo@example.com provider:zitadel action:delete", "(protected 1: its address)"},
	} {
		t.Run(name, func(t *testing.T) {
			s.asksInVain(t, x.line, x.told)
		})
	}
	s.untouchedBut(town.Dana)
}

// What only looks like it is an account as any other.
func TestHostileLooksProtected(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{before: court, edit: []string{"protected: [ceo@example.com]", courtOrder}})
	for _, id := range []string{"1503", "1504", "1505", "1506", "1508", "1511"} {
		s.deliver(commandsPath, s.command(town.Alice, id+" provider:ecgrid"))
		card := s.card(id)
		if said := "what is set for user groups does not hold for it"; !strings.Contains(string(card.Blocks), said) {
			t.Errorf("the card of %s, whom Slack does not know, does not say that %s", id, said)
		}
	}
}

// An entry with approvals lets it happen, by so many people.
func TestHostileProtectedByApprovals(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{before: court, edit: []string{"protected: [ceo@example.com]", `protected: [{group: S0EXECS, approvals: 2}]`}})
	s.deliver(commandsPath, s.command(town.Alice, "1512 provider:ecgrid"))
	card := s.card("1512")
	s.press(town.Bob, card, "approve")
	s.thread(card, "1 of 2")
	s.press(town.Carol, card, "approve")
	s.thread(card, "Done")
}

// A list is read at every ask and right before the call. While it cannot be read, everything is refused, and nothing is called.
func TestHostileProtectedList(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "never.txt")
	write := func(content string) {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("# nobody yet\n")
	s := newStage(t, props{edit: []string{"protected: [ceo@example.com]", "protected: [{file: " + file + "}]"}})
	s.ask(town.Dana, "")
	write("# the board\n" + town.Rosa.Email + "\n")
	s.deliver(commandsPath, s.command(town.Alice, town.Rosa.Email))
	s.told(town.Alice, "(protected 1, line 2 of never.txt: its address)")
	for what, spoil := range map[string]func(){
		"gone":    func() { _ = os.Remove(file) },
		"empty":   func() { write("") },
		"garbled": func() { write(town.Rosa.Email + "\n\x00") },
		"cut":     func() { write(town.Rosa.Email + "\nceo") },
	} {
		spoil()
		before := len(s.heard(town.Alice))
		s.deliver(commandsPath, s.command(town.Alice, town.Jonas.Email))
		s.until("Alice is answered", func() bool { return len(s.heard(town.Alice)) > before })
		if got := s.heard(town.Alice)[before]; !strings.Contains(got, "The list of protected accounts cannot be read now") {
			t.Errorf("%s: told %q", what, got)
		}
	}
	if n := len(s.cards(town.Rosa.ID)) + len(s.cards(town.Jonas.ID)); n != 0 {
		t.Errorf("%d cards of people who may be protected", n)
	}
	card := s.card(town.Dana.ID)
	_ = os.Remove(file)
	s.press(town.Bob, card, "approve")
	s.until("the call waits for the list", func() bool { return len(s.out.entries("recheck postponed")) > 0 })
	s.uncalled(town.Dana)
	write(strings.ToUpper(town.Dana.Email) + "\n")
	s.thread(card, "protected since it was asked for; nothing was called")
	s.stop()
	s.uncalled(town.Dana)
}

// A list that asks for more by the time of the call is asked for more: one approval was enough when the card was made, and is not any more.
func TestHostileListedSinceAsksForMore(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "twice.txt")
	write := func(content string) {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("# nobody yet\n")
	s := newStage(t, props{edit: []string{"protected: [ceo@example.com]", "protected: [{file: " + file + ", approvals: 2}]"}})
	card := s.ask(town.Dana, "")
	write("@example.com\n")
	s.press(town.Bob, card, "approve")
	s.until("the card asks for two", func() bool {
		now := s.now(card)
		return strings.Contains(string(now.Blocks), "1 of 2 approvals") && buttonsOn(now)
	})
	s.uncalled(town.Dana)
	if said := "the account is protected by the domain example.com"; !strings.Contains(string(s.now(card).Blocks), said) {
		t.Errorf("the card does not say why: %s", s.now(card).Blocks)
	}
	s.press(town.Carol, s.now(card), "approve")
	s.thread(card, "Done")
}

// The last person who administers a tenant, at the ask and right before the call. What cannot be told is said on the card.
func TestHostileLastAdministrator(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{before: func(tw *town.Town) {
		tw.ECGrid.Put(localecgrid.User{ID: 1601, Login: "only@example.com", Email: "only@example.com", NetworkID: 70, AuthLevel: "NetworkAdmin"})
		tw.ECGrid.Put(localecgrid.User{ID: 1602, Login: "one@example.com", Email: "one@example.com", NetworkID: 71, AuthLevel: "NetworkAdmin"})
		tw.ECGrid.Put(localecgrid.User{ID: 1603, Login: "other@example.com", Email: "other@example.com", NetworkID: 71, AuthLevel: "NetworkAdmin"})
	}})
	s.deliver(commandsPath, s.command(town.Alice, "only@example.com provider:ecgrid"))
	s.told(town.Alice, "is the last active one of a person with the role NetworkAdmin or above in network 70")

	card := s.ask(town.Priya, "provider:zitadel")
	const chief = "290000000000000104"
	s.town.ZITADEL.Revoke(chief)
	s.press(town.Bob, card, "approve")
	s.thread(card, "by now nobody else administers there; nothing was called")
	if r := s.town.Record("zitadel", town.Priya.ID); r.Writes != 0 {
		t.Errorf("ZITADEL has %+v on record", r)
	}

	s.deliver(commandsPath, s.command(town.Alice, "one@example.com provider:ecgrid"))
	card = s.card("1602")
	s.town.ECGrid.Put(localecgrid.User{ID: 1603, Login: "other@example.com", NetworkID: 71, AuthLevel: "NetworkAdmin", Status: localecgrid.Suspended})
	s.press(town.Bob, card, "approve")
	s.thread(card, "by now nobody else administers there; nothing was called")

	card = s.ask(town.Jonas, "")
	if said := "Whether this is the last administrator cannot be told: Torii"; !strings.Contains(string(card.Blocks), said) {
		t.Errorf("the card does not say that %s: %s", said, card.Blocks)
	}
}

// The last people who could approve, at the ask and right before the call.
func TestHostileLastApprover(t *testing.T) {
	t.Parallel()
	const erin = "U0ERIN"
	s := newStage(t, props{before: func(tw *town.Town) {
		tw.ECGrid.Put(localecgrid.User{ID: 1701, Login: "erin@example.com", Email: "erin@example.com", NetworkID: 7})
		tw.Slack.AddPerson(workspace.Person{ID: erin, Name: "erin", Email: "erin@example.com"})
		tw.Slack.AddGroup(town.Approvers, town.Bob, erin)
	}})
	s.deliver(commandsPath, s.command(town.Alice, "erin@example.com"))
	card := s.card("1701")
	s.press(town.Bob, card, "deny")
	s.thread(card, "Denied")

	s.slack.AddPerson(workspace.Person{ID: town.Bob, Name: "bob", Email: "bob@example.com", Restricted: true}) // a guest is nobody
	s.deliver(commandsPath, s.command(town.Alice, "erin@example.com"))
	s.told(town.Alice, "without them there would not be 1 besides whoever asks")
	s.stop()
	if r := s.town.Record("ecgrid", "1701"); r.Writes != 0 {
		t.Errorf("ECGrid has %+v on record", r)
	}
}

// Somebody in Slack whom the account's login belongs to is the person to be removed, though the request named an id.
func TestHostileTargetByAnotherAddress(t *testing.T) {
	t.Parallel()
	s := newStage(t, props{before: func(tw *town.Town) {
		tw.ECGrid.Put(localecgrid.User{ID: 1801, Login: "carol@example.com", Email: "carol@private.example", NetworkID: 7})
	}})
	s.deliver(commandsPath, s.command(town.Alice, "1801 provider:ecgrid"))
	card := s.card("1801")
	s.slack.AddPerson(workspace.Person{ID: town.Carol, Name: "carol", Email: "carol.new@example.com"}) // and then changes her address
	s.press(town.Carol, card, "approve")
	s.told(town.Carol, "your own account")
	s.press(town.Bob, card, "approve")
	s.thread(card, "Done")
}
